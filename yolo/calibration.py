"""What a score means: temperature scaling, kept beside the release as calibration.json.

A score s of the network becomes the chance 1 / (1 + exp(-logit(s) / T)) that the box is right. T is fitted on the
validation split by the likelihood of what is right and wrong there. The order of boxes stays, and so do average
precision and thresholds, which go on to count in scores. See Guo et al., "On Calibration of Modern Neural
Networks", ICML 2017.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo.sealed import seal_read

CALIBRATION: Final = "calibration.json"
IDENTITY: Final = 1.0
COOLEST, HOTTEST = 0.05, 20.0
FEWEST: Final = 50
"""Detections, right and wrong ones together, below which a temperature would be chance."""
BISECTIONS: Final = 60
FURTHEST: Final = 1e-6  # from 0 and 1, where logits end

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """A temperature, and the negative log likelihood of a detection before and with it."""

    temperature: float
    nll_before: float
    nll_after: float


def calibrated(scores: ArrayLike, temperature: float) -> Floats:
    """The chance that a box of each score is right; rises with the score, and is it where the temperature is 1."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * _logits(scores) / temperature)))


def fit_temperature(scores: ArrayLike, right: ArrayLike) -> Fit:
    """The temperature under which scores (n,) tell best which detections are right (n,).

    Raises ValueError with a sentence where there are too few detections, or they are all right or all wrong.
    """
    logits, truth = _logits(scores), np.asarray(right, bool)
    if len(logits) < FEWEST or truth.all() or not truth.any():
        raise ValueError(f"A temperature takes {FEWEST} detections, right and wrong ones; here are {len(logits)}.")

    signed = np.where(truth, logits, -logits)
    low, high = 1 / HOTTEST, 1 / COOLEST
    for _ in range(BISECTIONS):  # the likelihood is convex in 1 / T: its slope is below 0 left of the best
        middle = (low + high) / 2
        low, high = (middle, high) if _slope(signed, middle) < 0 else (low, middle)
    temperature = round(2 / (low + high), 4)
    return Fit(temperature, _loss(signed, 1.0), _loss(signed, 1 / temperature))


def read_calibration(folder: Path) -> dict[str, Any] | None:
    """What calibration.json tells, None for a release without one. Raises ReleaseError when it was changed."""
    return seal_read(folder, CALIBRATION)


def _loss(signed: Floats, sharpness: float) -> float:
    return float(np.logaddexp(0.0, -sharpness * signed).mean())


def _slope(signed: Floats, sharpness: float) -> float:
    return float((-signed * 0.5 * (1.0 - np.tanh(0.5 * sharpness * signed))).mean())


def _logits(scores: ArrayLike) -> Floats:
    inside = np.clip(np.asarray(scores, np.float64), FURTHEST, 1 - FURTHEST)
    return np.asarray(np.log(inside) - np.log1p(-inside))
