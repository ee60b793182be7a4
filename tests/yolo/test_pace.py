from types import SimpleNamespace

import pytest

from tests.yolo.narrow import NARROW, narrow_config
from yolo.pace import Pace, ProcessorTime, is_validated


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr("yolo.config.NETWORKS", {"narrow": NARROW})
    now = [100.0]
    monkeypatch.setattr("yolo.pace.time.monotonic", lambda: now[0])
    return now


def walk(pace, clock, seconds, *, epoch=0):
    for each in seconds:
        clock[0] += each
        pace.step(epoch)


def test_the_first_step_compiles_and_does_not_count(clock):
    pace = Pace(narrow_config(epochs=2, batch=4), 10)
    walk(pace, clock, [20])
    assert pace.pictures_per_second(0) == 0
    assert pace.seconds_left(0, 0) is None
    walk(pace, clock, [0.5])
    assert pace.pictures_per_second(0) == pytest.approx(8)


def test_the_time_left_counts_larger_canvases_and_validations(clock):
    # Two epochs of 10 steps; the second on canvases with four times the pixels.
    config = narrow_config(epochs=2, fine_tune_share=0.5, fine_tune_canvas=192)
    pace = Pace(config, 10)
    walk(pace, clock, [5, 0.5])
    pace.validated(3)
    # 8 steps of 0.5 s, 10 of 2 s, two validations
    assert pace.seconds_left(0, 1) == pytest.approx(4 + 20 + 6)
    assert pace.pictures_per_second(1) == pytest.approx(4 / 2)


def test_one_slow_step_hardly_matters(clock):
    pace = Pace(narrow_config(batch=4), 10)
    walk(pace, clock, [5, 1, 60])
    # Counts as 3 s at most, with a share of 0.05: 1.1 s a step
    assert pace.pictures_per_second(0) == pytest.approx(4 / 1.1)


def test_events_are_due_twice_a_second_and_at_the_end_of_an_epoch(clock):
    pace = Pace(narrow_config(), 10)
    assert not pace.is_due(last=False)
    clock[0] += 0.5
    assert pace.is_due(last=False)
    assert not pace.is_due(last=False)
    assert pace.is_due(last=True)


def test_the_last_epoch_is_validated_whatever_the_rhythm(clock):
    config = narrow_config(epochs=5, validate_every=2)
    assert [is_validated(config, epoch) for epoch in range(5)] == [False, True, False, True, True]


def test_the_share_of_the_pictures_is_that_of_the_processor_time(monkeypatch):
    batches, spent = SimpleNamespace(processor_seconds=7.0), [100.0]
    monkeypatch.setattr("yolo.pace.time.process_time", lambda: spent[0])
    time_spent = ProcessorTime(batches)
    assert time_spent.data_share is None
    spent[0], batches.processor_seconds = 120.0, 9.0
    assert time_spent.data_share == 0.1  # two of twenty seconds
