"""Candidates to the detections of a picture."""

from __future__ import annotations

import numpy as np
import pytest

from yolo.detections import detections_from
from yolo.letterbox import Letterbox

# a 200 x 100 picture at half its size on a 100 x 64 canvas, 7 rows down
PLACED = Letterbox(scale=0.5, left=0, top=7, width=200, height=100)
BOX = [10.0, 17.0, 30.0, 37.0]  # in the picture (20, 20, 60, 60)


def test_boxes_are_given_in_picture_pixels_best_first() -> None:
    found = detections_from(
        np.array([[50, 7, 60, 17], BOX], np.float32),
        np.array([[0.6, 0.1], [0.2, 0.9]], np.float32),
        PLACED,
        thresholds=[0.5, 0.5],
        iou_threshold=0.5,
        one_label=True,
    )
    np.testing.assert_allclose(found.boxes, [[20, 20, 60, 60], [100, 0, 120, 20]], rtol=1e-5)
    assert found.labels.tolist() == [1, 0]
    np.testing.assert_allclose(found.class_scores, [[0.2, 0.9], [0.6, 0.1]])
    assert len(found) == 2


def test_each_class_has_its_own_threshold() -> None:
    found = detections_from(
        np.array([BOX], np.float32),
        np.array([[0.6, 0.5]], np.float32),
        PLACED,
        thresholds=[0.7, 0.4],
        iou_threshold=0.5,
        one_label=True,
    )
    assert found.labels.tolist() == [1]
    np.testing.assert_allclose(found.scores, [0.5])


def test_one_face_gets_one_label() -> None:
    boxes = np.array([BOX, BOX], np.float32)
    scores = np.array([[0.6, 0.5], [0.1, 0.9]], np.float32)
    found = detections_from(boxes, scores, PLACED, thresholds=[0.3, 0.3], iou_threshold=0.5, one_label=True)
    assert found.labels.tolist() == [1]


def test_for_measuring_each_class_is_a_detector_of_its_own() -> None:
    boxes = np.array([BOX, BOX], np.float32)
    scores = np.array([[0.6, 0.5], [0.1, 0.9]], np.float32)
    found = detections_from(boxes, scores, PLACED, thresholds=[0.3, 0.3], iou_threshold=0.5, one_label=False)
    assert found.labels.tolist() == [1, 0]
    np.testing.assert_allclose(found.scores, [0.9, 0.6])


def test_boxes_that_go_vote_where_the_one_that_stays_lies() -> None:
    # Two boxes 10 high and wide, one pixel apart: IoU 90 / 110; weights 0.8² and 0.4² x 9/11.
    boxes = np.array([[20, 20, 30, 30], [21, 20, 31, 30]], np.float32)
    scores = np.array([[0.8], [0.4]], np.float32)
    for voting_iou, left in ((None, 0.0), (0.7, 0.16 * 9 / 11 / (0.64 + 0.16 * 9 / 11)), (0.9, 0.0)):
        found = detections_from(
            boxes, scores, PLACED, thresholds=[0.3], iou_threshold=0.5, one_label=True, voting_iou=voting_iou
        )
        plain = PLACED.to_picture([[20 + left, 20, 30 + left, 30]])
        np.testing.assert_allclose(found.boxes, plain, atol=1e-4)
        assert found.scores.tolist() == pytest.approx([0.8])


def test_nothing_found_keeps_the_shapes() -> None:
    found = detections_from(
        np.zeros((0, 4), np.float32),
        np.zeros((0, 3), np.float32),
        PLACED,
        thresholds=[0.5] * 3,
        iou_threshold=0.5,
        one_label=True,
    )
    assert found.boxes.shape == (0, 4) and found.class_scores.shape == (0, 3)
    assert found.labels.dtype == np.int64


def test_a_box_in_the_border_around_the_picture_alone_is_none() -> None:
    boxes = np.array([[10, 0, 30, 6], BOX], np.float32)  # the picture begins at row 7
    scores = np.array([[0.9], [0.8]], np.float32)
    found = detections_from(boxes, scores, PLACED, thresholds=[0.5], iou_threshold=0.5, one_label=True)
    np.testing.assert_allclose(found.boxes, [[20, 20, 60, 60]])
    np.testing.assert_allclose(found.scores, [0.8])
