"""Anchors: the box sizes a network starts from, found by k-means in a data set.

The distance between sizes is 1 - IoU of two boxes with a common corner, as in YOLO9000 (Redmon
and Farhadi 2016, arXiv:1612.08242, section 2, "Dimension Clusters").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo.config import ANCHORS_PER_SCALE

Floats = NDArray[np.float64]
COCO_ANCHORS: Final = ((10, 13), (16, 30), (33, 23), (30, 61), (62, 45), (59, 119), (116, 90), (156, 198), (373, 326))
"""Width and height in pixels of the net's input, as YOLOv3 has them for COCO (Redmon and Farhadi 2018,
arXiv:1804.02767, section 2.3)."""

MOST_ROUNDS = 150
STILL = 1e-4  # anchors that move less than this share of their size have settled
MOST_DISTINCT = 8000  # sizes that are clustered as they are; more are first merged with their likes
MERGED_WITHIN = 0.03  # sizes merged into one differ by no more than this share in width and in height


@dataclass(frozen=True)
class AnchorFit:
    """`anchors` (k, 2) float64 width and height in pixels, by area; `mean_iou` of each size
    with its best anchor."""

    anchors: Floats
    mean_iou: float


def kmeans_anchors(sizes: ArrayLike, *, count: int = 9, seed: int = 0) -> AnchorFit:
    """Cluster box sizes into `count` anchors, sorted by area.

    `sizes` (n, 2): width and height in pixels at the net size that training will use. The same
    sizes and seed give the same anchors. Where there are very many sizes, near ones are merged
    before they are clustered; `mean_iou` is that of all. Raises ValueError when a size is not
    positive, or when there are fewer distinct sizes than anchors.
    """
    every, counts = _distinct(np.asarray(sizes, dtype=np.float64).reshape(-1, 2))
    if count < 1 or len(every) < count:
        raise ValueError(f"{count} anchors need as many different box sizes; there are {len(every)}.")
    distinct, weights = _merged(every, counts) if len(every) > MOST_DISTINCT else (every, counts)
    anchors = _first_centres(distinct, weights, count, np.random.default_rng(seed))
    for _ in range(MOST_ROUNDS):
        ious = size_ious(distinct, anchors)
        nearest = _without_empty_clusters(ious, weights, ious.argmax(axis=1))
        before, anchors = anchors, _means(distinct, weights, nearest, count)
        if np.allclose(anchors, before, rtol=STILL, atol=0):
            break
    anchors = anchors[np.argsort(anchors.prod(axis=1), kind="stable")]
    best = size_ious(every, anchors).max(axis=1)
    return AnchorFit(anchors, float(np.average(best, weights=counts)))


def with_coarser(anchors: ArrayLike, *, scales: int) -> Floats:
    """Anchors (3 * scales, 2) of a network with coarser scales than the one these (k, 2) were chosen for.

    Each scale that is added has twice the sizes of the one before, as its cells are twice as wide: the boxes of a
    dataset may have none of that size to cluster.
    """
    table = np.asarray(anchors, np.float64).reshape(-1, 2)
    while len(table) < ANCHORS_PER_SCALE * scales:
        table = np.concatenate([table, 2 * table[-ANCHORS_PER_SCALE:]])
    return table


def sizes_at(net_size: int, boxes: ArrayLike, picture_sizes: ArrayLike) -> Floats:
    """Width and height (n, 2) of boxes once their pictures are scaled to long side `net_size`.

    `boxes` (n, 4) `xyxy` in picture pixels, `picture_sizes` (n, 2) width and height of the
    picture each box lies in.
    """
    corners = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    pictures = np.asarray(picture_sizes, dtype=np.float64).reshape(-1, 2)
    if len(corners) != len(pictures):
        raise ValueError(f"{len(corners)} boxes but picture sizes for {len(pictures)}.")
    sizes = corners[:, 2:] - corners[:, :2]
    return np.asarray(sizes * (net_size / pictures.max(axis=1, initial=1))[:, None])


def size_ious(sizes: Floats, anchors: Floats) -> Floats:
    """IoU (n, k) of sizes (n, 2) and anchors (k, 2) laid upon each other corner to corner."""
    width = np.minimum(sizes[:, None, 0], anchors[None, :, 0])
    shared = width * np.minimum(sizes[:, None, 1], anchors[None, :, 1])
    union = (sizes[:, 0] * sizes[:, 1])[:, None] + (anchors[:, 0] * anchors[:, 1])[None] - shared
    return np.asarray(shared / union)


def _distinct(sizes: Floats) -> tuple[Floats, Floats]:
    """The different sizes (n, 2) and how often each occurs (n,); ValueError when one is not positive."""
    if not (np.isfinite(sizes).all() and (sizes > 0).all()):
        raise ValueError("Anchors need boxes whose width and height are above 0.")
    joined, counts = np.unique(sizes[:, 0] + 1j * sizes[:, 1], return_counts=True)
    return np.stack([joined.real, joined.imag], axis=1), counts.astype(np.float64)


def _merged(sizes: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Sizes that fall into one cell of a logarithmic grid become their mean, with the weight of all."""
    cells = np.floor(np.log(sizes) / np.log1p(MERGED_WITHIN)).astype(np.int64)
    _, cell = np.unique(cells[:, 0] * 2**32 + cells[:, 1], return_inverse=True)
    total = np.bincount(cell, weights=weights)
    sums = [np.bincount(cell, weights=weights * sizes[:, i]) for i in (0, 1)]
    return np.stack(sums, axis=1) / total[:, None], total.astype(np.float64)


def _first_centres(sizes: Floats, weights: Floats, count: int, rng: np.random.Generator) -> Floats:
    """k-means++: each next centre is drawn with a chance that grows with its distance squared."""
    chosen = [int(rng.choice(len(sizes), p=weights / weights.sum()))]
    distance = 1 - size_ious(sizes, sizes[chosen])[:, 0]
    while len(chosen) < count:
        distance[chosen] = 0
        chance = weights * distance**2
        chosen.append(int(rng.choice(len(sizes), p=chance / chance.sum())))
        distance = np.minimum(distance, 1 - size_ious(sizes, sizes[chosen[-1:]])[:, 0])
    return sizes[chosen]


def _without_empty_clusters(ious: Floats, weights: Floats, nearest: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each empty cluster the size that is worst off, from a cluster that can spare it."""
    nearest = nearest.copy()
    own = ious[np.arange(len(ious)), nearest]
    for empty in np.flatnonzero(np.bincount(nearest, minlength=ious.shape[1]) == 0):
        spare = np.bincount(nearest, minlength=ious.shape[1])[nearest] > 1
        worst = int(np.where(spare, weights * (1 - own), -1).argmax())
        nearest[worst], own[worst] = empty, 1.0
    return nearest


def _means(sizes: Floats, weights: Floats, nearest: NDArray[np.int64], count: int) -> Floats:
    total = np.bincount(nearest, weights=weights, minlength=count)
    sums = [np.bincount(nearest, weights=weights * sizes[:, i], minlength=count) for i in (0, 1)]
    return np.stack(sums, axis=1) / total[:, None]
