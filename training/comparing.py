"""Runs side by side: what was set differently, and what came out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.templatetags.maskweb import verdict_label
from training.csv_tables import as_csv
from training.models import Epoch, TrainingRun
from training.option_fields import option_values

PLACES: Final = 3
"""With so many behind the point the pages write figures; what is alike there counts as alike."""


@dataclass(frozen=True)
class Setting:
    """One setting that differs, with its value in each run."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """One figure of each run, None where it was not measured; `best` are the places of the highest of several."""

    name: str
    values: tuple[float | None, ...]
    best: tuple[int, ...]


def differing_settings(runs: Sequence[TrainingRun]) -> list[Setting]:
    """The settings in which the runs differ."""
    rows = [Setting(name, tuple(value_of(run) for run in runs)) for name, value_of in _settings(runs).items()]
    return [row for row in rows if len(set(row.values)) > 1]


def figures(runs: Sequence[TrainingRun]) -> list[Figure]:
    """Figures of the best epochs on the validation pictures, then those on the test pictures, where there are any."""
    rows = [figure_of(name, [value_of(run) for run in runs]) for name, value_of in _measures(runs).items()]
    return [row for row in rows if any(value is not None for value in row.values)]


def validated_alike(runs: Sequence[TrainingRun]) -> bool:
    """Whether all runs were watched on the same pictures, so that their figures can be held against each other."""
    return len({run.version_id for run in runs}) == 1


def curves(runs: Sequence[TrainingRun]) -> list[dict[str, Any]]:
    """The epochs of each run as the charts draw them, in one query."""
    rows: dict[int, list[dict[str, Any]]] = {run.pk: [] for run in runs}
    for epoch in Epoch.objects.filter(run__in=rows).order_by("number"):
        rows[epoch.run_id].append({"number": epoch.number, "losses": epoch.losses, "metrics": epoch.metrics})
    return [{"label": str(run), "epochs": rows[run.pk]} for run in runs]


def _settings(runs: Sequence[TrainingRun]) -> dict[str, Callable[[TrainingRun], str]]:
    options = {run.pk: option_values(run.options) for run in runs}
    fixed: dict[str, Callable[[TrainingRun], str]] = {
        _("Dataset version"): lambda run: str(run.version),
        _("Single faces"): lambda run: str(run.crops_version or "–"),
        _("Start from"): lambda run: str(run.start_weights or run.start_release or _("scratch")),
        _("Network"): lambda run: run.network,
        _("Net size"): lambda run: str(run.net_size),
        _("Epochs"): lambda run: _("by the clock") if run.is_timed else str(run.epochs),
        _("Minutes"): lambda run: f"{run.options['minutes']:g}" if run.options.get("minutes") else "–",
        _("Batch"): lambda run: str(run.batch),
        _("Seed"): lambda run: str(run.seed),
        _("Anchors"): lambda run: ", ".join(f"{width:g}×{height:g}" for width, height in run.anchors) or "–",
    }
    return fixed | {name: partial(_option, options, name) for name in option_values({})}


def _option(options: Mapping[int, Mapping[str, str]], name: str, run: TrainingRun) -> str:
    return options[run.pk][name]


def _measures(runs: Sequence[TrainingRun]) -> dict[str, Callable[[TrainingRun], float | None]]:
    classes = list(dict.fromkeys(name for run in runs for name in run.version.classes))
    return {
        "mAP@.5": _best("map50"),
        **{f"AP@.5 {verdict_label(name)}": _best("ap50", name) for name in classes},
        "mAP@.5:.95": _best("map50_95"),
        _("mAP@.5:.95 small"): _best("map50_95_small"),
        _("mAP@.5:.95 medium"): _best("map50_95_medium"),
        _("mAP@.5:.95 large"): _best("map50_95_large"),
        _("mAP@.5 on the test pictures"): lambda run: run.test_metrics.get("map50"),
        _("mAP@.5:.95 on the test pictures"): lambda run: run.test_metrics.get("map50_95"),
    }


def _best(name: str, of_class: str = "") -> Callable[[TrainingRun], float | None]:
    if of_class:
        return lambda run: run.best.get(name, {}).get(of_class)
    return lambda run: run.best.get(name)


def figure_of(name: str, values: Sequence[float | None]) -> Figure:
    """The figure of that name, with the places of the highest value, as it is written, where not all have it."""
    written = [None if value is None else round(value, PLACES) for value in values]
    known = [value for value in written if value is not None]
    best = tuple(place for place, value in enumerate(written) if value is not None and value == max(known))
    return Figure(name, tuple(values), best if len(best) < len(known) else ())


def settings_csv(runs: Sequence[TrainingRun]) -> str:
    """A line for each setting that differs, a column for each run."""
    rows = differing_settings(runs)
    return as_csv(("setting", *(str(run) for run in runs)), [(row.name, *row.values) for row in rows])


def figures_csv(runs: Sequence[TrainingRun]) -> str:
    """A line for each figure, a column for each run."""
    return as_csv(("figure", *(str(run) for run in runs)), [(row.name, *row.values) for row in figures(runs)])
