"""Detections set against objects, whatever their class. Boxes are squares of side 10 on one row."""

import numpy as np

from yolo.confusion import Errors, as_shown, confusion_matrix, errors_of, pairs
from yolo.detections import Detections, Truth


def square(x: float) -> list[float]:
    return [x, 0.0, x + 10.0, 10.0]


def truth(*objects: tuple[float, int]) -> Truth:
    boxes = np.array([square(x) for x, _ in objects], np.float32).reshape(-1, 4)
    return Truth(boxes, np.array([label for _, label in objects], np.int64))


def found(*detections: tuple[float, int, float]) -> Detections:
    boxes = np.array([square(x) for x, _, _ in detections], np.float32).reshape(-1, 4)
    scores = np.array([score for _, _, score in detections], np.float32)
    labels = np.array([label for _, label, _ in detections], np.int64)
    return Detections(boxes, scores, labels, np.zeros((len(scores), 2), np.float32))


# Squares shifted by 3 share 70 of 130: an IoU of 0.538. Shifted by 4 they share 60 of 140: 0.429.
MIXED = truth((0, 0), (100, 1), (200, 1), (300, 0))
SEEN = found((3, 0, 0.9), (100, 0, 0.8), (204, 1, 0.7), (500, 1, 0.6), (300, 0, 0.5))


def test_each_object_goes_to_the_detection_that_overlaps_it_most():
    assert pairs(truth((0, 0)), found((3, 0, 0.9), (1, 1, 0.1))).tolist() == [-1, 0]
    assert pairs(MIXED, SEEN).tolist() == [0, 1, -1, -1, 3]


def test_a_detection_takes_one_object_and_leaves_the_other():
    assert pairs(truth((0, 0), (2, 0)), found((1.5, 0, 0.9))).tolist() == [1]


def test_the_matrix_counts_what_was_taken_for_what():
    # Class 0: both found. Class 1: one taken for 0, one missed. Of nothing: two detections of class 1.
    expected = [[2, 0, 0], [1, 0, 1], [0, 2, 0]]
    assert confusion_matrix([MIXED], [SEEN], class_count=2).tolist() == expected
    assert confusion_matrix([MIXED, MIXED], [SEEN, found()], class_count=2).tolist() == [
        [2, 0, 2],
        [1, 0, 3],
        [0, 2, 0],
    ]


def test_the_matrix_of_no_pictures_and_of_empty_ones_is_zero():
    assert not confusion_matrix([], [], class_count=2).any()
    assert not confusion_matrix([truth()], [found()], class_count=2).any()


def test_errors_are_missed_objects_detections_of_nothing_and_wrong_classes():
    errors = errors_of(MIXED, SEEN)
    assert errors == Errors(missed=1, false=2, confused=1)
    assert errors.total == 4
    assert errors_of(truth((0, 1)), found((0, 1, 0.9))).total == 0
    assert errors_of(truth(), found((0, 1, 0.9))) == Errors(missed=0, false=1, confused=0)


def test_only_the_best_of_overlapping_detections_above_their_thresholds_is_shown():
    everything = found((0, 0, 0.55), (1, 1, 0.6), (100, 0, 0.49), (100, 1, 0.45), (200, 1, 0.3))
    shown = as_shown(everything, [0.5, 0.4], iou_threshold=0.5)
    # At 0 both pass and the second is better; at 100 only class 1 reaches its threshold; at 200 nothing does.
    assert shown.boxes[:, 0].tolist() == [1.0, 100.0]
    assert shown.labels.tolist() == [1, 1]
    assert len(as_shown(found(), [0.5, 0.4], iou_threshold=0.5)) == 0
