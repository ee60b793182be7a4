"""Notices when a training diverges."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

SMOOTHING: Final = 0.05
MOST_TIMES_LEAST: Final = 10.0
"""A smoothed loss so many times its least is exploding. One odd batch does not make it so."""
CALM_TIMES_LEAST: Final = 2.0


class DivergedError(Exception):
    """The loss or the weights have become useless; the message begins a sentence."""


class LossWatch:
    """Follows the loss of one epoch, step by step."""

    def __init__(self) -> None:
        self._smooth: float | None = None
        self._least = np.inf

    def note(self, loss: float) -> None:
        """Take in the loss of a step. Raises DivergedError where it is no number, or explodes."""
        if not np.isfinite(loss):
            raise DivergedError("The loss is no longer a number")
        smooth = loss if self._smooth is None else self._smooth + SMOOTHING * (loss - self._smooth)
        self._smooth, self._least = smooth, min(self._least, smooth)
        if smooth > MOST_TIMES_LEAST * self._least:
            raise DivergedError("The loss has exploded")

    @property
    def is_calm(self) -> bool:
        """Whether the loss is near its least: only then is a state worth keeping."""
        return self._smooth is None or self._smooth <= CALM_TIMES_LEAST * self._least


def check_finite(weights: Sequence[NDArray[np.float32]]) -> None:
    """Raises DivergedError where one of the weights is not finite."""
    if not all(np.isfinite(array).all() for array in weights):
        raise DivergedError("The weights are no longer numbers")
