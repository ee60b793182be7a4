"""Files as answers: pictures, thumbnails, and exports that are sent while they are made."""

import mimetypes

from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from labelling.exporting import FORMATS, asynchronously, zip_stream
from labelling.formats.content import ExportContent
from labelling.models import Image
from labelling.thumbnails import thumbnail_path


def export_answer(request: HttpRequest, content: ExportContent, chosen: str) -> StreamingHttpResponse:
    """A zip in the form `chosen`, a key of FORMATS."""
    parts = zip_stream(FORMATS[chosen].entries(content))
    body = asynchronously(parts) if isinstance(request, ASGIRequest) else parts
    response = StreamingHttpResponse(body, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{content.title}-{chosen}.zip") or "attachment"
    return response


def picture_answer(image: Image) -> HttpResponse:
    """The picture of an image, or Http404 where there is none."""
    if image.is_pending:
        raise Http404
    try:
        with image.file.open("rb") as file:
            return _kept(file.read(), image.file.name or "")
    except OSError as error:
        raise Http404 from error


def thumbnail_answer(image: Image) -> HttpResponse:
    """The small picture of an image, or Http404 where there is none."""
    if image.is_pending:
        raise Http404
    try:
        return _kept(thumbnail_path(image).read_bytes(), "thumbnail.jpg")
    except OSError as error:
        raise Http404 from error


def _kept(content: bytes, name: str) -> HttpResponse:
    """A picture as an answer. Its content never changes under one key, so that browsers may keep it."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": "private, max-age=86400"})
