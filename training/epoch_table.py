"""The epochs of a run as the table on its page: precision by class and by size of face."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.templatetags.maskweb import verdict_label
from training.measuring import JUDGED_CLASSES
from training.models import Epoch, TrainingRun

SIZES = ("small", "medium", "large")


@dataclass(frozen=True)
class Head:
    """Of a column: what is measured, and of which faces."""

    name: str
    of: str


@dataclass(frozen=True)
class Row:
    epoch: Epoch
    is_best: bool
    cells: list[float | None]


def heads(run: TrainingRun) -> list[Head]:
    sizes = {"small": _("small faces"), "medium": _("medium faces"), "large": _("large faces")}
    is_ours = set(JUDGED_CLASSES) <= set(run.version.classes)
    mean_of = _("with and without mask") if is_ours else _("all classes")
    return [
        Head("mAP@.5", mean_of),
        Head("mAP@.5:.95", mean_of),
        *(Head("AP@.5", verdict_label(name)) for name in run.version.classes),
        *(Head("mAP@.5:.95", sizes[size]) for size in SIZES),
    ]


def rows(run: TrainingRun, epochs: Iterable[Epoch]) -> list[Row]:
    """A row for each epoch, the cells in the order of `heads`; None where nothing was measured."""
    return [Row(epoch, epoch.number == run.best.get("epoch"), _cells(run, epoch)) for epoch in epochs]


def _cells(run: TrainingRun, epoch: Epoch) -> list[float | None]:
    found = epoch.metrics
    by_class = [found.get("ap50", {}).get(name) for name in run.version.classes]
    by_size = [found.get(f"map50_95_{size}") for size in SIZES]
    return [found.get("map50"), found.get("map50_95"), *by_class, *by_size]
