"""Trainings that are killed, find the disk full, miss a picture or go astray: resumed, as if nothing had happened."""

import errno
import os
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.yolo.narrow import ANCHORS, CLASSES, narrow_config, square_picture, two_squares
from tests.yolo.toy import Learner, toys
from yolo import checkpoint
from yolo.checkpoint import LAST, PREVIOUS, load_checkpoint
from yolo.config import TrainConfig
from yolo.events import EpochEvent, Event, SetbackEvent, StepEvent
from yolo.learner import is_out_of_memory
from yolo.samples import Sample, SampleError
from yolo.schedule import Schedule
from yolo.train import TrainError, TrainResult, train

STEPS = 2  # of each epoch: two pictures, four canvases of each, batches of four


class Killed(BaseException):
    """What no handler of the training looks for, as none sees a SIGKILL."""


@pytest.fixture(autouse=True)
def _toys() -> Iterator[None]:
    with toys():
        yield


class Training:
    """One training in a folder, begun as often as it takes. It remembers the last losses told of each epoch."""

    def __init__(self, folder: Path, config: TrainConfig, *, crops: bool = False, validated: bool = True) -> None:
        folder.mkdir()
        self.folder, self.config = folder / "run", config
        self.samples = two_squares(folder)
        self.validation = [square_picture(folder, "seen", label=0, box=(12, 22, 40, 50))] if validated else []
        self.crops = [square_picture(folder, "face", label=1, box=(30, 30, 60, 60))] if crops else []
        self.losses: dict[int, Any] = {}
        self.events: list[Event] = []

    def go(
        self, *, stop: Callable[[], bool] = lambda: False, on_event: Callable[[Event], None] | None = None, **values
    ):
        def tell(event: Event) -> None:
            self.events.append(event)
            if isinstance(event, EpochEvent):
                self.losses[event.epoch] = dict(event.losses)
            if on_event is not None:
                on_event(event)

        usual = {"classes": CLASSES, "anchors": ANCHORS, "config": self.config, "checkpoint_seconds": 0.0}
        return train(
            train_samples=self.samples,
            validation_samples=self.validation,
            crops=self.crops,
            folder=self.folder,
            on_event=tell,
            should_stop=stop,
            resume=True,
            **{**usual, **values},
        )

    def setbacks(self) -> list[tuple[int, str, float, int]]:
        found = [event for event in self.events if isinstance(event, SetbackEvent)]
        return [(each.epoch, each.trouble.name, each.rate_share, each.epochs_kept) for each in found]


def nth(number: int, then: Callable[[], Any]) -> Callable[[], bool]:
    """A question that does something when it is asked for the nth time, and else says no."""
    asked = iter(range(1, 10_000))

    def ask() -> bool:
        if next(asked) == number:
            then()
        return False

    return ask


def killed() -> None:
    raise Killed


def assert_equal(one: tuple[Training, TrainResult], other: tuple[Training, TrainResult]) -> None:
    assert other[0].losses.keys() == one[0].losses.keys()
    for epoch, losses in one[0].losses.items():
        assert other[0].losses[epoch] == pytest.approx(losses, rel=1e-5, abs=1e-6)
    for theirs, ours in zip(one[1].model.get_weights(), other[1].model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert (other[1].best_epoch, other[1].epochs) == (one[1].best_epoch, one[1].epochs)


EVERYTHING = {"epochs": 4, "fine_tune_share": 0.5, "fine_tune_canvas": 128, "multi_scale": 0.4}
"""Mosaics of pasted faces on canvases of several sizes; the last two epochs fine-tune on larger ones."""
QUESTIONS = STEPS + 1  # before each step and each portion of the one validation


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> tuple[Training, TrainResult]:
    with toys():
        training = Training(tmp_path_factory.mktemp("undisturbed") / "it", narrow_config(**EVERYTHING), crops=True)
        return training, training.go()


@pytest.mark.parametrize(
    ("question", "checkpoint_seconds"),
    [
        (2, 0.0),  # in the first epoch
        (QUESTIONS + 2, 0.0),  # in the middle of the second
        (QUESTIONS + 2, 1e9),  # the same, saved only at the end of the first
        (2 * QUESTIONS, 0.0),  # in its validation
        (3 * QUESTIONS + 2, 0.0),  # where it fine-tunes
        (4 * QUESTIONS, 1e9),  # in the last validation
    ],
)
def test_a_training_killed_at_any_moment_ends_as_an_undisturbed_one(
    tmp_path, undisturbed, question, checkpoint_seconds
):
    training = Training(tmp_path / "it", narrow_config(**EVERYTHING), crops=True)
    with pytest.raises(Killed):
        training.go(stop=nth(question, killed), checkpoint_seconds=checkpoint_seconds)
    assert_equal(undisturbed, (training, training.go()))


def test_one_killed_between_telling_of_an_epoch_and_keeping_it_tells_it_again_the_same(tmp_path, undisturbed):
    training = Training(tmp_path / "it", narrow_config(**EVERYTHING), crops=True)

    def kill(event: Event) -> None:
        if isinstance(event, EpochEvent) and event.epoch == 3:
            raise Killed

    with pytest.raises(Killed):
        training.go(on_event=kill)
    before = training.losses[3]
    ended = training.go()
    assert training.losses[3] == pytest.approx(before, rel=1e-5, abs=1e-6)
    assert_equal(undisturbed, (training, ended))


@pytest.mark.parametrize("renamed", [False, True], ids=["while it is written", "between two renames"])
def test_one_killed_while_a_checkpoint_is_written_goes_on_from_the_one_before(tmp_path, undisturbed, renamed):
    training = Training(tmp_path / "it", narrow_config(**EVERYTHING), crops=True)
    with pytest.raises(Killed):
        training.go(stop=nth(QUESTIONS + 1, killed))  # the last checkpoint is that after the first epoch
    last = training.folder / LAST
    (training.folder / f"{LAST}.part").write_bytes(last.read_bytes()[:1000])
    if renamed:
        last.replace(training.folder / PREVIOUS)
    assert_equal(undisturbed, (training, training.go()))
    assert sorted(path.name for path in training.folder.iterdir()) == sorted([LAST, PREVIOUS])


def diverging_at(config: TrainConfig, step: int, monkeypatch) -> None:
    """The loss of that step (from 0) is no number at the full learning rate; below it all is well."""
    full = Schedule(config, STEPS).learning_rate(step)

    def diverge(learner: Learner, here: int, logs: dict[str, float]) -> dict[str, float]:
        is_full = here == step and learner.optimizer.learning_rate > 0.9 * full
        return {**logs, "loss": np.nan} if is_full else logs

    monkeypatch.setattr(Learner, "disturb", staticmethod(diverge))


def test_one_killed_after_a_setback_goes_on_at_its_lower_rate(tmp_path, monkeypatch):
    config = narrow_config(epochs=3, warm_up_steps=0)
    diverging_at(config, 3, monkeypatch)  # the second epoch's last
    whole = Training(tmp_path / "whole", config)
    ended = whole.go()
    assert whole.setbacks() == [(2, "NO_NUMBER", 0.5, 1)]
    parts = Training(tmp_path / "parts", config)
    # One epoch, two steps of the second, and after the setback its first again.
    with pytest.raises(Killed):
        parts.go(stop=nth(QUESTIONS + STEPS + 2, killed))
    assert parts.setbacks() == whole.setbacks()
    assert_equal((whole, ended), (parts, parts.go()))
    assert parts.setbacks() == whole.setbacks()


def test_one_by_the_clock_does_as_many_epochs_when_it_was_killed(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def tick(event: Event) -> None:
        # Between the last steps of epochs nothing is sure to be told.
        now[0] += 30.0 if isinstance(event, StepEvent) and event.step == event.steps else 0.0

    config = narrow_config(epochs=50, minutes=2, fine_tune_share=0.3)
    whole = Training(tmp_path / "whole", config, validated=False)
    ended = whole.go(on_event=tick)
    assert ended.epochs == 4
    parts = Training(tmp_path / "parts", config, validated=False)
    with pytest.raises(Killed):
        parts.go(stop=nth(2 * STEPS + 2, killed), on_event=tick)
    now[0] += 3600.0  # switched off meanwhile: that does not count
    assert_equal((whole, ended), (parts, parts.go(on_event=tick)))


def half_written(number: int) -> Callable[[Path, Any], None]:
    """Writes checkpoints, but of the nth only half; then the disk is full."""
    write, calls = checkpoint._write, iter(range(1, 1000))

    def write_or_not(path: Path, what: Any) -> None:
        write(path, what)
        if next(calls) == number:
            os.truncate(path, path.stat().st_size // 2)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return write_or_not


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("number", [1, 2, 3, 5, 6])  # before the first step, in epochs, and after the first and second
def test_a_full_disk_leaves_the_last_checkpoint_and_no_half_one(tmp_path, monkeypatch, number, undisturbed):
    training = Training(tmp_path / "it", narrow_config(**EVERYTHING), crops=True)
    kept: list[dict[str, bytes]] = [{}]
    write = half_written(number)

    def note(path: Path, what: Any) -> None:
        kept[0] = contents(training.folder)
        write(path, what)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "_write", note)
        with pytest.raises(OSError, match="No space left on device"):
            training.go()
    assert contents(training.folder) == kept[0]
    assert_equal(undisturbed, (training, training.go()))


def with_hashes(samples: list[Sample]) -> list[Sample]:
    return [
        Sample(
            each.path,
            each.boxes,
            each.labels,
            f"photograph {each.path.stem}",
            sha256(each.path.read_bytes()).hexdigest(),
        )
        for each in samples
    ]


def gone(path: Path) -> None:
    path.unlink()


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def another(path: Path) -> None:
    cv2.imwrite(str(path), np.zeros((96, 96, 3), np.uint8))


@pytest.mark.parametrize("damage", [gone, cut_off, another])
@pytest.mark.parametrize("which", ["red", "seen"])
def test_a_picture_that_is_not_as_it_was_is_named_and_the_training_goes_on_once_it_is_back(
    tmp_path, damage, which, undisturbed
):
    training = Training(tmp_path / "it", narrow_config(**EVERYTHING), crops=True)
    training.samples, training.validation = with_hashes(training.samples), with_hashes(training.validation)
    path = next(each.path for each in (*training.samples, *training.validation) if each.path.stem == which)
    content = path.read_bytes()
    # After the first epoch; without room to keep pictures in memory they are read again.
    question = nth(QUESTIONS + 1, lambda: damage(path))
    without_memory = narrow_config(**EVERYTHING, cache_megabytes=0)
    with pytest.raises(SampleError, match=f"photograph {which}"):
        training.go(stop=question, config=without_memory)
    path.write_bytes(content)
    asked = iter(range(10_000))
    ended = training.go(stop=lambda: next(asked) > 9_000)
    assert next(asked) <= 3 * QUESTIONS, "at most the three epochs that were left"
    assert_equal(undisturbed, (training, ended))


def test_batch_statistics_that_overflow_are_a_setback_though_the_loss_shows_nothing(tmp_path, monkeypatch):
    training = Training(tmp_path / "it", narrow_config(epochs=3))
    calls = iter(range(100))

    def overflow(learner: Learner, step: int, logs: dict[str, float]) -> dict[str, float]:
        if next(calls) == 2:  # the first step of the second epoch
            learner.network.set_weights([1e7 * learner.network.get_weights()[0]])
        return logs

    monkeypatch.setattr(Learner, "disturb", staticmethod(overflow))
    ended = training.go(checkpoint_seconds=1e9)
    assert training.setbacks() == [(2, "WEIGHTS", 0.5, 1)]
    assert ended.epochs == 3
    assert np.abs(ended.model.get_weights()[0]).max() <= 1


def scored(scores: list[float], monkeypatch) -> None:
    """Have the validations find the network so good, one after the other."""
    given = iter(scores)

    class Found:
        def __init__(self, score: float) -> None:
            self.map50 = score

        def as_dict(self, classes):
            return {"ap": dict.fromkeys(classes, self.map50)}

    monkeypatch.setattr("yolo.train.evaluate", lambda *args: Found(next(given)))


def test_a_network_that_was_good_and_finds_nothing_any_more_goes_back_to_where_it_was(tmp_path, monkeypatch):
    training = Training(tmp_path / "it", narrow_config(epochs=4, validate_every=2, warm_up_steps=0))
    scored([0.5, 0.01, 0.4], monkeypatch)
    ended = training.go()
    # Found out after the fourth epoch; the third, which was not looked at, is not trusted either.
    assert training.setbacks() == [(4, "COLLAPSED", 0.5, 2)]
    told = [event.epoch for event in training.events if isinstance(event, EpochEvent)]
    assert told == [1, 2, 3, 3, 4]
    assert (ended.best_epoch, ended.epochs) == (2, 4)
    rates = [event.learning_rate for event in training.events if isinstance(event, StepEvent) and event.epoch == 3]
    assert rates[-1] == pytest.approx(rates[0] / 2)


def test_after_the_third_setback_it_ends_and_the_best_epoch_is_kept(tmp_path, monkeypatch):
    training = Training(tmp_path / "it", narrow_config(epochs=6))
    scored([0.5, 0.6, 0.0, 0.0, 0.0, 0.0], monkeypatch)
    with pytest.raises(TrainError, match="The network hardly finds anything any more in epoch 3; a lower learning"):
        training.go()
    assert training.setbacks() == [(3, "COLLAPSED", share, 2) for share in (0.5, 0.25, 0.125)]
    about = checkpoint._read(training.folder / LAST)
    assert (about.progress.best_epoch, about.progress.epoch, about.progress.setbacks) == (2, 2, 3)
    scored([0.6, 0.6, 0.7, 0.6], monkeypatch)
    assert training.go().best_epoch == 5  # resumed by a person all the same


def test_between_proven_checkpoints_only_the_last_one_is_replaced(tmp_path):
    training = Training(tmp_path / "it", narrow_config(epochs=2))
    training.go(stop=nth(QUESTIONS + STEPS, lambda: None))
    assert sorted(path.name for path in training.folder.iterdir()) == sorted([LAST, PREVIOUS])
    identity = checkpoint._read(training.folder / LAST).identity
    assert load_checkpoint(training.folder, identity=identity).progress.epoch == 2
    (training.folder / LAST).write_bytes(b"damaged")
    # Saved before each step: what comes before is still the end of the first epoch, not the step before.
    found = load_checkpoint(training.folder, identity=identity, proven=True)
    assert (found.progress.epoch, found.progress.step, found.progress.proven) == (1, STEPS, True)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (type("ResourceExhaustedError", (Exception,), {})("OOM when allocating tensor"), True),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate"), True),
        (RuntimeError("shapes do not fit"), False),
    ],
)
def test_each_backends_word_for_too_little_memory_is_known(tmp_path, monkeypatch, error, expected):
    assert is_out_of_memory(error) == expected

    def too_much(*args, **values):
        raise error

    monkeypatch.setattr(Learner, "disturb", staticmethod(too_much))
    with pytest.raises(MemoryError if expected else type(error)):
        Training(tmp_path / "it", narrow_config(epochs=1)).go()
