"""The headline metric."""

import numpy as np
import pytest

from training.measuring import at_thresholds, best_thresholds, by_side, judged_classes, summary
from yolo.detections import Detections, Truth
from yolo.metrics import Metrics

CLASSES = ("with_mask", "without_mask", "worn_incorrectly")


def metrics(ap50: list[float], ap: list[float], boxes: list[int]) -> Metrics:
    nan = float("nan")
    return Metrics(0.5, 0.25, nan, nan, nan, np.array(ap50), np.array(ap), np.array(boxes))


def test_map50_is_the_mean_over_with_and_without_mask_only():
    found = summary(metrics([0.9, 0.7, 0.2], [0.5, 0.4, 0.1], [232, 56, 13]), CLASSES)
    assert found["map50"] == pytest.approx(0.8)
    assert found["map50_95"] == pytest.approx(0.45)
    assert (found["map50_all"], found["map50_95_all"]) == (0.5, 0.25)
    assert found["ap50"]["worn_incorrectly"] == 0.2
    assert found["map50_95_small"] is None


def test_a_class_without_boxes_is_left_out_of_the_mean():
    found = summary(metrics([0.9, float("nan"), 0.2], [0.5, float("nan"), 0.1], [10, 0, 3]), CLASSES)
    assert (found["judged"], found["map50"]) == (["with_mask"], 0.9)


def test_other_classes_are_all_judged():
    assert judged_classes(["cat", "dog"], {"cat": 2, "dog": 1}) == ["cat", "dog"]


def test_without_any_box_nothing_can_be_told():
    nan = float("nan")
    assert summary(metrics([nan] * 3, [nan] * 3, [0, 0, 0]), CLASSES)["map50"] is None


def one_class(*rows: tuple[float, float, float, float, float]) -> Detections:
    """Detections of class 0: left, top, right, bottom, score."""
    values = np.array(rows, np.float32).reshape(-1, 5)
    count = len(values)
    return Detections(values[:, :4], values[:, 4], np.zeros(count, np.int64), np.zeros((count, 1), np.float32))


def truth(*boxes: tuple[float, float, float, float]) -> Truth:
    return Truth(np.array(boxes, np.float32).reshape(-1, 4), np.zeros(len(boxes), np.int64))


def test_at_its_threshold_right_wrong_and_missed_boxes_are_counted():
    truths = [truth((0, 0, 10, 10), (50, 50, 70, 70)), truth((5, 5, 25, 25))]
    found = [
        one_class((0, 0, 10, 10, 0.9), (80, 0, 90, 10, 0.6), (50, 50, 70, 70, 0.4)),
        one_class((5, 5, 25, 25, 0.5)),
    ]
    told = at_thresholds(truths, found, {"face": 0.5})["face"]
    # From 0.5 on: right at 0.9 and 0.5, wrong at 0.6; the one at 0.4 is not told, so that its face is missed.
    assert (told["boxes"], told["right"], told["wrong"], told["missed"]) == (3, 2, 1, 1)
    assert (told["precision"], told["recall"], told["f1"]) == pytest.approx((2 / 3, 2 / 3, 2 / 3))


def test_a_class_without_threshold_finds_nothing():
    told = at_thresholds([truth((0, 0, 10, 10))], [one_class()], {"face": None})["face"]
    assert (told["right"], told["wrong"], told["missed"], told["precision"]) == (0, 0, 1, None)
    assert best_thresholds([truth((0, 0, 10, 10))], [one_class()], ["face"]) == {"face": None}


def test_precision_is_told_by_the_side_of_the_boxes():
    truths = [truth((0, 0, 10, 10), (50, 50, 90, 90))]  # sides 10 and 40
    (*small, below, last) = by_side(truths, [one_class((50, 50, 90, 90, 0.9))], ["face"])["face"]
    assert small[0] == {"from": 0.0, "to": 12.0, "ap50": 0.0, "boxes": 1}
    assert below == {"from": 32.0, "to": 64.0, "ap50": 1.0, "boxes": 1}
    assert last == {"from": 64.0, "to": None, "ap50": None, "boxes": 0}
