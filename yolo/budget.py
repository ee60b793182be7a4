"""Trainings by the clock: how many epochs fit into the minutes there are.

The number is set anew before each epoch, from what the last epochs have taken, and with it the
learning rate and the beginning of the last phase: on a machine that others use too, the schedule
still ends when the time does, less than an epoch early or half of one late. Time in which the
training was stopped does not count.
"""

from bisect import bisect_left
from collections import deque
from dataclasses import replace
from typing import Final

from yolo.batches import composer_for
from yolo.config import TrainConfig

RECENT: Final = 4
"""Epochs whose speed is believed to last."""


class Budget:
    """Plans the epochs of a training. `seconds` were spent by earlier sessions, which meant to do `epochs`."""

    def __init__(self, config: TrainConfig, *, seconds: float = 0.0, epochs: int | None = None) -> None:
        self._config = config
        self._plan = replace(config, epochs=epochs or config.epochs)
        self._recent: deque[tuple[float, float]] = deque(maxlen=RECENT)
        self.seconds = seconds

    @property
    def plan(self) -> TrainConfig:
        """The configuration with the epochs that were last meant to be done."""
        return self._plan

    def plan_for(self, epoch: int, *, least: int = 1) -> TrainConfig:
        """The configuration with the epochs that will be done, `least` or more, if the next is `epoch` (from 0).

        Where it gives just `epoch`, none is to follow. Once the last phase has begun the number only falls.
        """
        if self._config.minutes and (self._recent or self._left <= 0):
            most = self._plan.epochs if _is_last_phase(self._plan, epoch) else self._config.epochs
            counts = range(epoch + 1, most + 1)  # more never take less time
            fitting = bisect_left(counts, True, key=lambda count: not self._fits(count, epoch))
            self._plan = replace(self._plan, epochs=max(least, epoch + fitting))
        return self._plan

    def spent(self, epoch: int, seconds: float, *, share: float = 1.0) -> None:
        """That share of an epoch (from 0) has taken so long, validation included."""
        self.seconds += seconds
        if share > 0:
            self._recent.append((seconds, share * canvas_pixels(self._plan, epoch)))

    @property
    def _left(self) -> float:
        """Seconds of the budget that are not spent."""
        return 60 * self._config.minutes - self.seconds

    def _fits(self, epochs: int, epoch: int) -> bool:
        """Whether there is time for so many; a single one may end late by no more than the end without it is early."""
        if self._left <= 0:
            return False
        time = 2 * self._left if epochs == epoch + 1 else self._left
        return self._seconds_for(replace(self._plan, epochs=epochs), epoch) <= time

    def _seconds_for(self, plan: TrainConfig, epoch: int) -> float:
        """What the epochs from `epoch` on will take; larger canvases take longer."""
        seconds = sum(taken for taken, _ in self._recent)
        pixels = sum(canvas for _, canvas in self._recent)
        left = plan.epochs - epoch
        last = min(plan.fine_tune_epochs, left)
        return seconds / pixels * ((left - last) * plan.canvas**2 + last * plan.fine_tune_canvas**2)


def canvas_pixels(plan: TrainConfig, epoch: int) -> int:
    """Pixels of each canvas in that epoch (from 0)."""
    return composer_for(plan, epoch).canvas ** 2


def _is_last_phase(plan: TrainConfig, epoch: int) -> bool:
    return epoch >= plan.epochs - plan.fine_tune_epochs
