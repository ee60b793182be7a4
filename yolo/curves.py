"""Curves that say where to set a detector's threshold, and whether its scores mean what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo.boxes import iou
from yolo.detections import Detections, Truth
from yolo.metrics import ScoreCurve

LEAST_SCORE: Final = 0.05
"""Detections below it are noise that no threshold lets through; they would only fill the lowest bin."""
OVERLAP: Final = 0.5

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bin:
    """Detections whose scores lie from `low` to `high`: how many, their mean score, the share that is right."""

    low: float
    high: float
    count: int
    score: float
    right: float


def precision_at(curve: ScoreCurve, recalls: ArrayLike) -> Floats:
    """The best precision at each of the recalls or beyond; nan beyond what is ever found."""
    wanted = np.asarray(recalls, np.float64)
    if not len(curve.recall) or np.isnan(curve.recall).any():
        return np.full(wanted.shape, np.nan)
    envelope = np.maximum.accumulate(curve.precision[::-1])[::-1]
    return np.append(envelope, np.nan)[np.searchsorted(curve.recall, wanted, side="left")]


def f1_at(curve: ScoreCurve, thresholds: ArrayLike) -> Floats:
    """F1 with each of the thresholds; 0 where nothing reaches it, nan for a class that is not there."""
    wanted = np.asarray(thresholds, np.float64)
    if np.isnan(curve.recall).any():
        return np.full(wanted.shape, np.nan)
    reaching = np.searchsorted(-curve.scores, -wanted, side="right")
    return np.append(0.0, curve.f1)[reaching]


def hits_of(truth: Truth, found: Detections) -> NDArray[np.bool_]:
    """Which detections (n,) are right: best score first, each takes the object of its class it overlaps most.

    They overlap by half at least, and an object is found once.
    """
    right = np.zeros(len(found), bool)
    overlaps = np.where(found.labels[:, None] == truth.labels[None], iou(found.boxes, truth.boxes), 0.0)
    if not overlaps.size:
        return right
    for detection in np.argsort(-found.scores, kind="stable"):
        thing = int(overlaps[detection].argmax())
        if overlaps[detection, thing] >= OVERLAP:
            right[detection] = True
            overlaps[:, thing] = 0.0
    return right


def told_and_right(
    truths: Sequence[Truth], predictions: Sequence[Detections], *, least: float = LEAST_SCORE
) -> tuple[Floats, NDArray[np.bool_]]:
    """Scores (n,) of all detections from `least` up, and which of those are right (n,)."""
    scores = np.concatenate([np.zeros(0), *(found.scores for found in predictions)])
    pictures = zip(truths, predictions, strict=True)
    right = np.concatenate([np.zeros(0, bool), *(hits_of(truth, found) for truth, found in pictures)])
    counted = scores >= least
    return scores[counted], right[counted]


def reliability(scores: ArrayLike, right: ArrayLike, *, bins: int = 10) -> list[Bin]:
    """Scores (n,) against the share that is right, in equal bins of the score; empty ones are left out.

    Scores that mean what they say make both alike, see Guo et al., "On Calibration of Modern Neural
    Networks", ICML 2017.
    """
    values, hits = np.asarray(scores, np.float64), np.asarray(right, bool)
    place = np.minimum((values * bins).astype(int), bins - 1)
    return [
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            count=int((place == number).sum()),
            score=float(values[place == number].mean()),
            right=float(hits[place == number].mean()),
        )
        for number in np.unique(place).tolist()
    ]


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """The mean distance between score and share, weighted by detections (expected calibration error)."""
    count = sum(each.count for each in bins)
    return sum(each.count * abs(each.score - each.right) for each in bins) / count if count else None
