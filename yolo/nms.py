"""Non-maximum suppression, class by class, and the vote of the boxes that it drops."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

VOTING_IOU: Final = 0.7
"""What new releases vote with: the best of 0.5 to 0.8 on validation, see docs/experiments.md."""


def nms(
    boxes: ArrayLike,
    scores: ArrayLike,
    labels: ArrayLike,
    *,
    iou_threshold: float,
    limit: int = 300,
) -> NDArray[np.int64]:
    """Greedily keep the best box and drop those of its class that overlap it too much.

    `boxes` (n, 4) `xyxy`, `scores` (n,), `labels` (n,). A box goes when its intersection over
    union with a kept one of the same label is above `iou_threshold`. Returns at most `limit`
    indices (int64), best score first; equal scores keep their order.
    """
    corners = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
    score = np.asarray(scores, dtype=np.float32).reshape(-1)
    label = np.asarray(labels).reshape(-1)
    if not len(corners) == len(score) == len(label):
        raise ValueError(f"{len(corners)} boxes, {len(score)} scores, {len(label)} labels differ.")
    order = np.argsort(-score, kind="stable")
    left, top, right, bottom = np.ascontiguousarray(corners[order].T)
    label = label[order]
    area = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    alive = np.arange(len(order))
    kept: list[int] = []
    while len(alive) and len(kept) < limit:
        best, rest = alive[0], alive[1:]
        kept.append(int(order[best]))
        width = np.minimum(right[best], right[rest]) - np.maximum(left[best], left[rest])
        height = np.minimum(bottom[best], bottom[rest]) - np.maximum(top[best], top[rest])
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        # shared / union > threshold, written without the division that 0 / 0 would spoil
        overlaps = shared > iou_threshold * (area[best] + area[rest] - shared)
        alive = rest[~(overlaps & (label[rest] == label[best]))]
    return np.array(kept, dtype=np.int64)


def voted(
    boxes: ArrayLike,
    scores: ArrayLike,
    labels: ArrayLike,
    kept: NDArray[np.int64],
    *,
    iou_threshold: float,
) -> NDArray[np.float32]:
    """Move each kept box to the mean of all boxes that see the same object: (k, 4) float32 `xyxy`.

    `boxes` (n, 4) `xyxy`, `scores` (n,), `labels` (n,) as `nms` took them, `kept` (k,) what it returned. A box votes
    for a kept one of its label where their intersection over union reaches `iou_threshold`, with the weight
    score² x IoU; the kept box itself always does. Several cells and anchors answer for one object, and their mean
    lies better than the surest of them: box voting, Gidaris and Komodakis, "Object detection via a multi-region and
    semantic segmentation-aware CNN model", ICCV 2015.
    """
    corners = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
    score = np.asarray(scores, dtype=np.float32).reshape(-1)
    label = np.asarray(labels).reshape(-1)
    left, top, right, bottom = np.ascontiguousarray(corners.T)
    area = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    moved = corners[kept]
    for place, chosen in enumerate(kept):
        width = np.minimum(right[chosen], right) - np.maximum(left[chosen], left)
        height = np.minimum(bottom[chosen], bottom) - np.maximum(top[chosen], top)
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        union = area[chosen] + area - shared
        voters = np.flatnonzero((label == label[chosen]) & (shared >= iou_threshold * union) & (shared > 0))
        weights = score[voters] ** 2 * shared[voters] / union[voters]
        if weights.sum() > 0:
            moved[place] = weights @ corners[voters] / weights.sum()
    return moved
