"""Hands datasets on in the forms other programs read: into a folder, a zip, or a zip sent while it is made."""

import io
import time
import zipfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labelling.formats.coco_writer import coco_entries
from labelling.formats.content import ExportContent, ExportImage
from labelling.formats.entries import ExportEntry
from labelling.formats.labelbox_writer import labelbox_entries
from labelling.formats.voc_writer import voc_entries
from labelling.formats.yolo_writer import yolo_entries


@dataclass(frozen=True)
class ExportFormat:
    """A form of export: what people call it, what it is for, and what writes it."""

    label: Promise | str
    description: Promise | str
    entries: Callable[[ExportContent], Iterator[ExportEntry]]


FORMATS: Final[Mapping[str, ExportFormat]] = {
    "voc": ExportFormat("Pascal VOC", _("An XML file for each picture; boxes in whole pixels."), voc_entries),
    "yolo": ExportFormat("YOLO", _("A text file for each picture, and data.yaml."), yolo_entries),
    "coco": ExportFormat("COCO", _("One JSON file for each part of the split."), coco_entries),
    "labelbox": ExportFormat(
        "Labelbox v2", _("One NDJSON line for each picture, as Labelbox exports them since 2023."), labelbox_entries
    ),
}


@dataclass
class Tally:
    """Counts what an export hands on while it goes by."""

    images: int = 0
    boxes: int = 0

    def over(self, content: ExportContent) -> ExportContent:
        """The same content, counted."""
        return replace(content, images=lambda: self._counted(content.images()))

    def _counted(self, images: Iterable[ExportImage]) -> Iterator[ExportImage]:
        for image in images:
            self.images += 1
            self.boxes += len(image.boxes)
            yield image


def write_folder(entries: Iterable[ExportEntry], folder: Path, *, on_progress: Callable[[], object]) -> None:
    """Write the files below `folder`, over any of the same name."""
    for entry in entries:
        target = folder / entry.path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.writelines(entry.pieces())
        on_progress()


def write_zip(entries: Iterable[ExportEntry], path: Path, *, on_progress: Callable[[], object]) -> None:
    """Write a zip of the files; what is there of that name is replaced once the new one is whole."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.writelines(zip_stream(_told(entries, on_progress)))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _told(entries: Iterable[ExportEntry], on_progress: Callable[[], object]) -> Iterator[ExportEntry]:
    for entry in entries:
        yield entry
        on_progress()


def zip_stream(entries: Iterable[ExportEntry]) -> Iterator[bytes]:
    """The bytes of a zip of the files, piece by piece: no file is ever whole in memory."""
    pipe = _Pipe()
    now = time.localtime()[:6]
    with zipfile.ZipFile(pipe, mode="w") as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.path, date_time=now)
            info.compress_type = zipfile.ZIP_STORED if entry.picture is not None else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with archive.open(info, mode="w", force_zip64=not isinstance(entry.content, bytes)) as member:
                for piece in entry.pieces():
                    member.write(piece)
                    yield pipe.taken()
    yield pipe.taken()


async def asynchronously(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same parts for an ASGI response, which would otherwise collect them all before it sends the first."""
    take = sync_to_async(lambda: next(parts, None), thread_sensitive=True)
    while (part := await take()) is not None:
        yield part


class _Pipe(io.RawIOBase):
    """A file that zipfile writes to and cannot seek in; what was written is taken off in turn."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
