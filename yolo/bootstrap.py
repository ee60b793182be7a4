"""How sure a figure is, told by drawing the pictures again (Efron and Tibshirani, 1993, chapter 13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from yolo.metrics import Labelled, Scored

Measure = Callable[[Sequence[Labelled], Sequence[Scored]], float]
Measures = Callable[[Sequence[Labelled], Sequence[Scored]], Mapping[str, float]]
COVERAGE = 0.9


def bootstrap_interval(
    truths: Sequence[Labelled],
    predictions: Sequence[Scored],
    measure: Measure,
    *,
    rounds: int = 1000,
    coverage: float = COVERAGE,
    seed: int = 0,
) -> tuple[float, float]:
    """The percentile interval of one measure, see `bootstrap_intervals`.

    Raises ValueError too when in no sample anything could be measured.
    """
    found = bootstrap_intervals(
        truths, predictions, lambda *drawn: {"": measure(*drawn)}, rounds=rounds, coverage=coverage, seed=seed
    )[""]
    if found is None:
        raise ValueError("In no sample of the pictures could anything be measured.")
    return found


def bootstrap_intervals(
    truths: Sequence[Labelled],
    predictions: Sequence[Scored],
    measures: Measures,
    *,
    rounds: int = 1000,
    coverage: float = COVERAGE,
    seed: int = 0,
) -> dict[str, tuple[float, float] | None]:
    """Percentile intervals of several measures over the same samples of the pictures, drawn with replacement.

    Whole pictures are drawn, since the faces of one are alike. Samples in which a measure is nan are left out; None
    stands for one that no sample could tell. Raises ValueError when there is no picture, or no round.
    """
    if not len(truths) == len(predictions) > 0:
        raise ValueError("A bootstrap needs pictures, and predictions for each.")
    if rounds < 1:
        raise ValueError(f"A bootstrap needs rounds: {rounds} are none.")
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(len(truths), size=len(truths)) for _ in range(rounds))
    told = [measures([truths[i] for i in some], [predictions[i] for i in some]) for some in drawn]
    return {name: _interval([each[name] for each in told], coverage) for name in told[0]}


def _interval(values: Sequence[float], coverage: float) -> tuple[float, float] | None:
    known = np.asarray(values, np.float64)
    known = known[~np.isnan(known)]
    if not len(known):
        return None
    low, high = np.quantile(known, [(1 - coverage) / 2, (1 + coverage) / 2])
    return float(low), float(high)
