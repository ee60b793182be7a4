"""Pages of training: the runs, and one run as it goes."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, require
from accounts.rights import Right
from jobs.models import Job
from training import epoch_table
from training.charts import chart_data, chart_words
from training.examination_views import examined
from training.models import TrainingRun
from training.option_fields import chosen_values
from training.services import run_cancel, run_publish_best, run_resume

PAGE = 50


@require_GET
@require(Right.VIEW_TRAINING)
def runs(request: HttpRequest) -> HttpResponse:
    rows = TrainingRun.objects.for_user(person(request)).for_lists()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    unfinished = [run for run in page if run.job is not None and not run.job.is_finished]
    context = {
        "page": page,
        "unfinished": sorted(unfinished, key=lambda run: run.job is not None and run.job.state == Job.State.QUEUED),
        "finished": [run for run in page if run.job is None or run.job.is_finished],
        "words": chart_words(),
        "may_train": person(request).may(Right.TRAIN),
    }
    return render(request, "training/runs.html", context)


@require_GET
@require(Right.VIEW_TRAINING)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    rows = TrainingRun.objects.for_user(person(request)).for_lists()
    row = get_object_or_404(
        rows.select_related("crops_version__dataset", "start_release", "start_weights", "curve"), pk=pk
    )
    context = {
        "run": row,
        "epochs": epoch_table.rows(row, row.epochs_done.all()),
        "epoch_heads": epoch_table.heads(row),
        "options": chosen_values(row.options),
        "is_unfinished": row.job is not None and not row.job.is_finished,
        "is_broken_off": row.job is not None and row.job.state in (Job.State.CANCELLED, Job.State.FAILED),
        "words": chart_words(),
        "may_train": person(request).may(Right.TRAIN),
        "may_activate": person(request).may(Right.MANAGE_RELEASES),
        **examined(row, person(request)),
    }
    return render(request, "training/run.html", context)


@require_GET
@never_cache
@require(Right.VIEW_TRAINING)
def epochs(request: HttpRequest, pk: int) -> JsonResponse:
    """The epochs of a run as its charts draw them."""
    row = get_object_or_404(TrainingRun.objects.for_user(person(request)).select_related("job", "version"), pk=pk)
    return JsonResponse(chart_data(row))


@require_POST
@require(Right.TRAIN)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return _ordered(request, pk, run_cancel)


@require_POST
@require(Right.TRAIN)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _ordered(request, pk, run_resume)


@require_POST
@require(Right.TRAIN)
def publish_best(request: HttpRequest, pk: int) -> HttpResponse:
    return _ordered(request, pk, run_publish_best)


def _ordered(request: HttpRequest, pk: int, order: Callable[..., Job]) -> HttpResponse:
    rows = TrainingRun.objects.for_user(person(request)).select_related("job")
    row = get_object_or_404(rows, pk=pk)
    try:
        order(run=row, by=person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("training:run", row.pk)
