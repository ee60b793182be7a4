import numpy as np
import pytest

from tests.yolo.narrow import ANCHORS, NARROW, NO_CHANGE, narrow_config, two_squares
from tests.yolo.trainings import run
from yolo.checkpoint import CheckpointError
from yolo.events import EpochEvent, SetbackEvent, StepEvent
from yolo.learner import Learner
from yolo.samples import Sample
from yolo.schedule import Schedule
from yolo.stability import epoch_score
from yolo.train import TrainError


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setattr("yolo.config.NETWORKS", {"narrow": NARROW})


@pytest.fixture
def eagerly():
    """Trainings of a few steps are over before a graph would be compiled."""
    tensorflow = pytest.importorskip("tensorflow")
    tensorflow.config.run_functions_eagerly(True)
    yield
    tensorflow.config.run_functions_eagerly(False)


def test_a_resumed_training_equals_an_uninterrupted_one(tmp_path):
    samples, config = two_squares(tmp_path), narrow_config()
    whole, epochs, _ = run(samples, tmp_path / "whole", config)
    assert (whole.epochs, whole.stopped) == (3, False)
    calls = iter(range(100))
    # Two steps an epoch: the fourth question comes in the middle of the second.
    broken, before, _ = run(samples, tmp_path / "parts", config, should_stop=lambda: next(calls) == 3)
    assert (broken.epochs, broken.stopped, len(before)) == (1, True, 1)
    resumed, after, _ = run(samples, tmp_path / "parts", config, resume=True)
    assert [event.epoch for event in after] == [2, 3]
    for one, other in zip(epochs, before + after, strict=True):
        assert other.losses == pytest.approx(one.losses, abs=1e-6, rel=1e-6)
        assert other.metrics.map50 == pytest.approx(one.metrics.map50, abs=1e-6)
    for one, other in zip(whole.model.get_weights(), resumed.model.get_weights(), strict=True):
        np.testing.assert_allclose(other, one, atol=1e-6)
    assert (resumed.best_epoch, resumed.metrics) == (whole.best_epoch, whole.metrics)


def test_two_pictures_are_learnt_by_heart(tmp_path):
    config = narrow_config(
        epochs=30,
        canvas=160,
        fine_tune_canvas=160,
        canvases_per_picture=16,
        learning_rate=1e-2,
        warm_up_steps=20,
        augment=NO_CHANGE,
        ema=0.9,
        validate_every=30,
    )
    result, epochs, _ = run(two_squares(tmp_path), tmp_path / "run", config)
    first, last = epochs[0].losses, epochs[-1].losses
    assert last["box"] < 0.6 * first["box"]
    assert last["objectness"] < 0.8 * first["objectness"]
    assert last["classes"] < 0.2 * first["classes"]
    assert result.metrics["map50"] > 0.9


def test_events_tell_where_the_training_is(tmp_path):
    _, epochs, steps = run(two_squares(tmp_path), tmp_path / "run", narrow_config(epochs=2, validate_every=2))
    assert [(event.epoch, event.metrics is None) for event in epochs] == [(1, True), (2, False)]
    assert [event.is_best for event in epochs] == [False, True]
    # The last step of each epoch always tells.
    assert [(event.epoch, event.step) for event in steps if event.step == event.steps] == [(1, 2), (2, 2)]
    last = steps[-1]
    assert (last.epochs, last.losses) == (2, epochs[-1].losses)
    assert last.learning_rate > 0
    assert last.pictures_per_second > 0


def test_without_validation_the_last_epoch_is_the_best(tmp_path, eagerly):
    result, epochs, _ = run(two_squares(tmp_path), tmp_path / "run", narrow_config(epochs=2), validation_samples=())
    assert (result.best_epoch, result.metrics) == (2, None)
    assert all(event.is_best for event in epochs)


def test_pictures_without_boxes_train_too(tmp_path, eagerly):
    negatives = [Sample(sample.path, [], []) for sample in two_squares(tmp_path)]
    result, epochs, _ = run(negatives, tmp_path / "run", narrow_config(epochs=1))
    assert epochs[0].losses["box"] == 0
    assert np.isnan(epochs[0].metrics.map50)
    assert result.best_epoch == 1


def test_stopping_at_once_leaves_no_checkpoint_and_resuming_then_begins_anew(tmp_path, eagerly):
    samples, config = two_squares(tmp_path), narrow_config(epochs=1)
    result, _, _ = run(samples, tmp_path / "run", config, should_stop=lambda: True)
    assert (result.epochs, result.best_epoch, result.stopped) == (0, 0, True)
    assert not (tmp_path / "run").exists()
    result, _, _ = run(samples, tmp_path / "run", config, resume=True)
    assert (result.epochs, result.stopped) == (1, False)


def test_it_also_stops_during_a_validation(tmp_path, eagerly):
    samples, config = two_squares(tmp_path), narrow_config(epochs=1)
    calls = iter(range(100))
    # Two steps ask first, the third question is the validation's.
    result, epochs, _ = run(samples, tmp_path / "run", config, should_stop=lambda: next(calls) == 2)
    assert (result.epochs, result.stopped, epochs) == (0, True, [])


def test_resuming_with_other_settings_is_refused(tmp_path, eagerly):
    samples = two_squares(tmp_path)
    run(samples, tmp_path / "run", narrow_config(epochs=1))
    with pytest.raises(CheckpointError, match="another training: batch differ"):
        run(samples, tmp_path / "run", narrow_config(epochs=1, batch=2), resume=True)


def test_a_loss_that_explodes_again_and_again_ends_the_training_with_a_sentence(tmp_path, eagerly):
    config = narrow_config(learning_rate=1e30, warm_up_steps=0)
    told = []
    with pytest.raises(TrainError, match="no longer a number in epoch 1"):
        run(two_squares(tmp_path), tmp_path / "run", config, on_event=told.append)
    setbacks = [event for event in told if isinstance(event, SetbackEvent)]
    assert [(event.setbacks, event.rate_share) for event in setbacks] == [(1, 0.5), (2, 0.25), (3, 0.125)]


def test_after_a_loss_that_is_no_number_it_goes_on_from_the_last_checkpoint_at_half_the_rate(
    tmp_path, monkeypatch, eagerly
):
    samples, config = two_squares(tmp_path), narrow_config(epochs=3, warm_up_steps=0)
    learn, calls = Learner.train_on_batch, iter(range(100))

    def one_bad_step(self, *args, **values):
        logs = learn(self, *args, **values)
        # Two steps an epoch: the fourth is the second epoch's last.
        return {**logs, "loss": np.nan} if next(calls) == 3 else logs

    monkeypatch.setattr(Learner, "train_on_batch", one_bad_step)
    told = []
    result, _, _ = run(samples, tmp_path / "run", config, on_event=told.append)
    setback = next(event for event in told if isinstance(event, SetbackEvent))
    assert (setback.epoch, setback.step, setback.setbacks, setback.rate_share) == (2, 2, 1, 0.5)
    rates = {
        (event.epoch, event.step): event.learning_rate
        for event in told
        if isinstance(event, StepEvent) and event.step == event.steps
    }
    schedule = Schedule(config, 2)
    # Epochs from 1, steps from 0: the first epoch ends with step 1, the second with 3.
    assert rates[1, 2] == pytest.approx(schedule.learning_rate(1))
    assert rates[2, 2] == pytest.approx(schedule.learning_rate(3) / 2)
    assert (result.epochs, result.stopped) == (3, False)


def test_a_stopped_epoch_is_gone_on_with_where_it_was(tmp_path):
    samples, config = two_squares(tmp_path), narrow_config(epochs=1, canvases_per_picture=8)
    whole, epochs, _ = run(samples, tmp_path / "whole", config)
    calls = iter(range(100))
    run(samples, tmp_path / "parts", config, should_stop=lambda: next(calls) == 3)
    counted = iter(range(100))
    resumed, after, _ = run(
        samples, tmp_path / "parts", config, resume=True, validation_samples=(), should_stop=lambda: next(counted) > 50
    )
    # Three of the four steps were done: one question is asked before the last.
    assert next(counted) == 1
    assert after[0].losses == pytest.approx(epochs[0].losses, abs=1e-6, rel=1e-6)
    assert resumed.epochs == whole.epochs == 1


def test_an_epoch_that_was_broken_off_counts_the_seconds_of_both_sessions(tmp_path, monkeypatch, eagerly):
    now = [0.0]
    monkeypatch.setattr("yolo.train.time.monotonic", lambda: now[0])

    def asked():
        """Two steps an epoch, each takes 10 seconds; the fourth is the one that is stopped."""
        now[0] += 10.0
        return now[0] == 40.0

    values = (two_squares(tmp_path), tmp_path / "run", narrow_config())
    _, before, _ = run(*values, validation_samples=[], should_stop=asked)
    now[0] += 1000.0
    _, after, _ = run(*values, validation_samples=[], should_stop=asked, resume=True)
    assert [(event.epoch, event.seconds) for event in before + after] == [(1, 20.0), (2, 30.0), (3, 20.0)]


def test_a_training_by_the_clock_does_the_epochs_that_fit(tmp_path, monkeypatch, eagerly):
    now = [0.0]
    monkeypatch.setattr("yolo.train.time.monotonic", lambda: now[0])

    def tick(event):
        # Two steps an epoch; only the last of each is sure to tell.
        now[0] += 30.0 if isinstance(event, StepEvent) and event.step == event.steps else 0.0

    config = narrow_config(epochs=50, minutes=2, fine_tune_share=0.0)
    told = []
    result, _, _ = run(
        two_squares(tmp_path), tmp_path / "run", config, on_event=lambda event: (tick(event), told.append(event))
    )
    # 2 minutes are four epochs of 30 seconds; known once the first has been timed.
    assert result.epochs == 4
    assert [event.epochs for event in told if isinstance(event, EpochEvent)] == [4, 4, 4, 4]


@pytest.mark.parametrize(("minutes", "epochs"), [(0.5, 1), (0.75, 2), (0.95, 2)])
def test_a_training_by_the_clock_measures_the_epoch_that_the_clock_makes_the_last(
    tmp_path, monkeypatch, eagerly, minutes, epochs
):
    """Epochs of 30 seconds; of four of them one would be measured."""
    now = [0.0]
    monkeypatch.setattr("yolo.train.time.monotonic", lambda: now[0])

    def tick(event):
        now[0] += 30.0 if isinstance(event, StepEvent) and event.step == event.steps else 0.0

    config = narrow_config(epochs=50, minutes=minutes, fine_tune_share=0.0, validate_every=4)
    result, _, _ = run(two_squares(tmp_path), tmp_path / "run", config, on_event=tick)
    assert (result.epochs, result.best_epoch) == (epochs, epochs)
    assert result.metrics is not None


def test_a_training_by_the_clock_that_is_given_less_time_than_it_took_ends_where_it_stands(
    tmp_path, monkeypatch, eagerly
):
    now = [0.0]
    monkeypatch.setattr("yolo.train.time.monotonic", lambda: now[0])

    def tick(event):
        now[0] += 30.0 if isinstance(event, StepEvent) and event.step == event.steps else 0.0

    values, told = (two_squares(tmp_path), tmp_path / "run"), []
    given = narrow_config(epochs=50, minutes=5, fine_tune_share=0.0)
    run(
        *values,
        given,
        on_event=lambda event: (tick(event), told.append(event)),
        should_stop=lambda: len([event for event in told if isinstance(event, EpochEvent)]) == 2,
    )
    less = narrow_config(epochs=50, minutes=1, fine_tune_share=0.0)
    result, _, _ = run(*values, less, on_event=tick, resume=True)
    assert result.epochs == 2


def test_epochs_are_ordered_by_the_classes_that_are_judged():
    metrics = {"ap": {"red": 0.5, "blue": 0.25, "green": None}}
    assert epoch_score(metrics, ["red", "blue"]) == 0.375
    assert epoch_score(metrics, ["red", "green"]) == 0.5
    # Nothing measured comes before a measured nothing.
    assert epoch_score(None, ["red"]) == epoch_score(metrics, ["green"]) < epoch_score({"ap": {"red": 0.0}}, ["red"])


def test_arguments_that_do_not_fit_are_refused(tmp_path):
    samples = two_squares(tmp_path)
    with pytest.raises(ValueError, match="9 anchors of positive size are needed, not 6"):
        run(samples, tmp_path, narrow_config(), anchors=ANCHORS[:6])
    with pytest.raises(ValueError, match=r"blue\.png has a label beyond the 1 classes"):
        run(samples, tmp_path, narrow_config(), classes=("red",))
