import numpy as np
import pytest

from yolo.bootstrap import bootstrap_interval, bootstrap_intervals
from yolo.detections import Detections, Truth


def pictures(count: int, found: int) -> tuple[list[Truth], list[Detections]]:
    """One box each; the first `found` have a detection."""
    box = np.array([[0, 0, 10, 10]], np.float32)
    none = Detections(box[:0], np.zeros(0, np.float32), np.zeros(0, np.int64), np.zeros((0, 1), np.float32))
    one = Detections(box, np.ones(1, np.float32), np.zeros(1, np.int64), np.ones((1, 1), np.float32))
    return [Truth(box, np.zeros(1, np.int64))] * count, [one] * found + [none] * (count - found)


def recall(truths, predictions) -> float:
    return sum(len(each) for each in predictions) / sum(len(each.labels) for each in truths)


def test_the_interval_is_that_of_the_share_of_pictures_drawn():
    low, high = bootstrap_interval(*pictures(100, 50), recall, rounds=2000)
    # A binomial share of 100 has a deviation of 0.05; 90 % lie within 1.645 of them.
    assert (low, high) == pytest.approx((0.5 - 0.082, 0.5 + 0.082), abs=0.015)


def test_where_all_pictures_agree_there_is_no_doubt():
    assert bootstrap_interval(*pictures(20, 20), recall, rounds=50) == (1.0, 1.0)


def test_samples_that_cannot_be_measured_are_left_out():
    counted = iter([np.nan, 0.5, np.nan, 0.5])
    assert bootstrap_interval(*pictures(3, 3), lambda *_: next(counted), rounds=4) == (0.5, 0.5)
    with pytest.raises(ValueError, match="In no sample"):
        bootstrap_interval(*pictures(3, 3), lambda *_: np.nan, rounds=4)


def test_it_needs_pictures_and_predictions_for_each():
    truths, predictions = pictures(3, 3)
    with pytest.raises(ValueError, match="needs pictures"):
        bootstrap_interval(truths, predictions[:2], recall)
    with pytest.raises(ValueError, match="needs pictures"):
        bootstrap_interval([], [], recall)


def test_several_measures_are_taken_of_the_same_samples():
    def measures(truths, predictions):
        share = recall(truths, predictions)
        return {"found": share, "missed": 1 - share, "unknown": np.nan}

    told = bootstrap_intervals(*pictures(100, 50), measures, rounds=200)
    low, high = told["found"]
    assert told["missed"] == pytest.approx((1 - high, 1 - low))
    assert told["unknown"] is None
    assert told["found"] == bootstrap_interval(*pictures(100, 50), recall, rounds=200)


def test_without_rounds_nothing_is_told():
    with pytest.raises(ValueError, match="needs rounds"):
        bootstrap_intervals(*pictures(3, 3), lambda *_: {}, rounds=0)
