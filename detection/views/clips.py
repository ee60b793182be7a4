"""The list of clips, and the door through which a browser sends new ones."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import person, posted_from, require
from accounts.rights import Right
from detection.clip_rows import clip_filter, clip_rows
from detection.forms import ClipFilterForm, ClipForm
from detection.models import Camera, Clip
from detection.services import ClipDuplicate, clip_add
from detection.views.overview import may_what

PAGE = 25


@require_safe
@require(Right.VIEW_CAMERAS)
def clips(request: HttpRequest) -> HttpResponse:
    return clips_page(request, ClipForm(user=person(request)))


@posted_from("detection:clips")
@require(Right.UPLOAD_CLIPS)
def clip_upload(request: HttpRequest) -> HttpResponse:
    """Take one clip. A script that asks for JSON gets it; a plain form gets a page."""
    form = ClipForm(request.POST, request.FILES, user=person(request))
    clip = _clip_from(form, request) if form.is_valid() else None
    if "application/json" not in request.headers.get("Accept", ""):
        return redirect("detection:clip", pk=clip.pk) if clip else clips_page(request, form, status=400)
    if clip is None:
        known = reverse("detection:clip", args=[form.known.pk]) if form.known else None
        return JsonResponse({"errors": form.errors, "known": known}, status=400)
    return JsonResponse({"clip": clip.pk, "page": reverse("detection:clip", args=[clip.pk])}, status=201)


def _clip_from(form: ClipForm, request: HttpRequest) -> Clip | None:
    """The clip of a valid form; None when it is refused, and the form says why."""
    try:
        return clip_add(
            camera=form.cleaned_data["camera"],
            file=form.cleaned_data["file"],
            filmed_at=form.cleaned_data["filmed_at"],
            by=person(request),
        )
    except ClipDuplicate as error:
        form.known = error.clip
        form.add_error("file", error)
    except ValidationError as error:
        form.add_error(None if hasattr(error, "error_dict") else "file", error)
    return None


def clips_page(request: HttpRequest, form: ClipForm, status: int = 200) -> HttpResponse:
    user = person(request)
    filters = ClipFilterForm(request.GET, user=user)
    cameras = list(Camera.objects.for_user(user))
    wanted = filters.cleaned_data if filters.is_valid() else {}
    found = clip_filter(Clip.objects.for_user(user).select_related("camera"), wanted=wanted, cameras=cameras)
    sort = request.GET.get("sort", "")
    sort = sort if sort in ClipFilterForm.SORTS else ClipFilterForm.SORTS[0]
    page = Paginator(found.order_by(sort, "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "filters": filters,
        "filtered": any(wanted.values()),
        "cameras": cameras,
        "zones": {camera.pk: camera.time_zone for camera in cameras},
        "page": page,
        "rows": clip_rows(page.object_list),
        "sort": sort,
        **may_what(user),
    }
    return render(request, "detection/clips.html", context, status=status)
