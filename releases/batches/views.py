"""Pages of batches of photographs: made, filled, started, watched, looked through, handed back, deleted."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import person, require
from accounts.rights import Right
from jobs.services import job_cancel
from releases.batches.downloads import batch_answer, large_answer, picture_json, thumbnail_answer
from releases.batches.forms import BatchForm, PicturesForm
from releases.batches.gallery import Show, parts_of, pictures_shown
from releases.batches.models import BatchPicture, BatchZip, PictureBatch
from releases.batches.services import batch_create, batch_delete, batch_start, picture_add, zip_remove
from releases.batches.zip_portions import PortionElsewhere, zip_portion_add
from releases.models import ModelRelease

PAGE: Final = 48
LIST_PAGE: Final = 50


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.VIEW_RELEASES)
def batches(request: HttpRequest) -> HttpResponse:
    """The batches one may see; POST makes a new one."""
    user = person(request)
    form = BatchForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = batch_create(by=user, **form.cleaned_data)
        return redirect("releases:batch", pk=made.pk)
    context = {
        "page": Paginator(PictureBatch.objects.for_user(user).with_counts(), LIST_PAGE).get_page(
            request.GET.get("page")
        ),
        "form": form,
        "active": ModelRelease.objects.for_user(user).active().first(),
        "sees_all": user.may(Right.SEE_ALL_JOBS),
    }
    return render(request, "releases/batches/batches.html", context, status=400 if form.errors else 200)


@require_safe
@require(Right.VIEW_RELEASES)
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(PictureBatch.objects.for_user(person(request)).with_counts(), pk=pk)
    shown, filters = _shown(request, row)
    started = row.started_at is not None
    context = {
        "batch": row,
        "job": row.job,
        "page": Paginator(shown.select_related("batch"), PAGE).get_page(request.GET.get("page")) if started else None,
        "parts": parts_of(row, count=row.pictures.count()) if started else [],
        "filters": filters,
        "query": f"?{urlencode(filters)}" if filters else "",
        "zips": [] if started else row.zips.annotate(count=Count("pictures")),
        "looked_at": row.report.get("seen", 0) + row.report.get("unreadable", 0),
        "form": PicturesForm(),
        "active": None if started else ModelRelease.objects.for_user(person(request)).active().first(),
    }
    return render(request, "releases/batches/batch.html", context)


@require_POST
@require(Right.VIEW_RELEASES)
def batch_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in what the plain form sends; the module of the page sends to the API instead."""
    row = _batch(request, pk)
    form = PicturesForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose photographs or a zip first."))
        return redirect("releases:batch", pk=pk)
    for file in form.cleaned_data["pictures"]:
        try:
            _take(row, file)
        except (ValidationError, PortionElsewhere) as error:
            why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            messages.error(request, f"{file.name}: {why}")
    return redirect("releases:batch", pk=pk)


@require_POST
@require(Right.VIEW_RELEASES)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a batch, or let a stopped one go on."""
    try:
        batch_start(batch=_batch(request, pk), by=person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("releases:batch", pk=pk)


@require_POST
@require(Right.VIEW_RELEASES)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    row = _batch(request, pk)
    if row.job is not None:
        job_cancel(job=row.job, by=person(request))
    return redirect("releases:batch", pk=pk)


@require_POST
@require(Right.VIEW_RELEASES)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    row = _batch(request, pk)
    batch_delete(batch=row, by=person(request))
    messages.success(request, _("%(name)s is deleted with its photographs.") % {"name": row.name})
    return redirect("releases:batches")


@require_safe
@require(Right.VIEW_RELEASES)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    return batch_answer(request, _batch(request, pk))


@require_POST
@require(Right.VIEW_RELEASES)
def zip_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a zip out of its batch."""
    seen = PictureBatch.objects.for_user(person(request))
    packed = get_object_or_404(BatchZip.objects.select_related("batch").filter(batch__in=seen), pk=pk)
    try:
        zip_remove(packed=packed)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("releases:batch", pk=packed.batch_id)


@require_safe
@require(Right.VIEW_RELEASES)
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """One photograph with its boxes, and the way to the ones before and after among those that are shown."""
    row = _picture(request, pk)
    shown, filters = _shown(request, row.batch)
    keys = shown.values_list("pk", flat=True)
    context = {
        "picture": row,
        "batch": row.batch,
        "json": picture_json(row),
        "before": keys.filter(pk__lt=pk).order_by("-pk").first(),
        "after": keys.filter(pk__gt=pk).first(),
        "place": keys.filter(pk__lte=pk).count(),
        "count": keys.count(),
        "query": f"?{urlencode(filters)}" if filters else "",
        "plain": "plain" in request.GET,
    }
    return render(request, "releases/batches/picture.html", context)


@require_safe
@require(Right.VIEW_RELEASES)
def picture_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The photograph as large as its page shows it, with its boxes unless `?plain` is said."""
    return large_answer(request, _picture(request, pk), with_boxes="plain" not in request.GET)


@require_safe
@require(Right.VIEW_RELEASES)
def thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    return thumbnail_answer(request, _picture(request, pk))


def _batch(request: HttpRequest, pk: int) -> PictureBatch:
    return get_object_or_404(PictureBatch.objects.for_user(person(request)).select_related("job"), pk=pk)


def _picture(request: HttpRequest, pk: int) -> BatchPicture:
    seen = BatchPicture.objects.for_user(person(request)).select_related("batch", "zip__batch")
    return get_object_or_404(seen, pk=pk)


def _shown(request: HttpRequest, row: PictureBatch) -> tuple[QuerySet[BatchPicture], dict[str, str]]:
    """The photographs that the address chooses, and the words of it that were understood."""
    show, box_class = request.GET.get("show", ""), request.GET.get("class", "")
    wanted: dict[str, Any] = {"show": show if show in Show.values else "", "class": box_class}
    filters = {name: value for name, value in wanted.items() if value}
    return pictures_shown(row, show=wanted["show"], box_class=box_class), filters


def _take(row: PictureBatch, file: UploadedFile[Any]) -> None:
    name = file.name or ""
    if name.lower().endswith(".zip"):
        zip_portion_add(batch=row, name=name, size=file.size or 0, offset=0, content=file)
    else:
        picture_add(batch=row, name=name, file=file)
