"""One clip: watched while it is judged, reviewed afterwards."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import person, require
from accounts.rights import Right
from detection.clip_page import clip_page
from detection.forms import JudgeAgainForm, VerdictForm
from detection.models import Analysis, Clip, Passage, Verdict
from detection.services import ClipError, analysis_start, clip_delete, verdict_set
from detection.views.overview import may_what
from jobs.services import job_cancel, job_resume


@require_safe
@require(Right.VIEW_CAMERAS)
def clip(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Clip.objects.for_user(person(request)).select_related("camera", "added_by"), pk=pk)
    chosen = request.GET.get("analysis", "")
    page = clip_page(found, int(chosen) if chosen.isascii() and chosen.isdigit() else None)
    again = JudgeAgainForm(initial={"frames_per_second": found.camera.frames_per_second})
    context = {"page": page, "clip": found, "again": again, **may_what(person(request))}
    return render(request, "detection/clip.html", context)


@require_safe
@require(Right.VIEW_CAMERAS)
def analysis(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a job leads: the clip's page, open at this analysis."""
    found = get_object_or_404(Analysis.objects.filter(clip__in=Clip.objects.for_user(person(request))), pk=pk)
    response = redirect("detection:clip", pk=found.clip_id)
    response["Location"] += f"?analysis={found.pk}"
    return response


@require_POST
@require(Right.UPLOAD_CLIPS)
def clip_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge the clip again; what was found before stays."""
    user = person(request)
    found = get_object_or_404(Clip.objects.for_user(user), pk=pk)
    form = JudgeAgainForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(sentence) for errors in form.errors.values() for sentence in errors))
        return redirect("detection:clip", pk=pk)
    try:
        analysis_start(clip=found, by=user, **form.cleaned_data)
    except (ClipError, ValidationError) as error:
        messages.error(request, _sentence(error))
    return redirect("detection:clip", pk=pk)


@require_POST
@require(Right.UPLOAD_CLIPS)
def analysis_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found = _analysis_of(request, pk)
    if found.job is not None:
        job_cancel(job=found.job, by=person(request))
    return redirect("detection:clip", pk=found.clip_id)


@require_POST
@require(Right.UPLOAD_CLIPS)
def analysis_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with an analysis that failed or was cancelled, from its last safe point."""
    found = _analysis_of(request, pk)
    try:
        if found.job is not None:
            job_resume(job=found.job, by=person(request))
    except ValidationError as error:
        messages.error(request, _sentence(error))
    return redirect("detection:clip", pk=found.clip_id)


@require_POST
@require(Right.MANAGE_CAMERAS)
def clip_remove(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(Clip.objects.for_user(user), pk=pk)
    name = found.original_name
    try:
        clip_delete(clip=found, by=user)
    except (ClipError, ValidationError) as error:
        messages.error(request, _sentence(error))
        return redirect("detection:clip", pk=pk)
    messages.success(request, _("%(name)s is deleted.") % {"name": name})
    return redirect("detection:clips")


@require_POST
@require(Right.REVIEW)
def passage_verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """Put on record what a person says about a passage; the network's verdict stays beside it."""
    user = person(request)
    visible = Passage.objects.filter(analysis__clip__in=Clip.objects.for_user(user))
    passage = get_object_or_404(visible.select_related("analysis__clip"), pk=pk)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("Choose one of the four verdicts."), status=400, content_type="text/plain")
    said = verdict_set(passage=passage, verdict=form.cleaned_data["verdict"], by=user, note=form.cleaned_data["note"])
    if not getattr(request, "htmx", False):
        return redirect(_place_of(said))
    if said.passage_id != passage.pk:  # meanwhile another analysis counts
        return HttpResponseClientRedirect(_place_of(said))
    page = clip_page(passage.analysis.clip, passage.analysis_id)
    row = next(row for row in page.passages if row.passage.pk == passage.pk)
    context = {"page": page, "clip": page.clip, "row": row, **may_what(user)}
    return render(request, "detection/includes/passage_corrected.html", context)


def _place_of(said: Verdict) -> str:
    """The address at which a verdict is shown: beside its passage, else on the clip's page."""
    page = reverse("detection:clip", args=[said.clip_id])
    return f"{page}?analysis={said.passage.analysis_id}#passage-{said.passage.number}" if said.passage else page


def _analysis_of(request: HttpRequest, pk: int) -> Analysis:
    visible = Clip.objects.for_user(person(request))
    return get_object_or_404(Analysis.objects.select_related("job", "clip").filter(clip__in=visible), pk=pk)


def _sentence(error: ClipError | ValidationError) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
