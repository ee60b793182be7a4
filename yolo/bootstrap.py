"""How sure a figure is, told by drawing the pictures again (Efron and Tibshirani, 1993, chapter 13)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from yolo.metrics import Labelled, Scored

Measure = Callable[[Sequence[Labelled], Sequence[Scored]], float]


def bootstrap_interval(
    truths: Sequence[Labelled],
    predictions: Sequence[Scored],
    measure: Measure,
    *,
    rounds: int = 1000,
    coverage: float = 0.9,
    seed: int = 0,
) -> tuple[float, float]:
    """The percentile interval of `measure` over samples of the pictures, drawn with replacement.

    Whole pictures are drawn, since the faces of one are alike. Samples in which the measure is
    nan are left out. Raises ValueError when there is no picture, or nothing could be measured.
    """
    if not len(truths) == len(predictions) > 0:
        raise ValueError("A bootstrap needs pictures, and predictions for each.")
    rng = np.random.default_rng(seed)
    values = np.empty(rounds)
    for number in range(rounds):
        drawn = rng.integers(len(truths), size=len(truths))
        values[number] = measure([truths[i] for i in drawn], [predictions[i] for i in drawn])
    known = values[~np.isnan(values)]
    if not len(known):
        raise ValueError("In no sample of the pictures could anything be measured.")
    low, high = np.quantile(known, [(1 - coverage) / 2, (1 + coverage) / 2])
    return float(low), float(high)
