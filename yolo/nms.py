"""Non-maximum suppression, class by class."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


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
