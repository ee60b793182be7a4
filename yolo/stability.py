"""Notices when a training diverges: its loss, its weights, or what it finds."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SMOOTHING: Final = 0.05
MOST_TIMES_LEAST: Final = 10.0
"""A smoothed loss so many times its least is exploding. One odd batch does not make it so."""
CALM_TIMES_LEAST: Final = 2.0
LARGEST_WEIGHT: Final = float(np.finfo(np.float16).max)
"""Releases hold float16. Batch statistics beyond it come from activations that have run away."""
GOOD_SCORE: Final = 0.1
COLLAPSED_SHARE: Final = 0.1
"""A network that was good and now reaches less than this share of its best has collapsed."""


class Trouble(StrEnum):
    """What went wrong; each begins a sentence."""

    NO_NUMBER = "The loss is no longer a number"
    EXPLODED = "The loss has exploded"
    WEIGHTS = "The weights or batch statistics have outgrown all bounds"
    COLLAPSED = "The network hardly finds anything any more"


class DivergedError(Exception):
    """A training has become useless; the message begins a sentence."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


class LossWatch:
    """Follows the loss of one epoch, step by step."""

    def __init__(self) -> None:
        self._smooth: float | None = None
        self._least = np.inf

    def note(self, loss: float) -> None:
        """Take in the loss of a step. Raises DivergedError where it is no number, or explodes."""
        if not np.isfinite(loss):
            raise DivergedError(Trouble.NO_NUMBER)
        smooth = loss if self._smooth is None else self._smooth + SMOOTHING * (loss - self._smooth)
        self._smooth, self._least = smooth, min(self._least, smooth)
        if smooth > MOST_TIMES_LEAST * self._least:
            raise DivergedError(Trouble.EXPLODED)

    @property
    def is_calm(self) -> bool:
        """Whether the loss is near its least: only then is a state worth keeping."""
        return self._smooth is None or self._smooth <= CALM_TIMES_LEAST * self._least


def bound_of(weights: Sequence[NDArray[np.float32]]) -> float:
    """How large the weights may grow of a training that begins with these: published ones may begin with more."""
    return max(LARGEST_WEIGHT, *(2 * float(np.abs(array).max(initial=0)) for array in weights))


def check_weights(*networks: Sequence[NDArray[np.float32]], bound: float = LARGEST_WEIGHT) -> None:
    """Raises DivergedError where a weight, or a statistic of batch normalisation, is no number or beyond the bound.

    The loss need not show it: in training each batch is normalised by itself, while the network that is used rests on
    the averages.
    """
    for weights in networks:
        # A comparison with nan is False.
        if not all((np.abs(array) <= bound).all() for array in weights):
            raise DivergedError(Trouble.WEIGHTS)


def epoch_score(metrics: Mapping[str, Any] | None, judged: Sequence[str]) -> float:
    """Orders epochs, the best last; one that could not be measured comes before all others.

    The mean AP at IoU 0.5 to 0.95 over the judged classes: an average of ten thresholds wavers
    less from epoch to epoch than AP at one of them. `metrics` as `Metrics.as_dict` gives them.
    """
    known = [metrics["ap"][name] for name in judged if metrics["ap"][name] is not None] if metrics else []
    return sum(known) / len(known) if known else -1.0


def check_score(score: float, best: float) -> None:
    """Raises DivergedError where the precision on the validation pictures has fallen to next to nothing of its best."""
    if best >= GOOD_SCORE and score < COLLAPSED_SHARE * best:
        raise DivergedError(Trouble.COLLAPSED)
