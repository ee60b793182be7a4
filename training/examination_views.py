"""The page of a run's worst pictures, and what the run's own page says of its best epoch."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import person, require
from accounts.models import User
from accounts.rights import Right
from accounts.templatetags.maskweb import verdict_label
from training.charts import drawn_classes
from training.examination_csv import confusion_csv, curves_csv, pictures_csv, reliability_csv
from training.models import Examination, TrainingRun
from training.shots import shots, worst_pictures

MOST_WORST = 100
FIRST_WORST = 6
HEAT_STEPS = 5
TABLES = {"pictures": pictures_csv, "curves": curves_csv, "confusion": confusion_csv, "reliability": reliability_csv}


@require_GET
@require(Right.VIEW_TRAINING)
def pictures(request: HttpRequest, pk: int) -> HttpResponse:
    examination = _examination(request, pk)
    rows = worst_pictures(examination, most=MOST_WORST)
    context = {"run": examination.run, "shots": shots(rows, examination.classes, user=person(request))}
    return render(request, "training/pictures.html", context)


@require_GET
@require(Right.VIEW_TRAINING)
def table(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="run-{pk}-{part}.csv"'}
    text = TABLES[part](_examination(request, pk))
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _examination(request: HttpRequest, pk: int) -> Examination:
    runs = TrainingRun.objects.for_user(person(request))
    return get_object_or_404(Examination.objects.select_related("run__version"), run__pk=pk, run__in=runs)


def examined(run: TrainingRun, user: User) -> dict[str, Any]:
    """What the page of a run shows of its examination; nothing before there is one."""
    examination = Examination.objects.filter(run=run).first()
    if examination is None:
        return {}
    names = [verdict_label(name) for name in examination.classes]
    worst = worst_pictures(examination, most=FIRST_WORST)
    return {
        "examination": examination,
        **_thresholds(examination, names),
        "confusion_heads": [*names, _("missed")],
        "confusion_rows": list(zip([*names, _("background")], heat_rows(examination.confusion), strict=True)),
        "examination_charts": {
            "classes": drawn_classes(examination.classes, run.version.dataset),
            "curves": examination.curves,
            "bins": examination.reliability["bins"],
        },
        "shots": shots(worst, examination.classes, user=user),
    }


def _thresholds(examination: Examination, names: list[str]) -> dict[str, Any]:
    """The classes with the scores from which they count, apart from those that no score gives an F1 above 0."""
    pairs = list(zip(names, examination.thresholds, strict=True))
    found = [any(curve["f1"]) for curve in examination.curves]
    return {
        "class_thresholds": [pair for pair, is_found in zip(pairs, found, strict=True) if is_found],
        "fallback_thresholds": [pair for pair, is_found in zip(pairs, found, strict=True) if not is_found],
    }


def heat_rows(matrix: list[list[int]]) -> list[list[tuple[int, int]]]:
    """Each count with its share of the row in steps from 0 (nothing) to 5 (all), rounded up."""
    return [[(count, -(-HEAT_STEPS * count // sum(row)) if count else 0) for count in row] for row in matrix]
