"""Writes YOLO: `images/PART/`, `labels/PART/` with a text file for each picture, and `data.yaml`.

A line is `class x y width height`: the index of the class, then the middle and the size of the box
as shares of the upright picture's width and height (the form of Darknet, Redmon 2013, with the
`data.yaml` of Jocher et al., YOLOv5, 2020). A dataset without a split is all `train`.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

import yaml

from labelling.formats.content import ExportContent, ExportImage
from labelling.formats.entries import ExportEntry
from labelling.models import Split

PARTS: Final = {Split.TRAIN: "train", Split.VALIDATION: "val", Split.TEST: "test"}
DIGITS: Final = 9  # after the point: a thousandth of a pixel in pictures a million pixels wide


def yolo_entries(content: ExportContent) -> Iterator[ExportEntry]:
    """Two entries for each picture, then `data.yaml`, which names the parts there are."""
    parts: set[str] = set()
    for image in content.images():
        part = PARTS[image.split or Split.TRAIN]
        parts.add(part)
        yield ExportEntry(f"images/{part}/{image.name}", picture=image.file)
        label = PurePosixPath("labels", part, image.name).with_suffix(".txt")
        yield ExportEntry(str(label), content=yolo_lines(image).encode())
    yield ExportEntry("data.yaml", content=data_yaml(content, parts))


def yolo_lines(image: ExportImage) -> str:
    """A line for each box; nothing for a picture without any."""
    lines = []
    for box in image.boxes:
        left, top, right, bottom = box.xyxy
        shares = (
            (left + right) / 2 / image.width,
            (top + bottom) / 2 / image.height,
            (right - left) / image.width,
            (bottom - top) / image.height,
        )
        lines.append(f"{box.label} " + " ".join(f"{share:.{DIGITS}f}" for share in shares) + "\n")
    return "".join(lines)


def data_yaml(content: ExportContent, parts: set[str]) -> bytes:
    """Where the parts are and what the classes are called. Trainers want a `val`: without one it is `train`."""
    places: dict[str, object] = {part: f"images/{part}" for part in PARTS.values() if part in parts}
    places.setdefault("val", places.get("train", "images/train"))
    values = {**places, "nc": len(content.classes), "names": dict(enumerate(content.classes))}
    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
    return text.encode()
