"""Hands datasets on in the forms other programs read: into a folder, a zip, or a zip sent while it is made."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labelling.formats.coco_writer import coco_entries
from labelling.formats.content import ExportContent, ExportImage
from labelling.formats.entries import ExportEntry
from labelling.formats.labelbox_writer import labelbox_entries
from labelling.formats.voc_writer import voc_entries
from labelling.formats.yolo_writer import yolo_entries
from releases.zip_stream import zip_stream


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
