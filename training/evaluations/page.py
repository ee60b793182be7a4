"""Releases side by side, as they were measured on one part of a version."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.templatetags.maskweb import verdict_label
from training.comparing import Figure, figure_of
from training.csv_tables import as_csv
from training.evaluations.models import Evaluation
from training.shots import Shot, shots, wrong_where_right

MOST_SHOTS: Final = 24

Measure = Callable[[dict[str, Any]], float | None]


@dataclass(frozen=True)
class Operating:
    """What one class yields in each measurement, at each release's own threshold: values as `evaluate` tells them."""

    name: str
    values: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Gap:
    """Pictures that one release gets right and the other wrong, drawn as the other sees them."""

    right: Evaluation
    wrong: Evaluation
    count: int
    shots: list[Shot]


def figures_beside(rows: Sequence[Evaluation]) -> list[Figure]:
    """Precision over all classes, by class and by size; the highest of each is marked."""
    measures: dict[str, Measure] = {
        "mAP@.5": lambda figures: figures.get("map50"),
        "mAP@.5:.95": lambda figures: figures.get("map50_95"),
        **{f"AP@.5 {verdict_label(name)}": _of_class("ap50", name) for name in _classes(rows)},
        **{f"AP@.5:.95 {verdict_label(name)}": _of_class("ap50_95", name) for name in _classes(rows)},
        _("mAP@.5:.95 small"): lambda figures: figures.get("map50_95_small"),
        _("mAP@.5:.95 medium"): lambda figures: figures.get("map50_95_medium"),
        _("mAP@.5:.95 large"): lambda figures: figures.get("map50_95_large"),
    }
    found = [figure_of(name, [value_of(row.figures) for row in rows]) for name, value_of in measures.items()]
    return [each for each in found if any(value is not None for value in each.values)]


def operating_beside(rows: Sequence[Evaluation]) -> list[Operating]:
    """Right, wrong and missed boxes of each class."""
    return [
        Operating(verdict_label(name), tuple(row.figures["at_thresholds"][name] for row in rows))
        for name in _classes(rows)
    ]


def figures_csv(rows: Sequence[Evaluation]) -> str:
    """A line for each figure, a column for each release."""
    lines = [(figure.name, *figure.values) for figure in figures_beside(rows)]
    for operating in operating_beside(rows):
        for key in ("threshold", "right", "wrong", "missed"):
            lines.append((f"{operating.name}: {key}", *(value[key] for value in operating.values)))
    return as_csv(("figure", *(str(row.release) for row in rows)), lines)


def gaps(rows: Sequence[Evaluation], user: User) -> list[Gap]:
    """Both ways, of the first two."""
    if len(rows) < 2:
        return []
    found = []
    for right, wrong in ((rows[0], rows[1]), (rows[1], rows[0])):
        pictures = wrong_where_right(right, wrong)
        drawn = shots(pictures[:MOST_SHOTS], wrong.version.classes, user=user)
        found.append(Gap(right, wrong, len(pictures), drawn))
    return found


def warnings(rows: Sequence[Evaluation]) -> list[str]:
    """Which releases learnt from some of these pictures, so that their figures flatter."""
    said = []
    for row in rows:
        words = {"release": row.release, "learnt": row.figures["learnt_from"], "pictures": row.figures["pictures"]}
        if row.figures["learnt_from"]:
            sentence = _("%(release)s learnt from %(learnt)d of these %(pictures)d pictures: they flatter it.")
            said.append(sentence % words)
        elif row.figures["learnt_from"] is None:
            said.append(_("Nobody knows here whether %(release)s learnt from these pictures.") % words)
    return said


def _classes(rows: Sequence[Evaluation]) -> list[str]:
    return list(rows[0].version.classes) if rows else []


def _of_class(key: str, name: str) -> Measure:
    return lambda figures: figures.get(key, {}).get(name)
