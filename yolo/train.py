"""Trains a network: `train()` for programs, `python -m yolo.train` for people.

Works on any Keras backend; everything random follows from the seed of the configuration.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo.batches import Batch, Batches
from yolo.budget import Budget
from yolo.checkpoint import Checkpoint, Progress, identity_of
from yolo.config import TrainConfig, network_named
from yolo.darknet_weights import read_weights
from yolo.detections import Detections
from yolo.evaluate import evaluate
from yolo.events import EpochEvent, Event, SetbackEvent, StartEvent, StepEvent
from yolo.keras_predictor import KerasPredictor
from yolo.learner import Learner, MovingAverage, memory_told
from yolo.metrics import Metrics
from yolo.network import build_network
from yolo.normalization import FusedBatchNormalization
from yolo.pace import Pace, ProcessorTime, is_validated
from yolo.safe_points import SafePoints
from yolo.samples import Sample, SampleError, check_labels
from yolo.schedule import Schedule
from yolo.stability import LARGEST_WEIGHT, DivergedError, LossWatch, bound_of, check_score, check_weights, epoch_score
from yolo.start_weights import known_layers, take_darknet, take_release

__all__ = ["EpochEvent", "SetbackEvent", "StartEvent", "StepEvent", "TrainError", "TrainResult", "train"]

MOST_SETBACKS: Final = 3


class TrainError(Exception):
    """A training cannot go on; the message is a sentence for people."""


class _StoppedError(Exception):
    """Somebody asked to stop."""


@dataclass(frozen=True)
class TrainResult:
    """`model` holds the averaged weights of the best epoch (counted from 1; 0: none was done).

    `metrics` are those of the best epoch, by class name; None without validation. `left_out`
    names the weights that the start release had no fitting ones for.
    """

    model: keras.Model
    best_epoch: int
    metrics: dict[str, Any] | None
    epochs: int
    stopped: bool
    left_out: tuple[str, ...] = ()


def train(
    *,
    train_samples: Sequence[Sample],
    validation_samples: Sequence[Sample],
    classes: Sequence[str],
    anchors: ArrayLike,
    config: TrainConfig,
    folder: Path,
    crops: Sequence[Sample] = (),
    on_event: Callable[[Event], None] = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
    start_release: Path | None = None,
    start_weights: Path | None = None,
    resume: bool = False,
    checkpoint_seconds: float = 180.0,
    judged: Sequence[str] = (),
) -> TrainResult:
    """Train for `config.epochs` epochs, or `config.minutes`, with a checkpoint in `folder` after each.

    Between, one is written every `checkpoint_seconds`, and when the training is stopped. The best epoch is
    that of the best AP at IoU 0.5 to 0.95 on the validation pictures, as a mean over the classes `judged`
    (default: all). `anchors` (3 a scale, 2): width and height in pixels at the net size, by area. `crops`:
    pictures of single faces for mosaics; without them faces are cut from the training pictures. A new
    training begins with what fits of the weights of `start_release`, a release's folder, or of
    `start_weights`, a Darknet file of the same network. With `resume` a checkpoint in `folder` is gone on
    from, if there is one; otherwise it is overwritten in time. `should_stop` is asked before every step and
    between the pictures of a validation. When loss, weights or validation show that it diverges, the training
    falls back to its last good checkpoint and goes on at half the learning rate, three times at most.

    Raises DarknetError or ReleaseError when the start weights cannot be read, CheckpointError when the
    checkpoint is of another training, SampleError when a picture cannot be read or is not as it was, TrainError
    when it diverges, OSError when a checkpoint cannot be written, MemoryError, ValueError for bad arguments.
    """
    sizes = _checked_anchors(anchors, network_named(config.network).anchor_count)
    check_labels([*train_samples, *validation_samples, *crops], len(classes))
    run = _Run(train_samples, validation_samples, crops, classes, sizes, config, folder, checkpoint_seconds, judged)
    if not (resume and run.resume()):
        run.start_from(start_release, start_weights, on_event)
    with memory_told():
        return run.go(on_event, should_stop)


def _checked_anchors(anchors: ArrayLike, count: int) -> NDArray[np.float32]:
    sizes = np.asarray(anchors, np.float32).reshape(-1, 2)
    if len(sizes) != count or (sizes <= 0).any():
        raise ValueError(f"{count} anchors of positive size are needed, not {len(sizes)}.")
    return sizes


class _Run:
    """The state of one training between its steps."""

    def __init__(
        self,
        train_samples: Sequence[Sample],
        validation_samples: Sequence[Sample],
        crops: Sequence[Sample],
        classes: Sequence[str],
        anchors: NDArray[np.float32],
        config: TrainConfig,
        folder: Path,
        checkpoint_seconds: float,
        judged: Sequence[str],
    ) -> None:
        self._judged_classes = tuple(judged or classes)
        self._config, self._classes = config, tuple(classes)
        identity = identity_of(config, classes, anchors, [*train_samples, *crops])
        self._points = SafePoints(folder, identity, seconds=checkpoint_seconds)
        self._began = time.monotonic()
        self._validation = validation_samples
        self._batches = Batches(train_samples, crops, anchors=anchors, config=config)
        self._budget = Budget(config)
        self._plan = config
        form = network_named(config.network)
        self._network = build_network(form, classes=len(classes), seed=config.seed, norm=FusedBatchNormalization)
        self._learner = Learner(self._network, anchors=anchors, config=config)
        self._judged = build_network(form, classes=len(classes), seed=config.seed)
        self._predict = KerasPredictor(self._judged, form, anchors=anchors, net_size=config.net_size)
        self._average = self._new_average()
        self._best = self._average.weights
        self._progress = Progress(epoch=0, step=0, best_epoch=0, best_metrics=None, proven=True)
        self._left_out: tuple[str, ...] = ()
        self._bound = LARGEST_WEIGHT
        self._earlier = 0.0  # seconds that former sessions spent on the epoch under way

    def resume(self) -> bool:
        """Take everything from the checkpoint; False where there is none."""
        found = self._points.newest()
        if found is None:
            return False
        self._freeze(found.progress.frozen)
        self._restore(found)
        self._budget = Budget(self._config, seconds=found.progress.seconds, epochs=found.progress.planned)
        self._plan = self._budget.plan
        return True

    def _restore(self, found: Checkpoint) -> None:
        self._network.set_weights(found.weights)
        self._bound = bound_of(found.weights)
        for variable, value in zip(self._learner.optimizer.variables, found.optimizer, strict=True):
            variable.assign(value)
        self._average = self._new_average(found.average)
        self._best, self._progress = found.best, found.progress
        self._earlier = found.progress.epoch_seconds

    def start_from(self, release: Path | None, darknet: Path | None, on_event: Callable[[Event], None]) -> None:
        """Take those weights of an earlier release or a Darknet file whose name and shape fit."""
        form, widened = network_named(self._config.network), 0
        if release is not None:
            self._left_out, widened = take_release(self._network, form, release, self._classes, seed=self._config.seed)
        elif darknet is not None:
            self._left_out = take_darknet(self._network, read_weights(darknet, form), heads=False)
        elif self._config.freeze_known:
            raise TrainError("freeze_known needs weights to start from.")
        else:
            return
        if self._config.freeze_known:
            if not self._left_out:
                raise TrainError("With freeze_known nothing is left to learn: the start has weights for every layer.")
            self._freeze(known_layers(self._network, self._left_out))
        self._bound = bound_of(self._network.get_weights())
        on_event(StartEvent(len(self._network.weights) - len(self._left_out), self._left_out, widened))
        self._average = self._new_average()
        self._best = self._average.weights

    def _freeze(self, layers: Sequence[str]) -> None:
        if layers:
            self._learner.freeze(layers)
            self._progress = replace(self._progress, frozen=list(layers))

    def _new_average(self, values: Sequence[NDArray[np.float32]] | None = None) -> MovingAverage:
        return MovingAverage(self._network, decay=self._config.ema, values=values)

    def go(self, on_event: Callable[[Event], None], should_stop: Callable[[], bool]) -> TrainResult:
        """Train the epochs that are left."""
        pace = Pace(self._config, self._batches.steps)
        stopped = False
        try:
            while self._goes_on():
                self._began = time.monotonic()
                try:
                    self._epoch(pace, on_event, should_stop)
                except DivergedError as error:
                    self._fall_back(error, on_event)
        except (_StoppedError, SampleError) as reason:
            stopped = isinstance(reason, _StoppedError)
            with suppress(DivergedError):
                if self._points.is_begun:
                    self._save()
            if not stopped:
                raise
        self._judged.set_weights(self._best)
        return TrainResult(
            model=self._judged,
            best_epoch=self._progress.best_epoch,
            metrics=self._progress.best_metrics,
            epochs=self._progress.epoch,
            stopped=stopped,
            left_out=self._left_out,
        )

    def _goes_on(self) -> bool:
        """Whether there is an epoch to do: one that is begun is finished, and the clock ends none before one leads."""
        epoch, is_needed = self._progress.epoch, self._steps_done or not self._progress.best_epoch
        self._plan = self._budget.plan_for(epoch, least=epoch + 1 if is_needed else epoch)
        return epoch < self._plan.epochs

    def _spend(self, epoch: int, *, share: float) -> None:
        """Count the time since it was last counted, in which that share of the epoch was done."""
        now = time.monotonic()
        self._budget.spent(epoch, now - self._began, share=share)
        self._earlier, self._began = self._earlier + now - self._began, now

    def _epoch(self, pace: Pace, on_event: Callable[[Event], None], should_stop: Callable[[], bool]) -> None:
        """Train one epoch, or the rest of one that was broken off, validate it and save."""
        epoch, done = self._progress.epoch, self._steps_done
        pace.follow(self._plan)
        spent = ProcessorTime(self._batches)
        losses = self._train_epoch(epoch, pace, on_event, should_stop)
        data_share = spent.data_share
        check_weights(self._network.get_weights(), self._average.weights, bound=self._bound)
        metrics = self._validate(epoch, pace, should_stop)
        self._spend(epoch, share=1 - done / self._batches.steps)
        self._plan = self._budget.plan_for(epoch + 1)
        if metrics is None:  # the clock may just have made it the last epoch
            metrics = self._validate(epoch, pace, should_stop)
            self._spend(epoch, share=0)
        seconds, self._earlier = self._earlier, 0.0
        is_best = self._note(epoch, metrics)
        # Told before it is saved: a training killed in between repeats a part rather than losing its record.
        on_event(EpochEvent(epoch + 1, self._plan.epochs, losses, metrics, seconds, is_best, data_share))
        self._save()

    @property
    def _steps_done(self) -> int:
        """Steps of the epoch under way."""
        return self._progress.step - self._progress.epoch * self._batches.steps

    def _train_epoch(
        self,
        epoch: int,
        pace: Pace,
        on_event: Callable[[Event], None],
        should_stop: Callable[[], bool],
    ) -> dict[str, float]:
        """Mean losses of the epoch."""
        steps, done = self._batches.steps, self._steps_done
        schedule, watch = Schedule(self._plan, steps), LossWatch()
        sums = defaultdict(float, self._progress.sums)
        with closing(self._batches.epoch(epoch, self._plan, skip=done)) as batches:
            for step, batch in enumerate(batches, start=done):
                _go_on(should_stop)
                self._save_if_due(watch)
                rate = schedule.learning_rate(epoch * steps + step) * self._rate_share
                for name, value in self._learn(batch, rate, watch).items():
                    sums[name] += value
                self._average.update(step=epoch * steps + step)
                self._progress = replace(self._progress, step=epoch * steps + step + 1, sums=dict(sums), proven=False)
                pace.step(epoch)
                if pace.is_due(last=step + 1 == steps):
                    losses = {name: value / (step + 1) for name, value in sums.items()}
                    on_event(self._step_event(epoch, step, losses, rate, pace))
        return {name: value / steps for name, value in sums.items()}

    @property
    def _rate_share(self) -> float:
        """Share of the scheduled learning rate that is left after the setbacks."""
        return float(0.5**self._progress.setbacks)

    def _fall_back(self, error: DivergedError, on_event: Callable[[Event], None]) -> None:
        """Go back to the last good checkpoint and halve the learning rate; TrainError when that is in vain."""
        epoch, step = self._progress.epoch + 1, min(self._steps_done + 1, self._batches.steps)
        setbacks = self._progress.setbacks + 1
        found = self._points.proven()
        if setbacks > MOST_SETBACKS or found is None:
            raise TrainError(f"{error} in epoch {epoch}; a lower learning rate may help.") from error
        self._spend(epoch - 1, share=0)
        self._restore(found)
        self._progress = replace(self._progress, setbacks=setbacks)
        on_event(SetbackEvent(epoch, step, setbacks, self._rate_share, error.trouble, found.progress.epoch))
        self._save()

    def _learn(self, batch: Batch, rate: float, watch: LossWatch) -> dict[str, float]:
        """One step of the optimiser; the losses of the batch."""
        self._learner.optimizer.learning_rate = rate
        logs = self._learner.train_on_batch(batch.images, batch.targets, return_dict=True)
        losses = {name: float(value) for name, value in logs.items()}
        watch.note(losses["loss"])
        return losses

    def _step_event(self, epoch: int, step: int, losses: Mapping[str, float], rate: float, pace: Pace) -> StepEvent:
        return StepEvent(
            epoch=epoch + 1,
            epochs=self._plan.epochs,
            step=step + 1,
            steps=self._batches.steps,
            losses=losses,
            learning_rate=rate,
            pictures_per_second=pace.pictures_per_second(epoch),
            seconds_left=pace.seconds_left(epoch, step),
        )

    def _validate(self, epoch: int, pace: Pace, should_stop: Callable[[], bool]) -> Metrics | None:
        """Metrics of the averaged weights, in the epochs in which that is wanted."""
        if not self._validation or not is_validated(self._plan, epoch):
            return None
        began = time.monotonic()
        self._judged.set_weights(self._average.weights)

        def predict(images: Sequence[NDArray[np.uint8]]) -> list[Detections]:
            _go_on(should_stop)
            return self._predict(images)

        metrics = evaluate(predict, self._validation, self._classes)
        pace.validated(time.monotonic() - began)
        return metrics

    def _note(self, epoch: int, metrics: Metrics | None) -> bool:
        """Count the epoch as done and remember it if it leads. Raises DivergedError where the network has collapsed."""
        best_epoch, best = self._progress.best_epoch, self._progress.best_metrics
        found = metrics.as_dict(self._classes) if metrics else None
        score, to_beat = (epoch_score(each, self._judged_classes) for each in (found, best))
        if found is not None:
            check_score(score, to_beat)
        leads = not self._validation or (found is not None and score >= to_beat)
        if leads:
            self._best = self._average.weights
            best_epoch, best = epoch + 1, found
        self._progress = replace(
            self._progress,
            epoch=epoch + 1,
            best_epoch=best_epoch,
            best_metrics=best,
            planned=self._plan.epochs,
            sums={},
            proven=found is not None or not self._validation,
        )
        return leads

    def _save_if_due(self, watch: LossWatch) -> None:
        if self._points.is_due and (watch.is_calm or not self._points.is_begun):
            self._save()

    def _save(self) -> None:
        weights, average = self._network.get_weights(), self._average.weights
        check_weights(weights, average, bound=self._bound)
        since = time.monotonic() - self._began
        on_epoch = self._earlier + since if self._steps_done else 0.0
        spent = self._budget.seconds + since
        self._progress = replace(self._progress, seconds=spent, planned=self._plan.epochs, epoch_seconds=on_epoch)
        self._points.save(
            Checkpoint(
                identity=self._points.identity,
                progress=self._progress,
                weights=weights,
                average=average,
                best=self._best,
                optimizer=[keras.ops.convert_to_numpy(each) for each in self._learner.optimizer.variables],
            )
        )


def _go_on(should_stop: Callable[[], bool]) -> None:
    if should_stop():
        raise _StoppedError


if __name__ == "__main__":
    from yolo.train_command import main

    raise SystemExit(main())
