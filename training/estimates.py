"""What a training would take on this machine, from how long earlier ones took here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Count, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labelling.models import DatasetVersion, Split, VersionImage
from training.models import Curve, Epoch, TrainingRun
from yolo.config import TrainConfig

RECENT: Final = 5
"""Earlier trainings of a network whose pace is believed to last."""
LEARNING_PASSES: Final = 3
"""Learning from a canvas goes through the network about three times as often as looking at a picture does."""


@dataclass(frozen=True)
class Pictures:
    """How many pictures a version holds in each part."""

    train: int = 0
    validation: int = 0
    test: int = 0


@dataclass(frozen=True)
class Pace:
    """Seconds a unit of work, see `epoch_work`, and from how many trainings that is known."""

    seconds: float
    runs: int


@dataclass(frozen=True)
class Estimate:
    """`seconds` for `epochs`; None where no earlier training tells. Measuring and publishing come on top.

    `megabytes`: what the newest training of the network took of the memory at most.
    """

    pictures: Pictures
    epochs: int
    is_by_the_clock: bool
    seconds: float | None = None
    runs: int = 0
    megabytes: int | None = None

    @property
    def words(self) -> str:
        """The time as people say it: no surer than it is."""
        minutes = round((self.seconds or 0) / 60)
        if minutes < 1:
            return _("less than a minute")
        if minutes < 100:
            return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
        hours = round(minutes / 60, 1)
        return _("%(count)s hours") % {"count": number_format(hours if hours < 10 else round(hours))}


def pictures_of(version: DatasetVersion) -> Pictures:
    counted = VersionImage.objects.filter(version=version).order_by().values_list("split").annotate(Count("pk"))
    return _pictures(dict(counted))


def _pictures(counts: Mapping[str, int]) -> Pictures:
    return Pictures(*(counts.get(split, 0) for split in (Split.TRAIN, Split.VALIDATION, Split.TEST)))


def epoch_work(config: TrainConfig, pictures: Pictures, *, last_phase: bool = False) -> float:
    """Pixels that go through the network in an epoch, validation included as far as it falls on each."""
    canvas = config.fine_tune_canvas if last_phase else config.canvas
    learnt = LEARNING_PASSES * pictures.train * config.canvases_per_picture * canvas**2
    return learnt + pictures.validation * config.net_size**2 / config.validate_every


def work_of(config: TrainConfig, pictures: Pictures) -> float:
    """The same for all epochs."""
    last = config.fine_tune_epochs
    first = (config.epochs - last) * epoch_work(config, pictures)
    return first + last * epoch_work(config, pictures, last_phase=True)


def pace_of(network: str) -> Pace | None:
    """How fast the newest trainings of that network went here; None when none has done an epoch."""
    trained = TrainingRun.objects.filter(network=network, epochs_done__isnull=False).distinct()
    runs = {run.pk: run for run in trained.order_by("-created_at", "-pk")[:RECENT]}
    pictures = _pictures_of_many([run.version_id for run in runs.values()])
    epochs = Epoch.objects.filter(run__in=runs).order_by().values_list("run")
    work = spent = 0.0
    for key, count, seconds in epochs.annotate(Count("pk"), Sum("seconds")):
        work += count * epoch_work(runs[key].configuration(), pictures[runs[key].version_id])
        spent += seconds
    return Pace(spent / work, len(runs)) if work and spent else None


def _pictures_of_many(versions: list[int]) -> dict[int, Pictures]:
    counts: dict[int, dict[str, int]] = {version: {} for version in versions}
    frozen = VersionImage.objects.filter(version__in=versions).order_by()
    for version, split, count in frozen.values_list("version", "split").annotate(Count("pk")):
        counts[version][split] = count
    return {version: _pictures(each) for version, each in counts.items()}


def estimate(version: DatasetVersion, config: TrainConfig) -> Estimate:
    """What a training with those settings would take; with `minutes` the epochs that fit into them."""
    pictures, pace, memory = pictures_of(version), pace_of(config.network), megabytes_of(config.network)
    known = Estimate(pictures, config.epochs, bool(config.minutes), megabytes=memory)
    if pace is None or not pictures.train:
        return known
    seconds = pace.seconds * work_of(config, pictures)
    if not config.minutes:
        return replace(known, seconds=seconds, runs=pace.runs)
    fitting = int(60 * config.minutes * config.epochs / seconds)
    return replace(known, epochs=max(1, min(config.epochs, fitting)), seconds=60 * config.minutes, runs=pace.runs)


def megabytes_of(network: str) -> int | None:
    curves = Curve.objects.filter(run__network=network, peak_megabytes__isnull=False).order_by("-run_id")
    return curves.values_list("peak_megabytes", flat=True).first()
