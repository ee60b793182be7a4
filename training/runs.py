"""Runs a training in the job's own process: nothing a web process imports."""

import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.reporter import JobCancelled, Reporter
from labelling.models import Split
from labelling.versions import version_samples
from releases.models import ModelRelease
from releases.services import release_folder
from training.anchors import run_anchors
from training.best_so_far import best_so_far
from training.completing import complete
from training.curve import StepCurve, curve_values
from training.deadlines import minutes_to_train
from training.failures import KNOWN, told
from training.measuring import JUDGED_CLASSES, summary
from training.models import Curve, Epoch, TrainingRun
from training.publishing import publish
from training.samples import TrainingError, check_pictures, crop_samples, training_samples
from training.setbacks import setback_sentence
from yolo.pace import is_validated
from yolo.train import EpochEvent, SetbackEvent, StartEvent, StepEvent, TrainError, TrainResult, train

CURVE_EVERY = 2.0  # seconds between two writes of the curve


def run(reporter: Reporter, target_id: int) -> None:
    """Train, or go on from the last checkpoint, publish, and complete the release. Run twice it publishes once."""
    related = ("version__dataset", "crops_version__dataset", "start_release", "start_weights", "release")
    training = TrainingRun.objects.select_related(*related).get(pk=target_id)
    _take_over(reporter, training)
    release = training.release or _published(reporter, training)
    # A run that has published is not resumed: its checkpoints, 90 MB or more, are of no further use.
    shutil.rmtree(run_folder(training), ignore_errors=True)
    complete(reporter, release)


def _published(reporter: Reporter, training: TrainingRun) -> ModelRelease:
    try:
        result = _best_so_far(reporter, training) if training.publish_best else _train(reporter, training)
        if result.stopped:
            raise JobCancelled
        return publish(reporter, training, result, scratch=run_folder(training) / "unmeasured")
    except KNOWN as error:
        if isinstance(error, TrainError):
            reporter.progress(detail={"diverged": True}, force=True)
        sentence = told(error, run_folder(training))
        if sentence is error:
            raise
        raise sentence from error


def run_folder(training: TrainingRun) -> Path:
    """Where the checkpoints of a run lie."""
    return Path(settings.MEDIA_ROOT) / "training" / str(training.pk)


def _take_over(reporter: Reporter, training: TrainingRun) -> None:
    """Make this the job of the run. Of several jobs of one run the newest has it."""
    with reporter.safe_point():
        older = Q(job=None) | Q(job__lte=reporter.job_id)
        if not TrainingRun.objects.filter(older, pk=training.pk).update(job=reporter.job_id):
            raise TrainingError(_("Another job has taken this training over."))


def _best_so_far(reporter: Reporter, training: TrainingRun) -> TrainResult:
    """The best epoch of the last checkpoint; the row then tells of that one."""
    reporter.progress(message=_("reading the best epoch so far"), detail={"seconds_left": None}, force=True)
    result = best_so_far(training, run_folder(training))
    epoch = training.epochs_done.filter(number=result.best_epoch).first()
    with reporter.safe_point():
        training.best = {"epoch": result.best_epoch, **(epoch.metrics if epoch else {})}
        TrainingRun.objects.filter(pk=training.pk).update(best=training.best)
    return result


def _fit_into_time(reporter: Reporter, training: TrainingRun) -> None:
    """Count the minutes of a training that is to be ready at a time. Once only: it keeps them when it is resumed."""
    if training.ready_by is None or "minutes" in training.options:
        return
    minutes = minutes_to_train(training.ready_by, now=timezone.now())
    if not minutes:
        raise TrainingError(_("The time by which this training was to be ready came before it could begin."))
    training.options = {**training.options, "minutes": minutes}
    with reporter.safe_point():
        TrainingRun.objects.filter(pk=training.pk).update(options=training.options)


def _train(reporter: Reporter, training: TrainingRun) -> TrainResult:
    _fit_into_time(reporter, training)
    reporter.progress(message=_("reading the pictures"), force=True)
    samples = training_samples(training.version)
    validation = version_samples(training.version, Split.VALIDATION)
    crops = crop_samples(training)
    check_pictures([*samples, *validation, *version_samples(training.version, Split.TEST), *crops])
    _choose_anchors(reporter, training)
    reporter.progress(message=_("preparing the network; its first step takes a while"), force=True)
    chronicle = Chronicle(reporter, training)
    start, weights = training.start_release, training.start_weights
    result = train(
        train_samples=samples,
        validation_samples=validation,
        crops=crops,
        classes=training.version.classes,
        anchors=training.anchors,
        config=training.configuration(),
        folder=run_folder(training),
        on_event=chronicle.note,
        should_stop=reporter.should_stop,
        start_release=release_folder(start) if start else None,
        start_weights=weights.path if weights else None,
        resume=True,
        judged=[name for name in training.version.classes if name in JUDGED_CLASSES],
    )
    chronicle.close()
    return result


def _choose_anchors(reporter: Reporter, training: TrainingRun) -> None:
    """Once only: a run that is resumed keeps the anchors it began with."""
    if not training.anchors:
        training.anchors, training.anchors_from = run_anchors(training)
        with reporter.safe_point():
            chosen = {"anchors": training.anchors, "anchors_from": training.anchors_from}
            TrainingRun.objects.filter(pk=training.pk).update(**chosen)


class Chronicle:
    """Writes what a training tells: steps to the job, epochs to rows of their own."""

    def __init__(self, reporter: Reporter, training: TrainingRun) -> None:
        self._reporter = reporter
        self._training = training
        self._config = training.configuration()
        self._validates = training.version.images.filter(split=Split.VALIDATION).exists()
        self._learning_rate = 0.0
        self._epochs_done = training.epochs_done.count()
        spent = training.epochs_done.aggregate(seconds=Sum("seconds"))["seconds"] or 0.0
        minutes = training.options.get("minutes")
        self._ends = time.monotonic() + 60 * minutes - spent if minutes else None
        kept = Curve.objects.filter(run=training).first()
        self._curve = StepCurve(kept.points, width=kept.width) if kept else StepCurve()
        self._curve_kept = float("-inf")
        self._detail: dict[str, Any] = {}

    def close(self) -> None:
        """The last step is done: how long measuring and publishing take is not known."""
        over = {"epochs_done": self._epochs_done, "seconds_left": None}
        self._reporter.progress(detail={**self._detail, **over})

    def note(self, event: StepEvent | EpochEvent | SetbackEvent | StartEvent) -> None:
        match event:
            case StepEvent():
                self._note_step(event)
            case SetbackEvent():
                self._note_setback(event)
            case StartEvent():
                with self._reporter.safe_point():
                    left_out = list(event.left_out)
                    started = {"taken": event.taken, "left_out": left_out, "widened": event.widened}
                    TrainingRun.objects.filter(pk=self._training.pk).update(started_with=started)
            case EpochEvent():
                self._note_epoch(event)

    def _note_setback(self, event: SetbackEvent) -> None:
        setback = {
            "epoch": event.epoch,
            "step": event.step,
            "rate_share": event.rate_share,
            "trouble": event.trouble.name,
            "epochs_kept": event.epochs_kept,
        }
        self._training.setbacks = [*self._training.setbacks, setback]
        with self._reporter.safe_point():
            TrainingRun.objects.filter(pk=self._training.pk).update(setbacks=self._training.setbacks)
            self._training.epochs_done.filter(number__gt=event.epochs_kept).delete()
        self._epochs_done = event.epochs_kept
        self._reporter.progress(message=setback_sentence(setback), force=True)

    def _note_step(self, event: StepEvent) -> None:
        self._learning_rate = event.learning_rate
        place = {"epoch": event.epoch, "epochs": event.epochs, "step": event.step, "steps": event.steps}
        self._detail = {
            **place,
            "epochs_done": self._epochs_done,
            "setbacks": len(self._training.setbacks),
            "losses": {name: round(value, 5) for name, value in event.losses.items()},
            "learning_rate": event.learning_rate,
            "pictures_per_second": round(event.pictures_per_second, 2),
            "seconds_left": self._seconds_left(event),
        }
        self._reporter.progress(
            done=(event.epoch - 1) * event.steps + event.step,
            total=event.epochs * event.steps,
            message=self._sentence(event) % place,
            detail=self._detail,
            force=event.step == event.steps,  # what follows may take long
        )
        self._curve.add(event)
        if time.monotonic() - self._curve_kept >= CURVE_EVERY:
            with self._reporter.safe_point():
                self._keep_curve()

    def _keep_curve(self) -> None:
        Curve.objects.update_or_create(run=self._training, defaults=curve_values(self._curve))
        self._curve_kept = time.monotonic()

    def _sentence(self, event: StepEvent) -> str:
        plan = replace(self._config, epochs=event.epochs)
        if event.step == event.steps and self._validates and is_validated(plan, event.epoch - 1):
            return _("epoch %(epoch)s, looking at the validation pictures")
        if self._ends is not None and not self._epochs_done:
            return _("epoch %(epoch)s, step %(step)s of %(steps)s; how many epochs fit is known after the first")
        return _("epoch %(epoch)s of %(epochs)s, step %(step)s of %(steps)s")

    def _seconds_left(self, event: StepEvent) -> int | None:
        """What the steps that are planned will take, but no longer than the time that was given.

        The last epoch is done even where it ends late.
        """
        known = [] if event.seconds_left is None else [event.seconds_left]
        if self._ends is not None and (event.epoch < event.epochs or not known):
            known.append(max(0.0, self._ends - time.monotonic()))
        return round(min(known)) if known else None

    def _note_epoch(self, event: EpochEvent) -> None:
        metrics = summary(event.metrics, self._training.version.classes) if event.metrics else {}
        with self._reporter.safe_point(landmark=event.epoch > self._epochs_done):
            self._keep_curve()
            Epoch.objects.get_or_create(
                run=self._training,
                number=event.epoch,
                defaults={
                    "losses": dict(event.losses),
                    "metrics": metrics,
                    "learning_rate": self._learning_rate,
                    "seconds": event.seconds,
                    "data_share": event.data_share,
                },
            )
            self._epochs_done = event.epoch
            if event.is_best:
                best = {"epoch": event.epoch, **metrics}
                TrainingRun.objects.filter(pk=self._training.pk).update(best=best)
            self._tell_plan(event)

    def _tell_plan(self, event: EpochEvent) -> None:
        """How many epochs there will be, which the clock may just have changed: in the transaction of the epoch."""
        steps = self._detail.get("steps", 0)
        self._detail = {**self._detail, "epochs": event.epochs, "epochs_done": event.epoch}
        done, total = event.epoch * steps, event.epochs * steps
        self._reporter.progress(done=done or None, total=total or None, detail=self._detail, force=True)
