"""Class-wise suppression and voting, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from yolo.nms import nms, voted

# IoU with A: B 8/12 = 0.667 (shifted by 2 of 10), C none
A, B, C = [0, 0, 10, 10], [2, 0, 12, 10], [50, 50, 60, 60]


@pytest.mark.parametrize(
    ("boxes", "scores", "labels", "threshold", "kept"),
    [
        pytest.param([A, B, C], [0.9, 0.8, 0.7], [0, 0, 0], 0.6, [0, 2], id="overlap goes"),
        pytest.param([A, B, C], [0.8, 0.9, 0.7], [0, 0, 0], 0.6, [1, 2], id="best stays"),
        pytest.param([A, B, C], [0.9, 0.8, 0.95], [0, 0, 0], 0.7, [2, 0, 1], id="score order"),
        pytest.param([A, B], [0.9, 0.8], [0, 1], 0.6, [0, 1], id="other class stays"),
        pytest.param([A, A], [0.5, 0.5], [0, 0], 0.5, [0], id="first of equals stays"),
        pytest.param([[5, 5, 5, 5]] * 2, [0.9, 0.8], [0, 0], 0.5, [0, 1], id="no area, no overlap"),
        pytest.param([], [], [], 0.5, [], id="nothing"),
    ],
)
def test_what_is_kept(
    boxes: list[list[float]],
    scores: list[float],
    labels: list[int],
    threshold: float,
    kept: list[int],
) -> None:
    assert nms(boxes, scores, labels, iou_threshold=threshold).tolist() == kept


def test_a_suppressed_box_suppresses_nothing() -> None:
    # each overlaps the next by 0.667, the first and the third by 6/14 = 0.43
    boxes = [[0, 0, 10, 10], [2, 0, 12, 10], [4, 0, 14, 10]]
    assert nms(boxes, [0.9, 0.8, 0.7], [0, 0, 0], iou_threshold=0.5).tolist() == [0, 2]


def test_an_overlap_of_just_the_threshold_stays() -> None:
    boxes = [[0, 0, 10, 10], [0, 0, 10, 5]]  # IoU 0.5
    assert nms(boxes, [0.9, 0.8], [0, 0], iou_threshold=0.5).tolist() == [0, 1]


def test_it_stops_at_the_limit() -> None:
    boxes = np.arange(10)[:, None] * 20 + np.array([[0, 0, 10, 10]])
    kept = nms(boxes, np.linspace(0.1, 0.9, 10), np.zeros(10), iou_threshold=0.5, limit=3)
    assert kept.tolist() == [9, 8, 7]


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="differ"):
        nms([A, B], [0.5, 0.5], [0], iou_threshold=0.5)


# IoU of A with NEAR, moved by 1 of 10: 90 / 110; with B, moved by 2: 80 / 120.
NEAR = [1, 0, 11, 10]


@pytest.mark.parametrize(
    ("labels", "iou_threshold", "left"),
    [
        # 0.6² x 9/11 of NEAR's 1 against 0.9² of A's 0, and 0.3² x 2/3 of B's 2
        pytest.param([0, 0, 0], 0.8, 0.36 * 9 / 11 / (0.81 + 0.36 * 9 / 11), id="those near vote"),
        pytest.param(
            [0, 0, 0], 0.6, (0.36 * 9 / 11 + 0.12) / (0.81 + 0.36 * 9 / 11 + 0.06), id="those further off as well"
        ),
        pytest.param([0, 1, 1], 0.6, 0, id="other classes have no say"),
        pytest.param([0, 0, 0], 0.9, 0, id="none near enough"),
    ],
)
def test_a_kept_box_moves_to_the_mean_of_those_that_see_the_same(labels, iou_threshold, left):
    moved = voted([A, NEAR, B, C], [0.9, 0.6, 0.3, 0.5], [*labels, 0], np.array([0, 3]), iou_threshold=iou_threshold)
    assert moved == pytest.approx(np.array([[left, 0, left + 10, 10], C]), abs=1e-5)


def test_a_box_without_area_stays_where_it_is() -> None:
    assert voted([[5, 5, 5, 5]], [0.9], [0], np.array([0]), iou_threshold=0.7).tolist() == [[5, 5, 5, 5]]


def test_no_boxes_no_votes() -> None:
    assert voted([], [], [], np.zeros(0, np.int64), iou_threshold=0.7).shape == (0, 4)
