"""Runs a training in the job's own process: nothing a web process imports."""

from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from jobs.reporter import JobCancelled, Reporter
from labelling.models import Split
from labelling.versions import version_samples
from releases.services import release_folder
from training.measuring import JUDGED_CLASSES, summary
from training.models import Epoch, TrainingRun
from training.publishing import publish
from training.samples import TrainingError, crop_samples, fitted_anchors, training_samples
from yolo.checkpoint import CheckpointError
from yolo.config import network_named
from yolo.release import ReleaseError
from yolo.samples import SampleError
from yolo.train import EpochEvent, SetbackEvent, StepEvent, TrainError, TrainResult, train


def run(reporter: Reporter, target_id: int) -> None:
    """Train, or go on from the last checkpoint, then publish. Run twice it publishes once."""
    found = TrainingRun.objects.select_related("version__dataset", "crops_version__dataset", "start_release")
    training = found.get(pk=target_id)
    _take_over(reporter, training)
    if training.release_id is not None:
        return
    try:
        result = _train(reporter, training)
        if result.stopped:
            raise JobCancelled
        publish(reporter, training, result, scratch=run_folder(training) / "unmeasured")
    except (TrainError, CheckpointError, ReleaseError, SampleError) as error:
        raise TrainingError(str(error)) from error


def run_folder(training: TrainingRun) -> Path:
    """Where the checkpoints of a run lie."""
    return Path(settings.MEDIA_ROOT) / "training" / str(training.pk)


def _take_over(reporter: Reporter, training: TrainingRun) -> None:
    """Make this the job of the run. Of several jobs of one run the newest has it."""
    with reporter.safe_point():
        older = Q(job=None) | Q(job__lte=reporter.job_id)
        if not TrainingRun.objects.filter(older, pk=training.pk).update(job=reporter.job_id):
            raise TrainingError(_("Another job has taken this training over."))


def _train(reporter: Reporter, training: TrainingRun) -> TrainResult:
    reporter.progress(message=_("reading the pictures"), force=True)
    samples = training_samples(training.version)
    if not training.anchors:
        count = network_named(training.network).anchor_count
        anchors = fitted_anchors(training.version, net_size=training.net_size, seed=training.seed, count=count)
        with reporter.safe_point():
            TrainingRun.objects.filter(pk=training.pk).update(anchors=anchors)
        training.anchors = anchors
    start = training.start_release
    return train(
        train_samples=samples,
        validation_samples=version_samples(training.version, Split.VALIDATION),
        crops=crop_samples(training),
        classes=training.version.classes,
        anchors=training.anchors,
        config=training.configuration(),
        folder=run_folder(training),
        on_event=Chronicle(reporter, training).note,
        should_stop=reporter.should_stop,
        start_release=release_folder(start) if start else None,
        resume=True,
        judged=[name for name in training.version.classes if name in JUDGED_CLASSES],
    )


class Chronicle:
    """Writes what a training tells: steps to the job, epochs to rows of their own."""

    def __init__(self, reporter: Reporter, training: TrainingRun) -> None:
        self._reporter = reporter
        self._training = training
        self._learning_rate = 0.0
        self._epochs_done = training.epochs_done.count()

    def note(self, event: StepEvent | EpochEvent | SetbackEvent) -> None:
        match event:
            case StepEvent():
                self._note_step(event)
            case SetbackEvent():
                sentence = _("the loss diverged in epoch %(epoch)s: back to the last checkpoint, at a lower rate")
                self._reporter.progress(message=sentence % {"epoch": event.epoch}, force=True)
            case EpochEvent():
                self._note_epoch(event)

    def _note_step(self, event: StepEvent) -> None:
        self._learning_rate = event.learning_rate
        place = {"epoch": event.epoch, "epochs": event.epochs, "step": event.step, "steps": event.steps}
        self._reporter.progress(
            done=(event.epoch - 1) * event.steps + event.step,
            total=event.epochs * event.steps,
            message=_("epoch %(epoch)s of %(epochs)s, step %(step)s of %(steps)s") % place,
            detail={
                **place,
                "epochs_done": self._epochs_done,
                "losses": {name: round(value, 5) for name, value in event.losses.items()},
                "learning_rate": event.learning_rate,
                "pictures_per_second": round(event.pictures_per_second, 2),
                "seconds_left": None if event.seconds_left is None else round(event.seconds_left),
            },
        )

    def _note_epoch(self, event: EpochEvent) -> None:
        metrics = summary(event.metrics, self._training.version.classes) if event.metrics else {}
        with self._reporter.safe_point():
            Epoch.objects.get_or_create(
                run=self._training,
                number=event.epoch,
                defaults={
                    "losses": dict(event.losses),
                    "metrics": metrics,
                    "learning_rate": self._learning_rate,
                    "seconds": event.seconds,
                },
            )
            self._epochs_done = event.epoch
            if event.is_best:
                best = {"epoch": event.epoch, **metrics}
                TrainingRun.objects.filter(pk=self._training.pk).update(best=best)
