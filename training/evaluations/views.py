"""The page that measures releases on one part of a dataset version and shows them side by side."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, require
from accounts.models import User
from accounts.rights import Right
from labelling.models import DatasetVersion
from training.evaluations.forms import MeasureForm
from training.evaluations.models import Evaluation
from training.evaluations.page import figures_beside, figures_csv, gaps, operating_beside, warnings
from training.evaluations.services import evaluations_start


@require_GET
@require(Right.VIEW_TRAINING)
def measure(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = MeasureForm(request.GET if "version" in request.GET else None, user=user)
    has_versions = DatasetVersion.objects.for_user(user).exists()
    context: dict[str, Any] = {"form": form, "has_versions": has_versions, "may_train": user.may(Right.TRAIN)}
    if form.is_valid():
        context |= _beside(form.cleaned_data, user)
    return render(request, "training/measure.html", context, status=400 if form.errors else 200)


@require_GET
@require(Right.VIEW_TRAINING)
def figures_file(request: HttpRequest) -> HttpResponse:
    """The table of the page as a file."""
    form = MeasureForm(request.GET, user=person(request))
    if not form.is_valid():
        return redirect(f"{reverse('training:measure')}?{request.GET.urlencode()}")
    text = figures_csv(_beside(form.cleaned_data, person(request))["rows"])
    headers = {"Content-Disposition": 'attachment; filename="models-figures.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
@require(Right.TRAIN)
def measure_start(request: HttpRequest) -> HttpResponse:
    """Queue what is not measured yet, and lead to where it will be seen."""
    form = MeasureForm(request.POST, user=person(request))
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("training:measure")
    chosen = form.cleaned_data
    try:
        evaluations_start(
            releases=chosen["release"], version=chosen["version"], split=chosen["split"], by=person(request)
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    keys = [row.pk for row in chosen["release"]]
    return redirect(_address(chosen["version"].pk, chosen["split"], keys))


@require_GET
@require(Right.VIEW_TRAINING)
def evaluation(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the job of a measurement leads."""
    row = get_object_or_404(Evaluation.objects.for_user(person(request)), pk=pk)
    return redirect(_address(row.version_id, row.split, [row.release_id]))


def _beside(chosen: dict[str, Any], user: User) -> dict[str, Any]:
    """What is measured of the chosen releases, in their order, and what is not."""
    rows = Evaluation.objects.for_user(user).filter(
        release__in=chosen["release"], version=chosen["version"], split=chosen["split"]
    )
    found = {row.release_id: row for row in rows.select_related("release", "version__dataset", "job")}
    states = [(release, found.get(release.pk)) for release in chosen["release"]]
    done = [row for _release, row in states if row is not None and row.is_measured]
    return {
        "states": states,
        "missing": [release for release, row in states if row is None or not (row.is_measured or row.is_under_way)],
        "rows": done,
        "figures": figures_beside(done),
        "operating": operating_beside(done),
        "warnings": warnings(done),
        "gaps": gaps(done, user),
    }


def _address(version: int, split: str, releases: list[int]) -> str:
    query = urlencode({"version": version, "split": split, "release": releases}, doseq=True)
    return f"{reverse('training:measure')}?{query}"
