"""Cameras: the list, one camera, its settings and its token."""

import zoneinfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import person, posted_from, require
from accounts.rights import Right
from detection.clip_rows import clip_rows, with_state
from detection.forms import CameraForm
from detection.models import Camera
from detection.periods import CHOICES, period_from
from detection.services import camera_create, camera_token_renew, camera_update
from detection.summaries import camera_summaries, one_sided_releases
from detection.views.overview import cameras_with_newest, chart_points, may_what

NEWEST = 10


@require_safe
@require(Right.VIEW_CAMERAS)
def cameras(request: HttpRequest) -> HttpResponse:
    user, period = person(request), period_from(request.GET)
    summaries = camera_summaries(list(cameras_with_newest(user)), period, timezone.now())
    context = {"summaries": summaries, "period": period, "choices": CHOICES, **may_what(user)}
    return render(request, "detection/cameras.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.MANAGE_CAMERAS)
def camera_add(request: HttpRequest) -> HttpResponse:
    form = CameraForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            camera = camera_create(by=person(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("detection:camera", pk=camera.pk)
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.MANAGE_CAMERAS)
def camera_settings(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    camera = get_object_or_404(Camera.objects.for_user(user), pk=pk)
    form = CameraForm(request.POST or None, instance=get_object_or_404(Camera, pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            camera_update(camera=camera, by=user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The camera's settings are kept."))
            return redirect("detection:camera", pk=pk)
    return _form_page(request, form, camera)


@require_safe
@require(Right.VIEW_CAMERAS)
def camera(request: HttpRequest, pk: int) -> HttpResponse:
    return _camera_page(request, pk)


@posted_from("detection:camera")
@require(Right.MANAGE_CAMERAS)
def camera_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new token and show it, this once; the old one stops working."""
    user = person(request)
    token = camera_token_renew(camera=get_object_or_404(Camera.objects.for_user(user), pk=pk), by=user)
    response = _camera_page(request, pk, token=token)
    response["Cache-Control"] = "no-store"
    return response


def _camera_page(request: HttpRequest, pk: int, token: str = "") -> HttpResponse:
    user, period = person(request), period_from(request.GET)
    camera = get_object_or_404(cameras_with_newest(user), pk=pk)
    now = timezone.now()
    (summary,) = camera_summaries([camera], period, now)
    newest = with_state(camera.clips.select_related("camera")).order_by("-filmed_at", "-pk")[:NEWEST]
    context = {
        "camera": camera,
        "summary": summary,
        "one_sided": one_sided_releases(camera, period, now),
        "charts": {camera.pk: chart_points(summary)},
        "period": period,
        "choices": CHOICES,
        "newest": clip_rows(newest),
        "token": token,
        "site": request.build_absolute_uri("/").rstrip("/"),
        **may_what(user),
    }
    return render(request, "detection/camera.html", context)


def _form_page(request: HttpRequest, form: CameraForm, camera: Camera | None) -> HttpResponse:
    context = {"form": form, "camera": camera, "zones": sorted(zoneinfo.available_timezones())}
    status = 400 if form.errors else 200
    return render(request, "detection/camera_form.html", context, status=status)
