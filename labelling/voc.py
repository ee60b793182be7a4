"""Writes Pascal VOC: `JPEGImages/` with the pictures, `Annotations/` with one XML file for each.

Boxes are whole pixels counted from 0, right and bottom exclusive, as our own boxes are (the
challenge's development kit counts from 1, inclusive; what reads this project's VOC does not).
Sizes and boxes are those of the upright picture. Class names are the dataset's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.db.models import Prefetch

from labelling.models import Box, Dataset, Image

CHUNK: Final = 500
NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class VocEntry:
    """One file of an export: its path within, and either its content or the picture on disk it is a copy of."""

    path: str
    content: bytes | None = None
    picture: Path | None = None


def voc_entries(dataset: Dataset) -> Iterator[VocEntry]:
    """Two entries for each picture that has come: the picture and its annotation."""
    boxes = Prefetch("boxes", queryset=Box.objects.select_related("box_class"))
    images = Image.objects.visible().filter(dataset=dataset).exclude(file="").prefetch_related(boxes)
    names = _FileNames()
    for image in images.order_by("external_id").iterator(chunk_size=CHUNK):
        stem, suffix = names.new(image), PurePosixPath(image.file.name or "").suffix
        yield VocEntry(f"JPEGImages/{stem}{suffix}", picture=Path(image.file.path))
        yield VocEntry(
            f"Annotations/{stem}.xml", content=voc_annotation(image, list(image.boxes.all()), file_name=stem + suffix)
        )


def voc_annotation(image: Image, boxes: Sequence[Box], *, file_name: str) -> bytes:
    """The XML of one picture: its file name, width, height and depth, and an object for each box."""
    root = Element("annotation")
    _text(root, "folder", "JPEGImages")
    _text(root, "filename", file_name)
    size = SubElement(root, "size")
    for name, value in (("width", image.width), ("height", image.height), ("depth", image.depth)):
        _text(size, name, str(value))
    _text(root, "segmented", "0")
    for box in boxes:
        node = SubElement(root, "object")
        _text(node, "name", box.box_class.name)
        _text(node, "pose", "Unspecified")
        _text(node, "truncated", "0")
        _text(node, "difficult", "0")
        edges = SubElement(node, "bndbox")
        for name, edge in zip(("xmin", "ymin", "xmax", "ymax"), whole_pixels(box.xyxy), strict=True):
            _text(edges, name, str(edge))
    indent(root)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def whole_pixels(xyxy: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """A box rounded to whole pixels, at least one pixel wide and high."""
    left, top, right, bottom = (round(value) for value in xyxy)
    if right == left:
        left, right = int(xyxy[0]), int(xyxy[0]) + 1
    if bottom == top:
        top, bottom = int(xyxy[1]), int(xyxy[1]) + 1
    return left, top, right, bottom


class _FileNames:
    """File names without folders, one for each picture: `with_mask/1.jpg` is `with_mask-1`."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def new(self, image: Image) -> str:
        path = PurePosixPath(image.external_id)
        known = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}
        named = path.with_suffix("") if path.suffix.lower() in known else path
        stem = re.sub(r"[^\w.-]+", "-", str(named)).strip(".-")[:150] or str(image.pk)
        if stem.casefold() in self._taken:
            stem = f"{stem}-{image.pk}"
        self._taken.add(stem.casefold())
        return stem


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = NOT_IN_XML.sub("", text)
