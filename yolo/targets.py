"""Which cells and anchors answer for which box.

Several answers per box, as in Jocher et al., YOLOv5 (2020): each anchor whose width and
height differ from the box's by less than a ratio, in the cell of the box's middle and in the
two neighbours nearest to that middle. The decoding "wide" reaches from a neighbour's cell; with
"darknet" only the middle's own cell can answer, as in Redmon and Farhadi, YOLOv3 (2018).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yolo.boxes import Boxes, as_boxes, centres, sizes
from yolo.config import ANCHORS_PER_SCALE

TARGET_CHANNELS: Final = 6
"""x1, y1, x2, y2 in canvas pixels, 1 where an object is answered for (else 0), label."""


@dataclass(frozen=True)
class Assignments:
    """One row for each (box, anchor) that match: indices of both, and their ratio."""

    box: NDArray[np.int64]
    anchor: NDArray[np.int64]
    ratio: NDArray[np.float32]


def match_anchors(box_sizes: NDArray[np.float32], anchors: NDArray[np.float32], *, match_ratio: float) -> Assignments:
    """Pair boxes with anchors of about their width and height.

    `box_sizes` (n, 2) and `anchors` (k, 2) in pixels. The ratio of a pair is the largest of
    w/aw, aw/w, h/ah, ah/h; pairs below `match_ratio` match, and the best pair of each box.
    """
    quotient = np.maximum(box_sizes, 1e-3)[:, None] / anchors[None]
    ratio = np.maximum(quotient, 1 / quotient).max(axis=-1)
    matches = ratio < match_ratio
    if len(box_sizes):
        matches[np.arange(len(box_sizes)), ratio.argmin(axis=1)] = True
    box, anchor = np.nonzero(matches)
    return Assignments(box, anchor, ratio[box, anchor].astype(np.float32))


def cells_for(
    middles: NDArray[np.floating], *, columns: int, rows: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """The cell of each middle and its nearest neighbours left or right, above or below.

    `middles` (n, 2) in cells. Returns columns (n, 3), rows (n, 3) and whether each cell is on
    the grid (n, 3); the first of the three is the middle's own.
    """
    limits = np.array([columns, rows])
    own = np.clip(np.floor(middles).astype(np.int64), 0, limits - 1)
    step = np.where(middles - own < 0.5, -1, 1)
    column = np.stack([own[:, 0], own[:, 0] + step[:, 0], own[:, 0]], axis=1)
    row = np.stack([own[:, 1], own[:, 1], own[:, 1] + step[:, 1]], axis=1)
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    return column, row, inside


def targets_for(
    boxes: Sequence[Boxes],
    labels: Sequence[NDArray[np.int64]],
    *,
    anchors: NDArray[np.float32],
    strides: Sequence[int],
    width: int,
    height: int,
    match_ratio: float,
    neighbours: bool = True,
) -> NDArray[np.float32]:
    """Targets of a batch of canvases, float32 (B, N, 6), see `TARGET_CHANNELS`.

    `boxes[i]` (n, 4) `xyxy` in pixels of canvas i, `labels[i]` (n,); `anchors` (3 a stride, 2) in
    pixels, the first three for `strides[0]`. N runs over scales, rows, columns, anchors.
    Without `neighbours` only the cell of a box's middle answers for it.
    Where boxes compete for a place, a middle's own cell goes before a neighbour's and
    then the anchor of the closer size.
    """
    every = as_boxes(np.concatenate([as_boxes(some) for some in boxes]))
    label = np.concatenate([np.asarray(some, np.int64).reshape(-1) for some in labels])
    picture = np.repeat(np.arange(len(boxes)), [len(as_boxes(some)) for some in boxes])
    pairs = match_anchors(sizes(every), anchors, match_ratio=match_ratio)
    values = np.column_stack([every, np.ones(len(every)), label]).astype(np.float32)
    scales = []
    for number, stride in enumerate(strides):
        columns, rows = -(-width // stride), -(-height // stride)
        target = np.zeros((len(boxes), rows, columns, ANCHORS_PER_SCALE, TARGET_CHANNELS), np.float32)
        here = np.flatnonzero(pairs.anchor // ANCHORS_PER_SCALE == number)
        box, anchor = pairs.box[here], pairs.anchor[here] % ANCHORS_PER_SCALE
        column, row, inside = cells_for(centres(every)[box] / stride, columns=columns, rows=rows)
        pair, cell = np.nonzero(inside if neighbours else inside[:, :1])
        # The last writer wins, so the strongest claim comes last.
        order = np.lexsort((-pairs.ratio[here][pair], cell == 0))
        pair, cell = pair[order], cell[order]
        place = (picture[box[pair]], row[pair, cell], column[pair, cell], anchor[pair])
        target[place] = values[box[pair]]
        scales.append(target.reshape(len(boxes), -1, TARGET_CHANNELS))
    return np.concatenate(scales, axis=1)
