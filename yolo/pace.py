"""The speed of a training and the time that is left."""

import time
from typing import Final

from yolo.batches import Batches
from yolo.budget import canvas_pixels
from yolo.config import TrainConfig

SECONDS_BETWEEN_EVENTS: Final = 0.5
SMOOTHING: Final = 0.05
MOST_TIMES_USUAL: Final = 3
"""A step slower than this, such as one that compiles, counts as no slower."""


def is_validated(config: TrainConfig, epoch: int) -> bool:
    """Whether that epoch (from 0) is followed by a validation; the last one always is."""
    return (epoch + 1) % config.validate_every == 0 or epoch + 1 == config.epochs


class Pace:
    """Measures steps as they end. Work is counted in pixels: the last phase has larger canvases."""

    def __init__(self, config: TrainConfig, steps: int) -> None:
        self._config, self._steps = config, steps
        self._last_step = self._last_event = time.monotonic()
        self._per_pixel: float | None = None
        self._per_validation = 0.0
        self._compiled = False

    def follow(self, plan: TrainConfig) -> None:
        """Reckon with another number of epochs from now on."""
        self._config = plan

    def step(self, epoch: int) -> None:
        """A step of that epoch (from 0) has ended. The very first one compiles and says nothing."""
        now = time.monotonic()
        each, self._last_step = (now - self._last_step) / self._pixels(epoch), now
        if not self._compiled:
            self._compiled = True
        elif self._per_pixel is None:
            self._per_pixel = each
        else:
            each = min(each, MOST_TIMES_USUAL * self._per_pixel)
            self._per_pixel += SMOOTHING * (each - self._per_pixel)

    def validated(self, seconds: float) -> None:
        """A validation took that long."""
        self._per_validation = seconds
        self._last_step = time.monotonic()

    def is_due(self, *, last: bool) -> bool:
        """Whether to send an event now; the last step of an epoch always has one."""
        now = time.monotonic()
        if not last and now - self._last_event < SECONDS_BETWEEN_EVENTS:
            return False
        self._last_event = now
        return True

    def pictures_per_second(self, epoch: int) -> float:
        """Training speed in that epoch (from 0); 0 before the second step."""
        if not self._per_pixel:
            return 0.0
        return self._config.batch / (self._per_pixel * self._pixels(epoch))

    def seconds_left(self, epoch: int, step: int) -> float | None:
        """Until the end of the training after a step (both from 0), validations included; None before the second."""
        if self._per_pixel is None:
            return None
        later = range(epoch + 1, self._config.epochs)
        pixels = self._pixels(epoch) * (self._steps - step - 1)
        pixels += sum(self._pixels(other) * self._steps for other in later)
        validations = sum(is_validated(self._config, other) for other in (epoch, *later))
        return pixels * self._per_pixel + validations * self._per_validation

    def _pixels(self, epoch: int) -> int:
        return canvas_pixels(self._config, epoch)


class ProcessorTime:
    """What this process computes from now on, and how much of it for the pictures."""

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
        self._began, self._data_began = time.process_time(), batches.processor_seconds

    @property
    def data_share(self) -> float | None:
        """Share that reading pictures and composing canvases took; None while nothing was computed."""
        spent = time.process_time() - self._began
        return min(1.0, (self._batches.processor_seconds - self._data_began) / spent) if spent > 0 else None
