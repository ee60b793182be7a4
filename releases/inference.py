"""Runs a release on picture files. Loads OpenVINO: only commands and workers import this module."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from releases.drawing import Picture
from yolo.calibration import IDENTITY, calibrated
from yolo.detections import Detections
from yolo.samples import Sample

PICTURE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


@dataclass(frozen=True)
class PictureFile:
    """A picture to detect on, and the name it has below the folder it was found through."""

    path: Path
    name: Path


def picture_files(paths: Sequence[Path]) -> Iterator[PictureFile]:
    """The pictures that paths stand for: files as they are, folders with all below them, sorted."""
    for path in paths:
        if path.is_dir():
            below = sorted(p for p in path.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES and p.is_file())
            yield from (PictureFile(found, found.relative_to(path)) for found in below)
        else:
            yield PictureFile(path, Path(path.name))


def read_picture(path: Path) -> Picture:
    """The picture upright as uint8 (h, w, 3) BGR. Raises SampleError with a sentence."""
    nothing = np.zeros((0, 4), np.float32)
    return Sample(path, nothing, np.zeros(0, np.int64)).read()


def boxes_as_dicts(
    detections: Detections, classes: Sequence[str], *, temperature: float | None = None
) -> list[dict[str, Any]]:
    """Detections as plain values: class name, score, `chance`, `xyxy` in pixels of the upright picture.

    The chance is that the box is right, by the temperature of a calibrated release, else None.
    """
    chances = calibrated(detections.scores, temperature or IDENTITY)
    return [
        {
            "class": classes[label],
            "score": round(float(score), 5),
            "chance": None if temperature is None else round(float(sure), 5),
            "xyxy": [round(float(edge), 2) for edge in box],
        }
        for box, score, sure, label in zip(detections.boxes, detections.scores, chances, detections.labels, strict=True)
    ]


def write_picture(path: Path, image: Picture) -> None:
    """Write in the form that the suffix names. Raises OSError when that cannot be done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done, content = cv2.imencode(path.suffix or ".png", image)
    if not done:
        raise OSError(f"{path.name} cannot be encoded.")
    path.write_bytes(content.tobytes())
