"""Arithmetic of boxes in NumPy. Boxes are `xyxy` in pixels, arrays (n, 4), unless said."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Boxes = NDArray[np.float32]


def as_boxes(boxes: ArrayLike) -> Boxes:
    """Any list of four numbers each as float32 (n, 4), also when it is empty."""
    return np.asarray(boxes, np.float32).reshape(-1, 4)


def areas(boxes: ArrayLike) -> NDArray[np.float32]:
    """Areas (n,) in square pixels; a box turned inside out has none."""
    array = as_boxes(boxes)
    return np.asarray(np.prod(np.maximum(array[:, 2:] - array[:, :2], 0), axis=1), np.float32)


def sizes(boxes: ArrayLike) -> NDArray[np.float32]:
    """Widths and heights (n, 2)."""
    array = as_boxes(boxes)
    return array[:, 2:] - array[:, :2]


def centres(boxes: ArrayLike) -> NDArray[np.float32]:
    """Middles x, y (n, 2)."""
    array = as_boxes(boxes)
    return np.asarray((array[:, :2] + array[:, 2:]) / 2, np.float32)


def intersections(ones: ArrayLike, others: ArrayLike) -> NDArray[np.float32]:
    """Area shared by each of n boxes with each of m, float32 (n, m)."""
    one, other = as_boxes(ones)[:, None], as_boxes(others)[None]
    low = np.maximum(one[..., :2], other[..., :2])
    high = np.minimum(one[..., 2:], other[..., 2:])
    return np.asarray(np.prod(np.maximum(high - low, 0), axis=-1), np.float32)


def iou(ones: ArrayLike, others: ArrayLike) -> NDArray[np.float32]:
    """Intersection over union of each of n boxes with each of m, float32 (n, m)."""
    shared = intersections(ones, others)
    union = areas(ones)[:, None] + areas(others)[None] - shared
    return np.where(union > 0, shared / np.maximum(union, 1e-9), 0).astype(np.float32)


def clipped(boxes: ArrayLike, *, width: float, height: float) -> Boxes:
    """The parts of the boxes inside a picture of that size."""
    limit = np.array([width, height, width, height], np.float32)
    return np.clip(as_boxes(boxes), 0, limit)


def mirrored(boxes: ArrayLike, *, width: float) -> Boxes:
    """The boxes after the picture was flipped left to right."""
    array = as_boxes(boxes)
    return np.stack([width - array[:, 2], array[:, 1], width - array[:, 0], array[:, 3]], axis=1)
