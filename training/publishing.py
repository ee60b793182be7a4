"""Turns a finished training into a release: measured, written, put on the list. Run twice it does so once."""

import shutil
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from jobs.reporter import Reporter
from labelling.models import DatasetVersion, Split
from labelling.versions import version_samples
from releases.models import ModelRelease
from releases.services import registered_releases, release_register
from training.examining import examine
from training.measuring import by_side, summary
from training.models import Examination, TrainingRun
from training.provenance import provenance
from yolo.detections import Detections, Truth
from yolo.detector import Detector
from yolo.evaluate import SCORE_FLOOR, collect
from yolo.metrics import best_operating_points, mean_average_precision
from yolo.release import MANIFEST, write_measured, write_release
from yolo.train import TrainResult

UNTUNED_THRESHOLD = 0.5

Judged = tuple[list[Truth], list[Detections]]


def publish(reporter: Reporter, run: TrainingRun, result: TrainResult, *, scratch: Path) -> ModelRelease:
    """Write the release of a run, register it and link it; whatever of that is done is not done again."""
    folder = registered_releases() / release_name(run)
    if not (folder / MANIFEST).exists():
        _write(reporter, run, result, folder=folder, scratch=scratch)
    reporter.progress(message=_("registering the release"), force=True)
    release = release_register(folder=folder, by=run.created_by)
    with reporter.safe_point():
        TrainingRun.objects.filter(pk=run.pk, release=None).update(release=release)
    return release


def release_name(run: TrainingRun) -> str:
    """Names the run it comes from, and when that began: two sites never make the same."""
    return f"{run.network}-{run.net_size}-{run.created_at:%Y%m%d-%H%M}-run{run.pk}"


def _write(reporter: Reporter, run: TrainingRun, result: TrainResult, *, folder: Path, scratch: Path) -> None:
    """Write an unmeasured release, measure it as it will be used, and write it with what was found."""
    classes = tuple(run.version.classes)
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        reporter.progress(message=_("writing the release"), force=True)
        unmeasured = write_release(
            folder=scratch,
            model=result.model,
            name=folder.name,
            network=run.network,
            classes=classes,
            anchors=run.anchors,
            net_size=run.net_size,
            thresholds=dict.fromkeys(classes, UNTUNED_THRESHOLD),
        )
        detector = Detector(unmeasured, precision="f32")
        reporter.progress(message=_("measuring on the validation pictures"), force=True)
        validation = judged_on(detector, run.version, Split.VALIDATION)
        thresholds = best_scores(validation, classes)
        _keep_examination(reporter, run, validation, thresholds, iou_threshold=unmeasured.iou_threshold)
        write_measured(
            source=unmeasured,
            folder=folder,
            name=folder.name,
            thresholds=thresholds,
            metrics={"validation": measured(validation, classes), "test": _test_metrics(reporter, run, detector)},
            provenance={**provenance(run, result), "arithmetic": detector.arithmetic},
        )
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _keep_examination(
    reporter: Reporter, run: TrainingRun, judged: Judged, thresholds: dict[str, float], *, iou_threshold: float
) -> None:
    """Keep the close look at the validation pictures for the run's page; one of a former attempt is replaced."""
    frozen = run.version.images.filter(split=Split.VALIDATION).order_by("image__external_id")
    looked = examine(
        *judged,
        images=list(frozen.values_list("image_id", flat=True)),
        classes=run.version.classes,
        thresholds=[thresholds[name] for name in run.version.classes],
        iou_threshold=iou_threshold,
    )
    with reporter.safe_point():
        Examination.objects.update_or_create(run=run, defaults=looked)


def _test_metrics(reporter: Reporter, run: TrainingRun, detector: Detector) -> dict[str, Any]:
    """Metrics on the test split, from the row where a former attempt has already looked at it."""
    if not run.test_metrics:
        reporter.progress(message=_("measuring on the test pictures"), force=True)
        metrics = measured(judged_on(detector, run.version, Split.TEST), tuple(run.version.classes))
        with reporter.safe_point():
            TrainingRun.objects.filter(pk=run.pk).update(test_metrics=metrics)
        run.test_metrics = metrics
    kept: dict[str, Any] = run.test_metrics
    return kept


def judged_on(detector: Detector, version: DatasetVersion, split: Split) -> Judged:
    """What people and the detector say about each picture of a split."""
    return collect(partial(detector.detect_batch, score=SCORE_FLOOR), version_samples(version, split))


def measured(judged: Judged, classes: tuple[str, ...]) -> dict[str, Any]:
    """The figures of a split, as a release keeps them."""
    truths, predictions = judged
    metrics = mean_average_precision(truths, predictions, class_count=len(classes))
    sizes = by_side(truths, predictions, classes)
    return {"pictures": len(truths), **summary(metrics, classes), "ap50_by_side": sizes}


def best_scores(judged: Judged, classes: tuple[str, ...]) -> dict[str, float]:
    """The score of the best F1 for each class."""
    points = best_operating_points(*judged, class_count=len(classes))
    return {name: round(point.threshold, 4) for name, point in zip(classes, points, strict=True)}
