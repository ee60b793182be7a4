"""What a batch gives back: drawn pictures, thumbnails, and everything as a zip that is sent while it is made."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from releases.batches.models import BatchPicture, PictureBatch
from releases.batches.names import DrawnNames
from releases.batches.reading import Contents
from releases.csv_cells import harmless
from releases.drawing import drawn, jpeg, shrunk, upright_picture
from releases.warm import PictureRefused
from releases.zip_stream import asynchronously, zip_stream

LARGE_SIDE: Final = 1600  # pixels of a picture on its page
AT_ONCE: Final = 200  # rows read at a time
CSV_OF_PICTURE: Final = ("picture", "state", "reason", "width", "height")
CSV_OF_BOX: Final = ("class", "score", "chance", "left", "top", "right", "bottom")


@dataclass(frozen=True)
class Packed:
    """A file of the download."""

    path: str
    make: Callable[[], Iterator[bytes]]
    is_packed: bool = False
    is_endless: bool = False

    def pieces(self) -> Iterator[bytes]:
        return self.make()


def batch_answer(request: HttpRequest, batch: PictureBatch) -> StreamingHttpResponse:
    """A zip of boxes.json, boxes.csv and, below drawn/, each readable picture with its boxes."""
    parts = zip_stream(entries_of(batch))
    body = asynchronously(parts) if isinstance(request, ASGIRequest) else parts
    response = StreamingHttpResponse(body, content_type="application/zip")
    name = f"{slugify(batch.name) or 'photographs'}.zip"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def entries_of(batch: PictureBatch) -> Iterator[Packed]:
    yield Packed("boxes.json", lambda: json_pieces(batch), is_endless=True)
    yield Packed("boxes.csv", lambda: csv_pieces(batch), is_endless=True)
    with Contents() as contents:
        for picture, path in _with_paths(batch):
            content = drawn_or_none(picture, contents) if path else None
            if content is not None:
                yield Packed(path, lambda content=content: iter([content]), is_packed=True)  # type: ignore[misc]


def json_pieces(batch: PictureBatch) -> Iterator[bytes]:
    """One object, a picture a line, so that it may be read line by line as well."""
    head = {
        "batch": batch.name,
        "release": batch.release_name,
        "thresholds": batch.thresholds,
        "started_at": batch.started_at and batch.started_at.isoformat(),
        "finished_at": batch.finished_at and batch.finished_at.isoformat(),
        "report": batch.report,
    }
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "pictures": ['
    between = b"\n"
    for picture, path in _with_paths(batch):
        said = picture_said(picture) | {"drawn": path}
        yield between + json.dumps(said, ensure_ascii=False).encode()
        between = b",\n"
    yield b"\n]}\n"


def csv_pieces(batch: PictureBatch) -> Iterator[bytes]:
    """A row for each box, and one for each picture without; no cell is run by a spreadsheet."""
    yield _csv_line((*CSV_OF_PICTURE, *CSV_OF_BOX))
    for picture, _path in _with_paths(batch):
        about = (picture.name, picture.state, picture.reason, picture.width, picture.height)
        for box in picture.boxes or [None]:
            yield _csv_line((*about, *_csv_of_box(box)))


def _csv_of_box(box: dict[str, Any] | None) -> tuple[Any, ...]:
    """Its cells; empty ones for no box, and for a chance that is not known."""
    return ("",) * len(CSV_OF_BOX) if box is None else (box["class"], box["score"], box.get("chance"), *box["xyxy"])


def picture_said(picture: BatchPicture) -> dict[str, Any]:
    """What JSON says of one picture."""
    said: dict[str, Any] = {"picture": picture.name, "state": picture.state}
    if picture.state == BatchPicture.State.UNREADABLE:
        return said | {"reason": picture.reason}
    return said | {"width": picture.width, "height": picture.height, "boxes": picture.boxes}


def picture_json(picture: BatchPicture) -> str:
    """The same for people to read: a box a line."""
    said = picture_said(picture)
    boxes = said.pop("boxes", None)
    text = json.dumps(said, indent=1, ensure_ascii=False)
    if boxes is None:
        return text
    lines = ",\n".join(f"  {json.dumps(box, ensure_ascii=False)}" for box in boxes)
    told = f"[\n{lines}\n ]" if boxes else "[]"
    return text.removesuffix("\n}") + f',\n "boxes": {told}\n}}'


def drawn_or_none(picture: BatchPicture, contents: Contents) -> bytes | None:
    """The picture with its boxes as a JPEG in its full size; None where its file cannot be read any more."""
    try:
        return jpeg(drawn(upright_picture(contents.read(picture)), picture.boxes))
    except PictureRefused:
        return None


def large_answer(request: HttpRequest, picture: BatchPicture, *, with_boxes: bool) -> HttpResponse:
    """The picture for its page, with its boxes or without. Raises Http404 where it cannot be read."""
    return _kept(request, picture, f"large-{with_boxes:d}", lambda: _large(picture, with_boxes))


def thumbnail_answer(request: HttpRequest, picture: BatchPicture) -> HttpResponse:
    return _kept(request, picture, "small", picture.thumbnail_path.read_bytes)


def _large(picture: BatchPicture, with_boxes: bool) -> bytes:
    with Contents() as contents:
        image = upright_picture(contents.read(picture))
    small = shrunk(image, LARGE_SIDE)
    if not with_boxes:
        return jpeg(small)
    factor = small.shape[1] / image.shape[1]
    boxes = [box | {"xyxy": [edge * factor for edge in box["xyxy"]]} for box in picture.boxes]
    return jpeg(drawn(small, boxes))


def _kept(request: HttpRequest, picture: BatchPicture, kind: str, read: Callable[[], bytes]) -> HttpResponse:
    """A JPEG that browsers ask for again each time, so that nothing is shown of a batch that is deleted."""
    etag = f'"{picture.batch_id}-{picture.pk}-{picture.state}-{kind}"'
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        return known
    try:
        content = read()
    except (OSError, PictureRefused) as error:
        raise Http404 from error
    return HttpResponse(
        content, content_type="image/jpeg", headers={"Cache-Control": "private, no-cache", "ETag": etag}
    )


def _with_paths(batch: PictureBatch) -> Iterator[tuple[BatchPicture, str]]:
    """The pictures of a batch in order, each with the path of its drawn copy; "" where there is none."""
    names = DrawnNames()
    rows = batch.pictures.select_related("batch", "zip__batch").order_by("pk")
    for picture in rows.iterator(chunk_size=AT_ONCE):
        yield picture, names.path_of(picture.name) if picture.state == BatchPicture.State.SEEN else ""


def _csv_line(cells: tuple[Any, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode()
