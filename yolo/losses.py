"""The loss of a batch in keras.ops: CIoU, objectness and classes.

CIoU: Zheng et al., "Distance-IoU Loss", AAAI 2020. Objectness learns the IoU of its own box,
classes are independent logistic outputs (Redmon and Farhadi, 2018). Every term is summed and
divided by the number of answering cells in the batch.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from yolo.config import ANCHORS_PER_SCALE, Decoding, LossConfig

Tensor = Any
SMALL = 1e-7
MOST_EXPONENT = 6.0
"""Keeps `exp` of an untrained "darknet" output finite: 400 times the anchor is enough."""


@dataclass(frozen=True)
class LossTerms:
    """Scalar tensors, weighted; their sum is the loss."""

    box: Tensor
    objectness: Tensor
    classes: Tensor

    @property
    def total(self) -> Tensor:
        return self.box + self.objectness + self.classes


def iou_and_ciou(ones: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and complete IoU of boxes pair by pair: (..., 4) `xyxy` each, results (...,).

    CIoU = IoU - distance² / diagonal² - alpha v, from -1.5 or so up to 1 for equal boxes.
    No gradient flows through alpha, as its authors have it.
    """
    left, top, right, bottom = ops.unstack(ones, 4, axis=-1)
    other_left, other_top, other_right, other_bottom = ops.unstack(others, 4, axis=-1)
    width, height = right - left, bottom - top
    other_width, other_height = other_right - other_left, other_bottom - other_top
    across = ops.maximum(ops.minimum(right, other_right) - ops.maximum(left, other_left), 0.0)
    down = ops.maximum(ops.minimum(bottom, other_bottom) - ops.maximum(top, other_top), 0.0)
    shared = across * down
    iou = shared / (width * height + other_width * other_height - shared + SMALL)
    hull_width = ops.maximum(right, other_right) - ops.minimum(left, other_left)
    hull_height = ops.maximum(bottom, other_bottom) - ops.minimum(top, other_top)
    shift_x, shift_y = (left + right - other_left - other_right) / 2, (top + bottom - other_top - other_bottom) / 2
    distance = (ops.square(shift_x) + ops.square(shift_y)) / (ops.square(hull_width) + ops.square(hull_height) + SMALL)
    turn = ops.arctan2(width, height + SMALL) - ops.arctan2(other_width, other_height + SMALL)
    aspect = (2 / math.pi) ** 2 * turn * turn
    alpha = ops.stop_gradient(aspect / (1 - iou + aspect + SMALL))
    return iou, iou - distance - alpha * aspect


def decoded_boxes(raw: Tensor, cells: Tensor, sizes: Tensor, style: Decoding) -> Tensor:
    """Boxes `xyxy` in canvas pixels (..., 4) from raw tx, ty, tw, th (..., 4 or more).

    `cells` (..., 3) holds each cell's left, top and stride in pixels, `sizes` (..., 2) the
    anchor. The same formulas as `yolo.decode`, where they are explained.
    """
    x, y, width, height = ops.unstack(raw[..., :4], 4, axis=-1)
    if style == "wide":
        x, y = (2.0 * ops.sigmoid(each) - 0.5 for each in (x, y))
        width, height = (ops.square(2.0 * ops.sigmoid(each)) for each in (width, height))
    else:
        x, y = ops.sigmoid(x), ops.sigmoid(y)
        width, height = (ops.exp(ops.minimum(each, MOST_EXPONENT)) for each in (width, height))
    x, y = cells[..., 0] + x * cells[..., 2], cells[..., 1] + y * cells[..., 2]
    width, height = sizes[..., 0] * width, sizes[..., 1] * height
    return ops.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2], axis=-1)


def detection_loss(
    targets: Tensor,
    outputs: Sequence[Tensor],
    *,
    anchors: NDArray[np.float32],
    strides: Sequence[int],
    style: Decoding,
    config: LossConfig,
) -> LossTerms:
    """Loss of the raw outputs of a batch.

    `targets` (B, N, 6) from `yolo.targets.targets_for`; `outputs` one (B, ⌈H/s⌉, ⌈W/s⌉,
    3 * (5 + C)) for each stride, finest first; `anchors` (3 a stride, 2) in pixels.
    """
    raw, cells, sizes = _flattened(outputs, anchors, strides)
    positive, truth = targets[..., 4], targets[..., :4]
    boxes = decoded_boxes(raw, cells, sizes, style)
    iou, ciou = iou_and_ciou(boxes, truth)
    count = ops.maximum(ops.sum(positive), 1.0)
    box = ops.sum(positive * (1.0 - ciou)) / count
    wanted = ops.stop_gradient(positive * ops.clip(iou, 0.0, 1.0))
    objectness = ops.sum(_logistic_loss(wanted, raw[..., 4])) / count
    label = ops.one_hot(ops.cast(targets[..., 5], "int32"), raw.shape[-1] - 5)
    classes = ops.sum(_logistic_loss(label, raw[..., 5:]), axis=-1)
    classes = ops.sum(positive * classes) / count
    return LossTerms(config.box * box, config.objectness * objectness, config.classes * classes)


def _flattened(
    outputs: Sequence[Tensor], anchors: NDArray[np.float32], strides: Sequence[int]
) -> tuple[Tensor, Tensor, Tensor]:
    """All scales in one row: raw (B, N, 5 + C), cells (N, 3) and anchor sizes (N, 2)."""
    raws, cells, sizes = [], [], []
    for number, (output, stride) in enumerate(zip(outputs, strides, strict=True)):
        _, rows, columns, _ = ops.shape(output)
        places = rows * columns * ANCHORS_PER_SCALE
        channels = output.shape[-1] // ANCHORS_PER_SCALE
        raws.append(ops.reshape(output, (-1, places, channels)))
        index = ops.arange(places) // ANCHORS_PER_SCALE
        corner = ops.cast(ops.stack([index % columns, index // columns], axis=-1), "float32")
        pixels = ops.full((places, 1), float(stride))
        cells.append(ops.concatenate([corner * float(stride), pixels], axis=-1))
        first = number * ANCHORS_PER_SCALE
        own = ops.convert_to_tensor(anchors[first : first + ANCHORS_PER_SCALE], "float32")
        sizes.append(ops.tile(own, (rows * columns, 1)))
    return (
        ops.concatenate(raws, axis=1),
        ops.concatenate(cells, axis=0),
        ops.concatenate(sizes, axis=0),
    )


def _logistic_loss(wanted: Tensor, logits: Tensor) -> Tensor:
    """Binary cross-entropy of logits, written so that it never overflows."""
    softened = ops.log1p(ops.exp(-ops.abs(logits)))
    return ops.maximum(logits, 0.0) - logits * wanted + softened
