"""Curves over the threshold, and whether scores mean what they say."""

import numpy as np
import pytest

from tests.yolo.test_confusion import found, truth
from yolo.curves import Bin, calibration_error, f1_at, hits_of, precision_at, reliability, told_and_right
from yolo.metrics import score_curve

# Of four objects of class 0: right at 0.9, wrong at 0.8, right at 0.7 and 0.4.
FOUR = truth((0, 0), (100, 0), (200, 0), (300, 0))
TRIED = found((0, 0, 0.9), (500, 0, 0.8), (100, 0, 0.7), (200, 0, 0.4))
NAN = float("nan")


def test_precision_at_a_recall_is_the_best_from_there_on():
    # After each detection: recall 1/4, 1/4, 2/4, 3/4 and precision 1, 1/2, 2/3, 3/4.
    curve = score_curve([FOUR], [TRIED], label=0)
    at = precision_at(curve, [0.0, 0.25, 0.3, 0.75, 0.76])
    np.testing.assert_allclose(at, [1.0, 1.0, 0.75, 0.75, NAN])


def test_f1_at_a_threshold_counts_the_detections_that_reach_it():
    curve = score_curve([FOUR], [TRIED], label=0)
    # 2 x right / (detections + objects): 6/8, 4/7, 2/6, 2/5, nothing.
    at = f1_at(curve, [0.3, 0.6, 0.75, 0.85, 0.95])
    np.testing.assert_allclose(at, [6 / 8, 4 / 7, 2 / 6, 2 / 5, 0.0])


def test_a_class_that_is_not_there_has_no_curves():
    curve = score_curve([FOUR], [found((0, 1, 0.9))], label=1)
    assert np.isnan(precision_at(curve, [0.0, 0.5])).all()
    assert np.isnan(f1_at(curve, [0.0, 0.5])).all()


def test_a_class_that_is_never_found_has_an_f1_of_nothing():
    curve = score_curve([FOUR], [found()], label=0)
    assert np.isnan(precision_at(curve, [0.0])).all()
    assert f1_at(curve, [0.0, 0.5]).tolist() == [0.0, 0.0]


def test_an_object_is_found_once_and_by_its_own_class():
    detections = found((1, 0, 0.6), (0, 0, 0.9), (100, 1, 0.8), (200, 0, 0.7))
    assert hits_of(FOUR, detections).tolist() == [False, True, False, True]
    assert hits_of(truth(), detections).tolist() == [False] * 4


def test_scores_are_held_against_the_share_that_is_right():
    # From 0.5 up: 0.9, 0.8, 0.7, of which two are right. Below: 0.4, right. 0.04 is not counted.
    bins = reliability(*told_and_right([FOUR, truth()], [TRIED, found((0, 0, 0.04))]), bins=2)
    assert bins == [
        Bin(0.0, 0.5, 1, pytest.approx(0.4), 1.0),
        Bin(0.5, 1.0, 3, pytest.approx(0.8), pytest.approx(2 / 3)),
    ]
    assert calibration_error(bins) == pytest.approx((1 * 0.6 + 3 * (0.8 - 2 / 3)) / 4)


def test_a_score_of_one_falls_into_the_last_bin_and_nothing_into_none():
    assert [(each.low, each.count) for each in reliability([1.0], [True])] == [(0.9, 1)]
    assert reliability(*told_and_right([FOUR], [found()])) == []
    assert calibration_error([]) is None
