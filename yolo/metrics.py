"""Mean average precision by the COCO rules, and the thresholds a detector is best run at.

Follows the detection evaluation of COCO (https://cocodataset.org/#detection-eval) as its reference
implementation, pycocotools, computes it for boxes; `tests/yolo/test_metrics.py` compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

IOU_THRESHOLDS: Floats = np.linspace(0.5, 0.95, 10)
RECALL_POINTS: Floats = np.linspace(0.0, 1.0, 101)
MOST_DETECTIONS = 100  # of one class in one picture, as in COCO
AREAS: dict[str, tuple[float, float]] = {  # square pixels, both ends included
    "all": (0.0, 1e10),
    "small": (0.0, 32.0**2),
    "medium": (32.0**2, 96.0**2),
    "large": (96.0**2, 1e10),
}


SIDES = (0.0, 12.0, 20.0, 32.0, 64.0)
"""Where the bins of `ap50_by_side` begin: faces of our photographs are mostly between 8 and 64 pixels."""


class Labelled(Protocol):
    """Boxes (n, 4) `xyxy` in picture pixels with their labels (n,)."""

    @property
    def boxes(self) -> NDArray[np.float32]: ...
    @property
    def labels(self) -> NDArray[np.int64]: ...


class Scored(Labelled, Protocol):
    """The same with scores (n,)."""

    @property
    def scores(self) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class Metrics:
    """Average precision per class (C,) and its means; nan where there is no box to find.

    `map` is the mean over IoU 0.50 to 0.95, `map50` at IoU 0.50; `map_small`, `map_medium` and
    `map_large` count boxes below 32x32, up to 96x96 and above only. `boxes` counts the truths.
    """

    map50: float
    map: float
    map_small: float
    map_medium: float
    map_large: float
    ap50: Floats
    ap: Floats
    boxes: NDArray[np.int64]

    def as_dict(self, classes: Sequence[str]) -> dict[str, Any]:
        """Plain values for JSON, nan as None; the per-class ones by class name."""
        whole: dict[str, Any] = {
            name: _plain(getattr(self, name)) for name in ("map50", "map", "map_small", "map_medium", "map_large")
        }
        for name in ("ap50", "ap"):
            values = getattr(self, name)
            whole[name] = {c: _plain(v) for c, v in zip(classes, values, strict=True)}
        whole["boxes"] = {c: int(n) for c, n in zip(classes, self.boxes, strict=True)}
        return whole


@dataclass(frozen=True)
class OperatingPoint:
    """The score threshold with the best F1 for one class; nan and 0.5 where nothing is known."""

    threshold: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class ScoreCurve:
    """Precision, recall and F1 of one class at IoU 0.5 if run at each of `scores`, best first."""

    scores: Floats
    precision: Floats
    recall: Floats
    f1: Floats


@dataclass(frozen=True)
class _Matches:
    """The detections of one class in all pictures, best first (areas A, thresholds T).

    `hit` and `ignored` are (A, T, n); `positives` (A,) counts the truths of each area range.
    """

    scores: Floats
    hit: Flags
    ignored: Flags
    positives: NDArray[np.int64]


def mean_average_precision(truths: Sequence[Labelled], predictions: Sequence[Scored], *, class_count: int) -> Metrics:
    """Evaluate `predictions` against `truths`, one entry a picture in the same order.

    Predictions should reach down to a score near 0. Boxes are `xyxy` pixels of the picture, since
    the area ranges are. Raises ValueError when the lengths differ or a label is out of range.
    """
    areas = list(AREAS)
    precision = np.full((class_count, len(areas), len(IOU_THRESHOLDS)), np.nan)
    counts = np.zeros(class_count, dtype=np.int64)
    _check(truths, predictions, class_count)
    for label in range(class_count):
        matches = _match_class(truths, predictions, label)
        counts[label] = matches.positives[0]
        for a in np.flatnonzero(matches.positives):
            precision[label, a] = [_average_precision(matches, int(a), t) for t in range(len(IOU_THRESHOLDS))]
    small, medium, large = (_mean(precision[:, areas.index(n)]) for n in areas[1:])
    return Metrics(
        map50=_mean(precision[:, 0, 0]),
        map=_mean(precision[:, 0]),
        map_small=small,
        map_medium=medium,
        map_large=large,
        ap50=precision[:, 0, 0],
        ap=precision[:, 0].mean(axis=1),
        boxes=counts,
    )


def ap50_by_side(
    truths: Sequence[Labelled], predictions: Sequence[Scored], *, class_count: int, sides: Sequence[float] = SIDES
) -> tuple[Floats, NDArray[np.int64]]:
    """Average precision at IoU 0.5 by class and size of box (C, bins), and the boxes of each (C, bins).

    The side of a box is the square root of its area in picture pixels. A bin goes from one of
    `sides`, itself not counted, to the next; the last has no end. As with COCO's area ranges a
    detection that finds nothing counts where its own size belongs. nan where there is no box.
    """
    _check(truths, predictions, class_count)
    squares = [np.nextafter(side**2, np.inf) for side in sides[1:]]
    areas = list(zip([0.0, *squares], [side**2 for side in (*sides[1:], np.inf)], strict=True))
    precision = np.full((class_count, len(areas)), np.nan)
    counts = np.zeros((class_count, len(areas)), np.int64)
    for label in range(class_count):
        matches = _match_class(truths, predictions, label, areas)
        counts[label] = matches.positives
        for a in np.flatnonzero(matches.positives):
            precision[label, a] = _average_precision(matches, int(a), 0)
    return precision, counts


def score_curve(truths: Sequence[Labelled], predictions: Sequence[Scored], *, label: int) -> ScoreCurve:
    """Precision, recall and F1 of one class at IoU 0.5 as the score threshold falls."""
    matches = _match_class(truths, predictions, label)
    hits = np.cumsum(matches.hit[0, 0], dtype=np.float64)
    # Of equal scores only the last counts: no threshold parts them.
    last = np.append(matches.scores[1:] != matches.scores[:-1], True)[: len(matches.scores)]
    found = np.arange(1, len(hits) + 1)
    positives = float(matches.positives[0])
    precision = (hits / found)[last]
    recall = (hits / positives if positives else np.full_like(hits, np.nan))[last]
    f1 = (2 * hits / (found + positives))[last]
    return ScoreCurve(matches.scores[last], precision, recall, f1)


def best_operating_points(
    truths: Sequence[Labelled], predictions: Sequence[Scored], *, class_count: int
) -> list[OperatingPoint]:
    """For each class the threshold with the best F1 at IoU 0.5, the highest one among equals.

    It lies halfway down to the next score, so that scores that differ by rounding are on the
    same side of it. A class never seen or never found gets 0.5 and nan.
    """
    _check(truths, predictions, class_count)
    points = []
    for label in range(class_count):
        curve = score_curve(truths, predictions, label=label)
        if not len(curve.f1) or not curve.f1.max() > 0:
            points.append(OperatingPoint(0.5, np.nan, np.nan, np.nan))
            continue
        best = int(curve.f1.argmax())
        below = float(curve.scores[best + 1]) if best + 1 < len(curve.scores) else 0.0
        points.append(
            OperatingPoint(
                threshold=(float(curve.scores[best]) + below) / 2,
                precision=float(curve.precision[best]),
                recall=float(curve.recall[best]),
                f1=float(curve.f1[best]),
            )
        )
    return points


def _check(truths: Sequence[Labelled], predictions: Sequence[Scored], class_count: int) -> None:
    if len(truths) != len(predictions):
        raise ValueError(f"{len(truths)} pictures but predictions for {len(predictions)}.")
    for labelled in (*truths, *predictions):
        labels = np.asarray(labelled.labels)
        if len(labels) and not 0 <= labels.min() <= labels.max() < class_count:
            raise ValueError(f"A label lies outside of 0 to {class_count - 1}: {labels}.")


def _match_class(
    truths: Sequence[Labelled],
    predictions: Sequence[Scored],
    label: int,
    ranges: Sequence[tuple[float, float]] = tuple(AREAS.values()),
) -> _Matches:
    low, high = np.array(ranges).T[:, :, None]
    scores, hits, ignored = [], [], []
    positives = np.zeros(len(ranges), dtype=np.int64)
    for truth, found in zip(truths, predictions, strict=True):
        wanted = np.asarray(truth.boxes, np.float64).reshape(-1, 4)[truth.labels == label]
        mine = np.flatnonzero(found.labels == label)
        mine = mine[np.argsort(-found.scores[mine], kind="stable")[:MOST_DETECTIONS]]
        boxes = np.asarray(found.boxes, np.float64).reshape(-1, 4)[mine]
        areas = _areas(wanted)
        unwanted = (areas < low) | (areas > high)
        positives += (~unwanted).sum(axis=1)
        hit, excused = _match_picture(_ious(boxes, wanted), unwanted)
        areas = _areas(boxes)
        outside = ((areas < low) | (areas > high))[:, None, :]
        scores.append(np.asarray(found.scores, np.float64)[mine])
        hits.append(hit)
        ignored.append(excused | (~hit & outside))
    score = np.concatenate([np.zeros(0), *scores])
    order = np.argsort(-score, kind="stable")
    none = np.zeros((len(ranges), len(IOU_THRESHOLDS), 0), dtype=bool)
    hit = np.concatenate([none, *hits], axis=2)[..., order]
    excused = np.concatenate([none, *ignored], axis=2)[..., order]
    return _Matches(score[order], hit & ~excused, excused, positives)


def _match_picture(ious: Floats, unwanted: Flags) -> tuple[Flags, Flags]:
    """Give each detection, best first, the free truth it overlaps most.

    `ious` (n, m), `unwanted` (A, m): truths outside of the area range, taken only where no wanted
    one is left. Returns `hit` (A, T, n), any truth found, and `excused`, an unwanted one found.
    """
    count, truths = ious.shape
    shape = (len(unwanted), len(IOU_THRESHOLDS))
    hit, excused = np.zeros((*shape, count), bool), np.zeros((*shape, count), bool)
    if not truths:
        return hit, excused
    taken = np.zeros((*shape, truths), bool)
    thresholds = IOU_THRESHOLDS[None, :, None]
    for d in np.flatnonzero(ious.max(axis=1) >= IOU_THRESHOLDS[0]):
        free = ~taken & (ious[d] >= thresholds)
        # A quarter of an IoU (0.5 or more) ranks unwanted truths behind all wanted ones.
        rank = free * np.where(unwanted, ious[d] / 4, ious[d])[:, None, :]
        # Of equals the last wins, as in pycocotools.
        best = truths - 1 - rank[..., ::-1].argmax(axis=-1)
        found = np.take_along_axis(free, best[..., None], axis=-1)[..., 0]
        a, t = np.nonzero(found)
        taken[a, t, best[a, t]] = True
        hit[..., d] = found
        excused[a, t, d] = unwanted[a, best[a, t]]
    return hit, excused


def _average_precision(matches: _Matches, area: int, threshold: int) -> float:
    """Precision made monotone, read at 101 recalls and averaged."""
    counted = ~matches.ignored[area, threshold]
    hits = np.cumsum(matches.hit[area, threshold], dtype=np.float64)
    tried = np.cumsum(counted, dtype=np.float64)
    recall = hits / matches.positives[area]
    precision = hits / np.maximum(tried, np.spacing(1))
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, RECALL_POINTS, side="left")
    return float(np.append(envelope, 0.0)[at].mean())


def _areas(boxes: Floats) -> Floats:
    size = boxes[:, 2:] - boxes[:, :2]
    return np.asarray(size[:, 0] * size[:, 1])


def _ious(boxes: Floats, others: Floats) -> Floats:
    """Intersection over union of (n, 4) and (m, 4) `xyxy` boxes as (n, m)."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    union = _areas(boxes)[:, None] + _areas(others)[None, :] - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0))


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
