"""Pages of runs side by side, and epochs as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import person, require
from accounts.models import User
from accounts.rights import Right
from labelling.models import Image
from training.charts import chart_words
from training.comparing import curves, differing_settings, figures, figures_csv, settings_csv, validated_alike
from training.csv_tables import as_csv
from training.epoch_csv import epochs_csv, steps_csv
from training.models import Curve, Examination, TrainingRun
from training.shots import Shot, shots, wrong_where_right

MOST_RUNS = 6
MOST_SHOTS = 24


@require_GET
@require(Right.VIEW_TRAINING)
def compare(request: HttpRequest) -> HttpResponse:
    rows = _chosen(person(request), request.GET.getlist("run"))
    if len(rows) < 2:
        messages.info(request, _("Choose two runs or more to compare, six at most."))
        return redirect("training:runs")
    context = {
        "runs": rows,
        "settings": differing_settings(rows),
        "figures": figures(rows),
        "validated_alike": validated_alike(rows),
        "curves": curves(rows),
        "words": chart_words(),
        "differences": _differences(rows, person(request)),
    }
    return render(request, "training/compare.html", context)


@require_GET
@require(Right.VIEW_TRAINING)
def compare_csv(request: HttpRequest) -> HttpResponse:
    rows = _chosen(person(request), request.GET.getlist("run"))
    return _csv(rows, "runs-" + "-".join(str(row.pk) for row in rows))


@require_GET
@require(Right.VIEW_TRAINING)
def compared(request: HttpRequest, part: str) -> HttpResponse:
    """One table of the page as a file."""
    rows = _chosen(person(request), request.GET.getlist("run"))
    return _file(TABLES[part](rows), f"runs-{part}")


@require_GET
@require(Right.VIEW_TRAINING)
def run_csv(request: HttpRequest, pk: int) -> HttpResponse:
    rows = TrainingRun.objects.for_user(person(request)).select_related("version")
    return _csv([get_object_or_404(rows, pk=pk)], f"run-{pk}")


@require_GET
@require(Right.VIEW_TRAINING)
def run_steps_csv(request: HttpRequest, pk: int) -> HttpResponse:
    runs = TrainingRun.objects.for_user(person(request))
    return _file(steps_csv(get_object_or_404(Curve, run__pk=pk, run__in=runs)), f"run-{pk}-steps")


@dataclass(frozen=True)
class Difference:
    """Pictures that one run gets right and the other wrong, drawn as the other sees them."""

    right: TrainingRun
    wrong: TrainingRun
    count: int
    shots: list[Shot]


def _differences(runs: Sequence[TrainingRun], user: User) -> list[Difference]:
    return [
        Difference(right, wrong, len(rows), shots(rows[:MOST_SHOTS], wrong.examination.classes, user=user))
        for right, wrong, rows in _one_sided(runs)
    ]


def _one_sided(runs: Sequence[TrainingRun]) -> list[tuple[TrainingRun, TrainingRun, list[dict[str, Any]]]]:
    """Of the first two runs that were examined, both ways: who is right, who is wrong, and where; else nothing."""
    having = set(Examination.objects.filter(run__in=runs).values_list("run", flat=True))
    pair = [run for run in runs if run.pk in having][:2]
    if len(pair) < 2:
        return []
    examinations = {each.run_id: each for each in Examination.objects.filter(run__in=pair)}
    for run in pair:
        run.examination = examinations[run.pk]
    one, other = pair
    pairs = ((one, other), (other, one))
    return [(right, wrong, wrong_where_right(right.examination, wrong.examination)) for right, wrong in pairs]


def _pictures_csv(rows: Sequence[TrainingRun]) -> str:
    """A line for each picture, still there, that one of the first two examined runs gets right and the other wrong."""
    versions = {run.version_id for run in rows}
    names = dict(Image.objects.filter(frozen__version__in=versions).values_list("pk", "external_id"))
    found = [
        (str(right), str(wrong), row["image"], names[row["image"]], row["missed"], row["false"], row["confused"])
        for right, wrong, rows_of in _one_sided(rows)
        for row in rows_of
        if row["image"] in names
    ]
    return as_csv(("right", "wrong", "image", "name", "missed", "of nothing", "of the wrong class"), found)


TABLES = {"settings": settings_csv, "figures": figures_csv, "pictures": _pictures_csv}


def _csv(rows: list[TrainingRun], name: str) -> HttpResponse:
    return _file(epochs_csv(rows), name)


def _file(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _chosen(user: User, keys: list[str]) -> list[TrainingRun]:
    """The runs that were asked for, in that order, as far as there are such."""
    wanted = list(dict.fromkeys(int(key) for key in keys if key.isdecimal() and len(key) < 10))[:MOST_RUNS]
    rows = TrainingRun.objects.for_user(user).for_lists().filter(pk__in=wanted)
    found = rows.select_related("crops_version__dataset", "start_release", "start_weights").in_bulk()
    return [found[key] for key in wanted if key in found]
