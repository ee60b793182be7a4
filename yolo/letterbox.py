"""Fit a picture into the rectangle a network sees, and take boxes there and back.

Boxes are `xyxy`, float32, in pixels; x and y count from the outer edge of the first pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo.config import SIDE_STEP

GREY = 114


@dataclass(frozen=True)
class Letterbox:
    """Where a picture of `width` x `height` pixels lies on its canvas.

    `scale` is the wished factor. The picture is resized to whole pixels, so the factors that
    really apply differ a little per axis; the conversions below use those.
    """

    scale: float
    left: int
    top: int
    width: int
    height: int

    @property
    def resized(self) -> tuple[int, int]:
        """Width and height of the picture on the canvas, in pixels."""
        return resized(self.width, self.height, self.scale)

    def to_canvas(self, boxes: ArrayLike) -> NDArray[np.float32]:
        """Take (n, 4) `xyxy` boxes from the picture to the canvas."""
        factor, offset = self._affine()
        return (_rows(boxes) * factor + offset).astype(np.float32)

    def to_picture(self, boxes: ArrayLike) -> NDArray[np.float32]:
        """Take (n, 4) `xyxy` boxes from the canvas to the picture, clipped to its edges."""
        factor, offset = self._affine()
        limit = np.array([self.width, self.height] * 2, dtype=np.float64)
        return np.clip((_rows(boxes) - offset) / factor, 0, limit).astype(np.float32)

    def _affine(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        width, height = self.resized
        factor = np.array([width / self.width, height / self.height] * 2)
        return factor, np.array([self.left, self.top] * 2, dtype=np.float64)


def letterbox(
    image_bgr: NDArray[np.uint8], *, width: int, height: int, fill: int = GREY
) -> tuple[NDArray[np.uint8], Letterbox]:
    """Scale a picture until it touches the canvas and centre it there, keeping its proportions.

    `image_bgr` is (h, w, 3) uint8; the canvas is (height, width, 3) uint8, the rest of it `fill`.
    Raises ValueError when the picture is not of that form or has no pixels.
    """
    if image_bgr.ndim != 3 or image_bgr.shape[2] != 3 or 0 in image_bgr.shape:
        raise ValueError(f"A picture of shape (h, w, 3) is needed, not {image_bgr.shape}.")
    if width < 1 or height < 1:
        raise ValueError(f"A canvas of {width}x{height} pixels has no place for a picture.")
    picture_height, picture_width = image_bgr.shape[:2]
    scale = min(width / picture_width, height / picture_height)
    new_width, new_height = resized(picture_width, picture_height, scale)
    left, top = (width - new_width) // 2, (height - new_height) // 2
    placed = Letterbox(scale, left, top, picture_width, picture_height)
    canvas: NDArray[np.uint8] = np.full((height, width, 3), fill, dtype=np.uint8)
    inside: NDArray[Any] = canvas[top : top + new_height, left : left + new_width]
    if scale == 1:
        inside[...] = image_bgr
    else:
        inside[...] = cv2.resize(image_bgr, (new_width, new_height), interpolation=_filter(scale))
    return canvas, placed


def rectangle_for(width: int, height: int, net_size: int) -> tuple[int, int]:
    """Smallest (width, height) in multiples of 32 that holds the picture at long side `net_size`.

    A 16:9 picture at 640 needs 640x384 and not the square, 40 % fewer pixels.
    """
    if min(width, height, net_size) < 1:
        raise ValueError(f"No rectangle for a picture of {width}x{height} at {net_size} pixels.")
    scale = net_size / max(width, height)
    new_width, new_height = resized(width, height, scale)
    return -(-new_width // SIDE_STEP) * SIDE_STEP, -(-new_height // SIDE_STEP) * SIDE_STEP


def resized(width: int, height: int, scale: float) -> tuple[int, int]:
    """Scale a size to whole pixels, at least one each way."""
    return max(1, round(width * scale)), max(1, round(height * scale))


def _filter(scale: float) -> int:
    """Shrinking to less than half by linear interpolation would skip pixels."""
    return cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR


def _rows(boxes: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
