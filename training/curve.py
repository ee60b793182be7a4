"""The course of a training step by step, kept small: some hundreds of points however long it takes."""

import resource
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from yolo.events import StepEvent

MOST_POINTS: Final = 400
TERMS: Final = ("loss", "box", "objectness", "classes")


@dataclass(frozen=True)
class Point:
    """Some steps in a row. `place`: whole epochs and the share of the one under way, where the last of them ended.

    `rate`: the learning rate of that last step. `losses`: means over the steps, in the order of TERMS.
    """

    place: float
    steps: int
    rate: float
    losses: tuple[float, ...]

    def and_then(self, later: "Point") -> "Point":
        """Both as one point."""
        steps = self.steps + later.steps
        pairs = zip(self.losses, later.losses, strict=True)
        means = tuple((self.steps * old + later.steps * new) / steps for old, new in pairs)
        return Point(later.place, steps, later.rate, means)

    def as_row(self) -> list[float]:
        """Plain numbers, as they are stored and drawn."""
        return [round(self.place, 5), self.steps, float(f"{self.rate:.4g}"), *(round(mean, 4) for mean in self.losses)]


class StepCurve:
    """Takes what a training tells of its steps. When there are too many points, two neighbours become one.

    `width`: a point of fewer steps is still added to, so that all are about as wide.
    """

    def __init__(self, rows: Iterable[Sequence[float]] = (), *, width: int = 1, most: int = MOST_POINTS) -> None:
        self._points = [Point(row[0], int(row[1]), row[2], tuple(row[3:])) for row in rows]
        self._most = most
        self._last: StepEvent | None = None
        self.width = width

    @property
    def rows(self) -> list[list[float]]:
        return [point.as_row() for point in self._points]

    def add(self, event: StepEvent) -> None:
        """What a training repeats after it was broken off or fell back replaces what was there from that place on."""
        new = self._point(event)
        self._last = event
        while self._points and self._points[-1].place >= new.place:
            self._points.pop()
        if self._points and self._points[-1].steps < self.width:
            new = self._points.pop().and_then(new)
        self._points.append(new)
        if len(self._points) > self._most:
            self._halve()

    def _point(self, event: StepEvent) -> Point:
        """The steps since the last event. It tells means since the epoch began: their sums differ by these steps."""
        last = self._last
        goes_on = last is not None and last.epoch == event.epoch and last.step < event.step
        before = last.step if last is not None and goes_on else 0
        steps = event.step - before
        losses = []
        for term in TERMS:
            earlier = last.losses[term] * before if last is not None and goes_on else 0.0
            losses.append((event.losses[term] * event.step - earlier) / steps)
        return Point(event.epoch - 1 + event.step / event.steps, steps, event.learning_rate, tuple(losses))

    def _halve(self) -> None:
        pairs = (self._points[start : start + 2] for start in range(0, len(self._points), 2))
        self._points = [pair[0].and_then(pair[1]) if len(pair) == 2 else pair[0] for pair in pairs]
        self.width *= 2


def peak_megabytes() -> int:
    """The most memory that this process has taken so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)


def curve_values(curve: StepCurve) -> dict[str, Any]:
    """The fields of the row that keeps it."""
    return {"points": curve.rows, "width": curve.width, "peak_megabytes": peak_megabytes()}
