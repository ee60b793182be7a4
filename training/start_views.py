"""The form that starts a training, and what it would take."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import person, require
from accounts.rights import Right
from labelling.models import DatasetVersion
from releases.models import ModelRelease
from training.estimates import Estimate, estimate
from training.forms import RunForm, settings_from, settings_of
from training.models import TrainingRun
from training.services import run_start


@require_http_methods(["GET", "POST"])
@require(Right.TRAIN)
def start(request: HttpRequest) -> HttpResponse:
    earlier = _earlier(request)
    initial = settings_of(earlier) if earlier else settings_from(ModelRelease.objects.active().first())
    if version := request.GET.get("version"):
        initial["version"] = version
    form = RunForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("training:run", run_start(**form.recipe(), by=person(request)).pk)
        except ValidationError as error:
            form.note(error)
    context = {"form": form, "has_versions": DatasetVersion.objects.exists(), "earlier": earlier}
    return render(request, "training/start.html", context, status=400 if form.is_bound else 200)


@require_GET
@never_cache
@require(Right.TRAIN)
def estimated(request: HttpRequest) -> HttpResponse:
    """What the settings typed so far would take; a part of the page of the form."""
    form = RunForm(request.GET)
    told: dict[str, Any] = {"estimate": None}
    try:
        told["estimate"] = _estimate(form)
    except ValueError as error:
        told["trouble"] = error
    return render(request, "training/includes/estimate.html", told)


def _earlier(request: HttpRequest) -> TrainingRun | None:
    """The training whose settings are taken as they were."""
    key = request.GET.get("like", "")
    return TrainingRun.objects.for_user(person(request)).filter(pk=key).first() if key.isdecimal() else None


def _estimate(form: RunForm) -> Estimate | None:
    """None while a setting is missing; ValueError with a sentence where they do not go together."""
    return estimate(form.cleaned_data["version"], form.configuration()) if form.is_valid() else None
