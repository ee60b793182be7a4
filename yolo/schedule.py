"""How the learning rate runs over a training."""

import math
from dataclasses import dataclass
from typing import Final

from yolo.config import TrainConfig

END_SHARE: Final = 0.05
"""Share of the first learning rate that is left when the first phase ends."""
FINE_TUNE_END_SHARE: Final = 0.1


@dataclass(frozen=True)
class Schedule:
    """Warm-up, cosine, then a second, lower cosine for the last phase."""

    config: TrainConfig
    steps_per_epoch: int

    @property
    def first_phase(self) -> int:
        """Steps before the last phase begins."""
        return (self.config.epochs - self.config.fine_tune_epochs) * self.steps_per_epoch

    def learning_rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0 over the whole training."""
        config = self.config
        if step >= self.first_phase:
            length = config.fine_tune_epochs * self.steps_per_epoch
            share = (step - self.first_phase) / max(length, 1)
            return config.fine_tune_learning_rate * _cosine(share, FINE_TUNE_END_SHARE)
        warm_up = min(config.warm_up_steps, self.first_phase // 2)
        if step < warm_up:
            return config.learning_rate * (step + 1) / warm_up
        share = (step - warm_up) / (self.first_phase - warm_up)
        return config.learning_rate * _cosine(share, END_SHARE)


def _cosine(share: float, end: float) -> float:
    """From 1 at the beginning to `end` at the end along half a cosine."""
    return end + (1 - end) * (1 + math.cos(math.pi * min(share, 1.0))) / 2
