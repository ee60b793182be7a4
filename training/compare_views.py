"""Pages of runs side by side, and epochs as files."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import person, require
from accounts.models import User
from accounts.rights import Right
from training.charts import chart_words
from training.comparing import curves, differing_settings, figures, validated_alike
from training.epoch_csv import epochs_csv
from training.models import TrainingRun

MOST_RUNS = 6


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
    }
    return render(request, "training/compare.html", context)


@require_GET
@require(Right.VIEW_TRAINING)
def compare_csv(request: HttpRequest) -> HttpResponse:
    rows = _chosen(person(request), request.GET.getlist("run"))
    return _csv(rows, "runs-" + "-".join(str(row.pk) for row in rows))


@require_GET
@require(Right.VIEW_TRAINING)
def run_csv(request: HttpRequest, pk: int) -> HttpResponse:
    rows = TrainingRun.objects.for_user(person(request)).select_related("version")
    return _csv([get_object_or_404(rows, pk=pk)], f"run-{pk}")


def _csv(rows: list[TrainingRun], name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(epochs_csv(rows), content_type="text/csv; charset=utf-8", headers=headers)


def _chosen(user: User, keys: list[str]) -> list[TrainingRun]:
    """The runs that were asked for, in that order, as far as there are such."""
    wanted = list(dict.fromkeys(int(key) for key in keys if key.isdecimal() and len(key) < 10))[:MOST_RUNS]
    rows = TrainingRun.objects.for_user(user).for_lists().filter(pk__in=wanted)
    found = rows.select_related("crops_version__dataset", "start_release", "start_weights").in_bulk()
    return [found[key] for key in wanted if key in found]
