"""The figures of a release as its pages show them."""

from dataclasses import dataclass
from typing import Any

from releases.models import ModelRelease


@dataclass(frozen=True)
class ClassFigures:
    """How well one class is found; None where no picture of the measured ones shows it."""

    name: str
    ap50: float | None
    ap50_95: float | None
    boxes: int


@dataclass(frozen=True)
class Figures:
    """Metrics on pictures the network has not learnt from. `on_test`: else those of the validation split.

    judged: the classes that `map50` and `map50_95` are means over; empty where that is not on record.
    """

    on_test: bool
    pictures: int | None
    map50: float | None
    map50_95: float | None
    map50_all: float | None
    judged: tuple[str, ...]
    classes: tuple[ClassFigures, ...]


def figures_of(release: ModelRelease) -> Figures | None:
    """The metrics on the test split, else on the validation split; None for a release that was never measured."""
    metrics: dict[str, Any] = release.metrics
    measured = metrics.get("test") or metrics.get("validation")
    if not measured:
        return None
    return Figures(
        on_test=bool(metrics.get("test")),
        pictures=measured.get("pictures"),
        map50=measured.get("map50"),
        map50_95=measured.get("map50_95"),
        map50_all=measured.get("map50_all"),
        judged=tuple(measured.get("judged", ())),
        classes=tuple(
            ClassFigures(
                name=name,
                ap50=measured.get("ap50", {}).get(name),
                ap50_95=measured.get("ap50_95", {}).get(name),
                boxes=measured.get("boxes", {}).get(name, 0),
            )
            for name in release.classes
        ),
    )
