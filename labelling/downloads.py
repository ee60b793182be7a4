"""Files as answers: pictures, thumbnails, and exports that are sent while they are made."""

import mimetypes
from collections.abc import Callable
from typing import Final

from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from labelling.exporting import FORMATS
from labelling.formats.content import ExportContent
from labelling.models import Image
from labelling.thumbnails import thumbnail_path
from releases.zip_stream import asynchronously, zip_stream

VERSION_DIGITS: Final = 16  # of the SHA-256, in addresses that name a content


def export_answer(request: HttpRequest, content: ExportContent, chosen: str) -> StreamingHttpResponse:
    """A zip in the form `chosen`, a key of FORMATS."""
    parts = zip_stream(FORMATS[chosen].entries(content))
    body = asynchronously(parts) if isinstance(request, ASGIRequest) else parts
    response = StreamingHttpResponse(body, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{content.title}-{chosen}.zip") or "attachment"
    return response


def picture_answer(request: HttpRequest, image: Image) -> HttpResponse:
    """The picture of an image, or Http404 where there is none."""
    return _kept(request, image, image.file.name or "", lambda: _content(image))


def thumbnail_answer(request: HttpRequest, image: Image) -> HttpResponse:
    """The small picture of an image, or Http404 where there is none."""
    return _kept(request, image, "thumbnail.jpg", lambda: thumbnail_path(image).read_bytes())


def thumbnail_address(image: Image) -> str:
    """Names the content as well, so that browsers need never ask again."""
    return f"{reverse('labelling:thumbnail', args=[image.pk])}?v={image.sha256[:VERSION_DIGITS]}"


def _content(image: Image) -> bytes:
    with image.file.open("rb") as file:
        content: bytes = file.read()
    return content


def _kept(request: HttpRequest, image: Image, name: str, read: Callable[[], bytes]) -> HttpResponse:
    """A file of an image, or that the browser has it already. Under an address that names the content it never changes.

    Raises Http404 where the file is missing.
    """
    if image.is_pending:
        raise Http404
    etag = f'"{image.sha256}"'
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        return known
    try:
        content = read()
    except OSError as error:
        raise Http404 from error
    named = request.GET.get("v") == image.sha256[:VERSION_DIGITS]
    kept_for = "max-age=31536000, immutable" if named else "max-age=86400"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {"Cache-Control": f"private, {kept_for}", "ETag": etag}
    return HttpResponse(content, content_type=kind, headers=headers)
