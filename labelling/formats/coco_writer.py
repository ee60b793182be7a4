"""Writes COCO: `images/` with the pictures, `annotations/instances*.json` with all boxes of a part.

The form of https://cocodataset.org/#format-data: `bbox` is left, top, width, height in pixels of
the upright picture, counted from 0. Categories count from 1. A version has one file for each part
of its split, a dataset as it is now has `instances.json`.
"""

import json
from collections.abc import Iterator
from itertools import chain, count
from typing import Any, Final

from labelling.formats.content import ExportBox, ExportContent, ExportImage
from labelling.formats.entries import ExportEntry, Spool
from labelling.models import Split

FILES: Final = {
    None: "instances.json",
    Split.TRAIN: "instances_train.json",
    Split.VALIDATION: "instances_val.json",
    Split.TEST: "instances_test.json",
}
DECIMALS: Final = 4  # of a pixel


class _Part:
    """The images and annotations of one file, as JSON, on their way."""

    def __init__(self) -> None:
        self.images, self.annotations = Spool(), Spool()

    def add(self, image: ExportImage, ids: Iterator[int]) -> None:
        row = {"id": image.key, "file_name": image.name, "width": image.width, "height": image.height}
        _append(self.images, row)
        for box in image.boxes:
            _append(self.annotations, annotation(box, image_id=image.key, number=next(ids)))

    def pieces(self, content: ExportContent) -> Iterator[bytes]:
        """The whole file."""
        categories = [{"id": number, "name": name} for number, name in enumerate(content.classes, start=1)]
        head = {"info": {"description": content.title}, "licenses": [], "categories": categories}
        yield json.dumps(head)[:-1].encode() + b', "images": ['
        yield from chain(self.images.pieces(), [b'], "annotations": ['], self.annotations.pieces(), [b"]}"])


def coco_entries(content: ExportContent) -> Iterator[ExportEntry]:
    """An entry for each picture, then the annotations of each part."""
    parts: dict[Split | None, _Part] = {}
    ids = count(1)
    for image in content.images():
        yield ExportEntry(f"images/{image.name}", picture=image.file)
        parts.setdefault(image.split, _Part()).add(image, ids)
    for split, part in (parts or {None: _Part()}).items():
        yield ExportEntry(f"annotations/{FILES[split]}", content=part.pieces(content))


def annotation(box: ExportBox, *, image_id: int, number: int) -> dict[str, Any]:
    """One box as COCO says it."""
    left, top, right, bottom = box.xyxy
    bbox = [round(value, DECIMALS) for value in (left, top, right - left, bottom - top)]
    area = round(bbox[2] * bbox[3], DECIMALS)
    return {
        "id": number,
        "image_id": image_id,
        "category_id": box.label + 1,
        "bbox": bbox,
        "area": area,
        "iscrowd": 0,
    }


def _append(spool: Spool, row: dict[str, Any]) -> None:
    spool.add((",\n" if spool.rows else "\n") + json.dumps(row))
