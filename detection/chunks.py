"""Detections between memory and the database: what a chunk's rows hold, and the frames they stand for."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.models import Analysis
from detection.tracking import Detection, FrameDetections

Look = tuple[float, float]  # sharpness, brightness
SCORE_PLACES = 4
FACE = 48  # side in pixels to which a face is brought before its sharpness is measured


def frame_row(
    time: float, boxes: NDArray[np.float32], class_scores: NDArray[np.float32], looks: Sequence[Look]
) -> dict[str, Any]:
    """One judged frame as DetectionChunk.frames holds it; `looks` is (sharpness, brightness) for each box."""
    rows = [
        [*(round(float(value), 1) for value in box), *look, *(round(float(score), SCORE_PLACES) for score in scores)]
        for box, scores, look in zip(boxes, class_scores, looks, strict=True)
    ]
    return {"t": time, "boxes": rows}


def frame_from(row: dict[str, Any]) -> FrameDetections:
    time = float(row["t"])
    return FrameDetections(
        time,
        tuple(
            Detection(time=time, box=tuple(box[:4]), sharpness=box[4], brightness=box[5], scores=tuple(box[6:]))
            for box in row["boxes"]
        ),
    )


def stored_frames(analysis: Analysis) -> Iterator[FrameDetections]:
    """The judged frames of an analysis in order of time, read chunk by chunk."""
    chunks: Iterable[list[dict[str, Any]]] = (
        analysis.chunks.order_by("number").values_list("frames", flat=True).iterator(chunk_size=10)
    )
    return (frame_from(row) for frames in chunks for row in frames)


def look_of(image: NDArray[np.uint8], box: NDArray[np.float32]) -> Look:
    """Sharpness (variance of the Laplacian at a common size) and brightness (mean grey) of a face.

    `image` (h, w, 3) uint8 BGR, `box` xyxy in its pixels. (0, 0) for a box without pixels.
    """
    height, width = image.shape[:2]
    left, top = max(0, int(box[0])), max(0, int(box[1]))
    right, bottom = min(width, int(np.ceil(box[2]))), min(height, int(np.ceil(box[3])))
    if right <= left or bottom <= top:
        return 0.0, 0.0
    grey = cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
    way = cv2.INTER_AREA if min(grey.shape) > FACE else cv2.INTER_LINEAR
    grey = cv2.resize(grey, (FACE, FACE), interpolation=way)
    sharpness = cv2.Laplacian(grey, cv2.CV_32F).var()
    return round(float(sharpness), 1), round(float(grey.mean()), 1)
