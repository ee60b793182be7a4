"""Measures any release on any dataset version. Loads OpenVINO: only commands and workers import this module."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from labelling.models import DatasetVersion, Split, VersionImage
from labelling.real_pictures import trained_version
from labelling.versions import version_samples
from releases.loading import detector_for
from releases.models import ModelRelease
from training.examining import picture_errors
from training.measuring import at_thresholds, best_thresholds, by_side, intervals, summary
from yolo.confusion import as_shown
from yolo.detections import Detections, Truth
from yolo.evaluate import SCORE_FLOOR, Picture, collect
from yolo.metrics import mean_average_precision
from yolo.samples import Sample

ALL: Final = "all"
SPLITS: Final = (*Split.values, ALL)
NEVER: Final = 1.1
"""A threshold that no score reaches."""


@dataclass(frozen=True)
class Judged:
    """What a release finds on one part of a version, labels as those of the version, down to the score floor.

    `thresholds` by class of the version: None for one that the release does not know. `arithmetic`: the numbers that
    the processor computed in.
    """

    release: ModelRelease
    version: DatasetVersion
    split: str
    truths: list[Truth]
    found: list[Detections]
    thresholds: dict[str, float | None]
    iou_threshold: float
    arithmetic: str = ""


def release_evaluate(
    release: ModelRelease,
    version: DatasetVersion,
    *,
    split: str = Split.TEST,
    bootstrap: int = 0,
    precision: str | None = None,
    on_picture: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Every figure of a release on one part of a version; see `release_judge` and `figures_of`."""
    judged = release_judge(release, version, split=split, precision=precision, on_picture=on_picture)
    return figures_of(judged, bootstrap=bootstrap)


def release_judge(
    release: ModelRelease,
    version: DatasetVersion,
    *,
    split: str = Split.TEST,
    precision: str | None = None,
    on_picture: Callable[[int, int], None] = lambda done, total: None,
) -> Judged:
    """What a release finds on one part of a version, at the release's own input size.

    `precision`: other numbers to compute in than those the release judges in.

    Classes are matched by name. One of the version that the release does not know is counted as never found; what
    the release finds of a class that the version lacks is left out. Both are named in the figures.
    `on_picture` is told how many pictures are done, of how many. Raises ValidationError when there is nothing to
    measure, ReleaseError for a release that is not whole, SampleError for a picture that cannot be read.
    """
    samples = _samples(release, version, split)
    classes = tuple(version.classes)
    detector = detector_for(release, precision)
    counted = _Counted(partial(detector.detect_batch, score=SCORE_FLOOR), len(samples), on_picture)
    truths, found = collect(counted, samples)
    return Judged(
        release=release,
        version=version,
        split=split,
        truths=truths,
        found=[_renamed(one, release.classes, classes) for one in found],
        thresholds={name: detector.release.thresholds.get(name) for name in classes},
        iou_threshold=detector.release.iou_threshold,
        arithmetic=detector.arithmetic,
    )


def figures_of(judged: Judged, *, bootstrap: int = 0) -> dict[str, Any]:
    """Every figure; plain values for JSON. With `bootstrap` rounds, `intervals` besides."""
    truths, found, classes = judged.truths, judged.found, tuple(judged.version.classes)
    metrics = mean_average_precision(truths, found, class_count=len(classes))
    return {
        **_subject(judged.release, judged.version, judged.split),
        "precision": judged.arithmetic,
        "pictures": len(truths),
        "learnt_from": learnt_from(judged.release, judged.version, _parts(judged.split)),
        **summary(metrics, classes),
        "ap50_by_side": by_side(truths, found, classes),
        "at_thresholds": at_thresholds(truths, found, judged.thresholds),
        "best_thresholds": best_thresholds(truths, found, classes),
        **_sureness(truths, found, classes, rounds=bootstrap),
    }


def _samples(release: ModelRelease, version: DatasetVersion, split: str) -> list[Sample]:
    """The pictures to measure on. Raises ValidationError when there is nothing to measure."""
    samples = [sample for part in _parts(split) for sample in version_samples(version, part)]
    if not samples:
        raise ValidationError(
            _("%(version)s has no picture in its part “%(split)s”.") % {"version": version, "split": split}
        )
    if not set(version.classes) & set(release.classes):
        raise ValidationError(
            _("%(release)s knows none of the classes of %(version)s.") % {"release": release, "version": version}
        )
    return samples


def _sureness(
    truths: Sequence[Truth], found: Sequence[Detections], classes: Sequence[str], *, rounds: int
) -> dict[str, Any]:
    """The intervals of the figures, where rounds of a bootstrap are asked for."""
    return {"bootstrap": rounds, "intervals": intervals(truths, found, classes, rounds=rounds)} if rounds else {}


def picture_rows(judged: Judged) -> list[dict[str, Any]]:
    """What is wrong on each picture at the release's thresholds, worst first; `image` is its key."""
    floors = [NEVER if value is None else value for value in judged.thresholds.values()]
    keys = [
        key
        for part in _parts(judged.split)
        for key in judged.version.images.filter(split=part)
        .order_by("image__external_id")
        .values_list("image_id", flat=True)
    ]
    shown = [as_shown(one, floors, iou_threshold=judged.iou_threshold) for one in judged.found]
    rows = [picture_errors(*each) for each in zip(keys, judged.truths, shown, strict=True)]
    return sorted(rows, key=lambda each: -(each["missed"] + each["false"] + each["confused"]))


def learnt_from(release: ModelRelease, version: DatasetVersion, parts: Sequence[str]) -> int | None:
    """How many of these pictures the release was trained on, which flatters its figures.

    None where the version it was trained on is not known here, so that nobody can tell.
    """
    trained = trained_version(release)
    if trained is None:
        return None
    learnt = VersionImage.objects.filter(version=trained, split=Split.TRAIN).values("sha256")
    return version.images.filter(split__in=parts, sha256__in=learnt).count()


class _Counted:
    """Detects, and tells how many pictures are done."""

    def __init__(
        self,
        detect: Callable[[Sequence[Picture]], list[Detections]],
        total: int,
        on_picture: Callable[[int, int], None],
    ) -> None:
        self._detect, self._total, self._on_picture = detect, total, on_picture
        self._done = 0

    def __call__(self, pictures: Sequence[Picture]) -> list[Detections]:
        found = self._detect(pictures)
        self._done += len(pictures)
        self._on_picture(self._done, self._total)
        return found


def _parts(split: str) -> Sequence[str]:
    if split not in SPLITS:
        raise ValidationError(_("A part is one of %(known)s.") % {"known": ", ".join(SPLITS)})
    return Split.values if split == ALL else [split]


def _subject(release: ModelRelease, version: DatasetVersion, split: str) -> dict[str, Any]:
    """What was measured on what."""
    return {
        "release": release.name,
        "release_sha256": release.sha256,
        "net_size": release.net_size,
        "dataset": version.dataset.name,
        "version": version.number,
        "content_sha256": version.content_sha256,
        "split": str(split),
        "classes_unknown_to_release": [name for name in version.classes if name not in release.classes],
        "classes_not_in_version": [name for name in release.classes if name not in version.classes],
    }


def _renamed(found: Detections, before: Sequence[str], after: Sequence[str]) -> Detections:
    """Labels as indices of the classes of the version; what has none of them is left out."""
    known = {name: index for index, name in enumerate(after)}
    labels = np.array([known.get(name, -1) for name in before], np.int64)[found.labels]
    kept = labels >= 0
    return replace(
        found,
        boxes=found.boxes[kept],
        scores=found.scores[kept],
        labels=labels[kept],
        class_scores=found.class_scores[kept],
    )
