"""Raw outputs of the network to boxes, in NumPy.

"darknet" follows YOLOv3 (Redmon and Farhadi 2018, arXiv:1804.02767, section 2.1). "wide" is the
form of YOLOv4's successors: the centre may lie half a cell outside, and width and height grow to
at most four times the anchor, so that several neighbouring cells can answer for one box.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo.config import ANCHORS_PER_SCALE, Decoding

LARGEST_EXPONENT = 20.0  # exp(20) pixels: larger than any picture, and finite in float32

Boxes = NDArray[np.float32]


def decode(
    outputs: Sequence[NDArray[np.float32]],
    anchors: ArrayLike,
    strides: Sequence[int],
    *,
    style: Decoding,
    score: float,
) -> tuple[Boxes, Boxes]:
    """Boxes on the canvas whose best class reaches `score`.

    `outputs`: one (H/s, W/s, 3 * (5 + C)) float32 array a stride s, finest first, channels per
    anchor tx, ty, tw, th, objectness, class logits. `anchors`: (3 * strides, 2) width and height
    in pixels, the first three for the finest. `style`: as in the module's docstring.

    Returns `boxes` (n, 4) float32 `xyxy` in canvas pixels, not clipped, and `class_scores` (n, C)
    float32, sigmoid(objectness) * sigmoid(class). Raises ValueError when the shapes do not fit.
    """
    if style not in ("wide", "darknet"):
        raise ValueError(f"Unknown decoding {style!r}: 'wide' or 'darknet' is needed.")
    table = np.asarray(anchors, dtype=np.float32).reshape(-1, 2)
    if not len(outputs) == len(strides) or len(table) != ANCHORS_PER_SCALE * len(strides):
        raise ValueError(
            f"{len(outputs)} outputs, {len(strides)} strides and {len(table)} anchors do not fit: "
            f"{ANCHORS_PER_SCALE} anchors a stride are needed."
        )
    groups = table.reshape(len(strides), ANCHORS_PER_SCALE, 2)
    scales = [
        _decode_scale(output, group, stride, style, score)
        for output, group, stride in zip(outputs, groups, strides, strict=True)
    ]
    boxes, class_scores = zip(*scales, strict=True)
    return np.concatenate(boxes), np.concatenate(class_scores)


def _decode_scale(
    output: NDArray[np.float32], anchors: Boxes, stride: int, style: Decoding, score: float
) -> tuple[Boxes, Boxes]:
    _, width, channels = output.shape
    if channels % ANCHORS_PER_SCALE or channels // ANCHORS_PER_SCALE < 6:
        raise ValueError(f"An output of shape {output.shape} has not 3 * (5 + classes) channels.")
    cells = output.reshape(-1, channels // ANCHORS_PER_SCALE)
    # No class score exceeds the objectness: most cells fall here, before any sigmoid.
    likely = np.flatnonzero(cells[:, 4] >= _logit(score))
    rows = cells[likely].astype(np.float32, copy=False)
    class_scores = sigmoid(rows[:, 4:5]) * sigmoid(rows[:, 5:])
    good = class_scores.max(axis=1) >= score
    rows, class_scores, likely = rows[good], class_scores[good], likely[good]
    cell, anchor = np.divmod(likely, ANCHORS_PER_SCALE)
    corner = np.stack([cell % width, cell // width], axis=1).astype(np.float32)
    centre, size = _centre_and_size(rows, corner, anchors[anchor], stride, style)
    boxes = np.concatenate([centre - size / 2, centre + size / 2], axis=1)
    return boxes.astype(np.float32, copy=False), class_scores


def _centre_and_size(rows: Boxes, corner: Boxes, anchors: Boxes, stride: int, style: Decoding) -> tuple[Boxes, Boxes]:
    if style == "darknet":
        centre = (sigmoid(rows[:, :2]) + corner) * np.float32(stride)
        return centre, anchors * np.exp(np.minimum(rows[:, 2:4], np.float32(LARGEST_EXPONENT)))
    offset = np.float32(2) * sigmoid(rows[:, :2]) - np.float32(0.5)
    return (offset + corner) * np.float32(stride), anchors * (np.float32(2) * sigmoid(rows[:, 2:4])) ** 2


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logistic function of any shape, without overflow."""
    return np.asarray(np.float32(0.5) * (np.float32(1) + np.tanh(np.float32(0.5) * logits)))


def _logit(score: float) -> float:
    """Logit a little below that of `score`, so that rounding drops no cell too early."""
    if score <= 0:
        return -np.inf
    if score >= 1:
        return 15.0
    return float(np.log(score / (1 - score))) - 1e-3
