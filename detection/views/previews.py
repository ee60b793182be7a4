"""Previews of releases: asked for beside a release, watched while they run, read before it is made active."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import person, require
from accounts.rights import Right
from detection.forms import PreviewForm
from detection.models import ReleasePreview
from detection.preview_page import preview_page
from detection.previews import preview_create, preview_delete
from detection.stats import FEWEST_JUDGED
from jobs.services import job_cancel, job_resume
from releases.models import ModelRelease


@require_POST
@require(Right.MANAGE_RELEASES)
def preview_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a release judge stored clips, and show how far that is."""
    release = get_object_or_404(ModelRelease.objects.for_user(person(request)), pk=pk)
    form = PreviewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose between 1 and 50 clips of each camera."))
        return redirect("releases:release", pk=pk)
    try:
        preview = preview_create(release=release, by=person(request), **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("releases:release", pk=pk)
    return redirect("detection:preview", pk=preview.pk)


@require_safe
@require(Right.VIEW_RELEASES)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ReleasePreview.objects.select_related("release", "job", "created_by"), pk=pk)
    page = preview_page(found, person(request))
    context = {
        "page": page,
        "preview": found,
        "job": found.job,
        "release": found.release,
        "may_manage": person(request).may(Right.MANAGE_RELEASES),
        "fewest": FEWEST_JUDGED,
    }
    return render(request, "detection/preview.html", context)


@require_POST
@require(Right.MANAGE_RELEASES)
def preview_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop judging; what is judged stays, and it can go on from there."""
    found = get_object_or_404(ReleasePreview.objects.select_related("job"), pk=pk)
    if found.job is not None:
        job_cancel(job=found.job, by=person(request))
    return redirect("detection:preview", pk=pk)


@require_POST
@require(Right.MANAGE_RELEASES)
def preview_go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a preview that was stopped, or that failed, go on from the last clip that is judged."""
    found = get_object_or_404(ReleasePreview.objects.select_related("job"), pk=pk)
    try:
        if found.job is not None:
            job_resume(job=found.job, by=person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("detection:preview", pk=pk)


@require_POST
@require(Right.MANAGE_RELEASES)
def preview_remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ReleasePreview.objects.select_related("release"), pk=pk)
    preview_delete(preview=found, by=person(request))
    messages.success(request, _("The preview is deleted."))
    return redirect("releases:release", pk=found.release_id)
