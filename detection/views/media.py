"""Files of clips: served by primary key to those who may see the camera, never by a path from the request."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.storage import Storage
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.access import person, require
from accounts.rights import Right
from detection.models import Analysis, Clip
from detection.overlay import overlay
from detection.ranges import ByteRange, RangeNotSatisfiableError, parse_range

BLOCK = 256 * 1024
PRIVATE = "private, max-age=86400"


def has_file(file: FieldFile) -> bool:
    return bool(file.name) and file.storage.exists(str(file.name))


def open_at(storage: Storage, name: str, first: int) -> IO[bytes]:
    file: IO[bytes] = storage.open(name, "rb")
    file.seek(first)
    return file


async def blocks(storage: Storage, name: str, part: ByteRange) -> AsyncIterator[bytes]:
    """The bytes of a part of a file, a block at a time; the file is read outside the event loop."""
    file = await asyncio.to_thread(open_at, storage, name, part.first)
    try:
        left = part.length
        while left > 0 and (block := await asyncio.to_thread(file.read, min(BLOCK, left))):
            left -= len(block)
            yield block
    finally:
        file.close()


@require_safe
@require(Right.VIEW_CAMERAS)
def video(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The clip's video; single byte ranges (RFC 9110, section 14) let the player seek."""
    clip = get_object_or_404(Clip.objects.for_user(person(request)), pk=pk)
    if not has_file(clip.file):
        raise Http404
    etag = f'"{clip.sha256}"'
    response = _answer(request, clip, etag)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Cache-Control"] = PRIVATE
    disposition = content_disposition_header("download" in request.GET, clip.original_name)
    response["Content-Disposition"] = disposition or "inline"
    return response


def _answer(request: HttpRequest, clip: Clip, etag: str) -> HttpResponseBase:
    """206 with the range asked for, 416 for one behind the end, 304 for what is known, else 200 with all."""
    if etag in [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]:
        return HttpResponse(status=304)
    header = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag or request.method != "GET":
        header = ""
    try:
        wanted = parse_range(header, clip.size)
    except RangeNotSatisfiableError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{clip.size}"})
    part = wanted or ByteRange(0, clip.size - 1)
    headers = {"Content-Length": str(part.length)}
    if wanted:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{clip.size}"
    if request.method == "HEAD":
        return HttpResponse(content_type=clip.content_type, headers=headers)
    stream = blocks(clip.file.storage, str(clip.file.name), part)
    return StreamingHttpResponse(stream, status=206 if wanted else 200, content_type=clip.content_type, headers=headers)


@require_safe
@require(Right.VIEW_CAMERAS)
def thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    clip = get_object_or_404(Clip.objects.for_user(person(request)), pk=pk)
    if not has_file(clip.thumbnail):
        raise Http404
    with clip.thumbnail.open("rb") as file:
        return HttpResponse(file.read(), content_type="image/jpeg", headers={"Cache-Control": PRIVATE})


@require_safe
@require(Right.VIEW_CAMERAS)
def live_frame(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest judged frame of an analysis that is under way; 204 while there is none."""
    analysis = _analysis(request, pk)
    try:
        content = (Path(settings.MEDIA_ROOT) / "live" / f"{analysis.pk}.jpg").read_bytes()
    except FileNotFoundError:
        return HttpResponse(status=204)
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


@require_safe
@require(Right.VIEW_CAMERAS)
def analysis_overlay(request: HttpRequest, pk: int) -> HttpResponse:
    """What the player draws over the video, as JSON."""
    response = JsonResponse(overlay(_analysis(request, pk)))
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()}"'
    response["Cache-Control"] = "private, no-cache"
    return response


def _analysis(request: HttpRequest, pk: int) -> Analysis:
    visible = Clip.objects.for_user(person(request))
    return get_object_or_404(Analysis.objects.select_related("clip").filter(clip__in=visible), pk=pk)
