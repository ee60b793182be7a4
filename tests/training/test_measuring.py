"""The headline metric."""

import numpy as np
import pytest

from training.measuring import judged_classes, summary
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
