"""Raw outputs to boxes, by hand."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from yolo.config import Decoding
from yolo.decode import decode, sigmoid

ANCHORS = [[10, 20], [30, 40], [50, 60]]
CLASSES = 2


def silent(height: int, width: int) -> NDArray[np.float32]:
    """An output (height, width, 3 * 7) that says nothing: objectness logit -20."""
    output = np.zeros((height, width, 3, 5 + CLASSES), dtype=np.float32)
    output[..., 4] = -20
    return output.reshape(height, width, -1)


def with_cell(row: int, column: int, anchor: int, values: list[float]) -> NDArray[np.float32]:
    output = silent(4, 6).reshape(4, 6, 3, -1)
    output[row, column, anchor] = values
    return output.reshape(4, 6, -1)


def test_wide_centre_of_a_cell_at_the_anchors_size() -> None:
    # logits 0: centre (2 * 0.5 - 0.5 + col) * 8, size anchor * (2 * 0.5)**2 = anchor
    output = with_cell(2, 3, 1, [0, 0, 0, 0, 20, 20, 0])
    boxes, scores = decode([output], ANCHORS, [8], style="wide", score=0.1)
    # centre x 3.5 * 8 = 28, y 2.5 * 8 = 20, size 30 x 40
    np.testing.assert_allclose(boxes, [[13, 0, 43, 40]], atol=1e-4)
    np.testing.assert_allclose(scores, [[1, 0.5]], atol=1e-6)


def test_wide_reaches_into_the_neighbour_and_to_four_anchors() -> None:
    output = with_cell(1, 1, 0, [30, -30, 30, -30, 20, 20, -20])
    boxes, _ = decode([output], ANCHORS, [8], style="wide", score=0.1)
    # centre x (1.5 + 1) * 8 = 20, y (-0.5 + 1) * 8 = 4, width 4 * 10, height 0
    np.testing.assert_allclose(boxes, [[0, 4, 40, 4]], atol=1e-4)


def test_darknet_by_the_papers_formula() -> None:
    # sigmoid(log 3) = 0.75; exp(log 2) = 2
    output = with_cell(0, 5, 2, [np.log(3), 0, np.log(2), np.log(0.5), 20, -20, 20])
    boxes, scores = decode([output], ANCHORS, [16], style="darknet", score=0.1)
    # centre x 5.75 * 16 = 92, y 0.5 * 16 = 8, size 100 x 30
    np.testing.assert_allclose(boxes, [[42, -7, 142, 23]], rtol=1e-5)
    np.testing.assert_allclose(scores, [[0, 1]], atol=1e-6)


def test_a_wild_exponent_stays_finite() -> None:
    output = with_cell(0, 0, 0, [0, 0, 500, 500, 20, 20, 20])
    boxes, _ = decode([output], ANCHORS, [8], style="darknet", score=0.1)
    assert np.isfinite(boxes).all()


def test_the_score_is_objectness_times_class() -> None:
    # sigmoid(0) * sigmoid(log 3) = 0.5 * 0.75 = 0.375, and 0.5 * 0.5 for the other class
    output = with_cell(0, 0, 0, [0, 0, 0, 0, 0, np.log(3), 0])
    _, scores = decode([output], ANCHORS, [8], style="wide", score=0.37)
    np.testing.assert_allclose(scores, [[0.375, 0.25]], rtol=1e-6)
    boxes, scores = decode([output], ANCHORS, [8], style="wide", score=0.38)
    assert boxes.shape == (0, 4) and scores.shape == (0, CLASSES)


def test_each_scale_has_its_own_three_anchors_and_stride() -> None:
    anchors = [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5], [6, 6]]
    coarse = with_cell(0, 1, 2, [0, 0, 0, 0, 20, 20, 20])
    boxes, _ = decode([silent(8, 12), coarse], anchors, [8, 16], style="wide", score=0.1)
    # centre x 1.5 * 16 = 24, y 8, size 6 x 6
    np.testing.assert_allclose(boxes, [[21, 5, 27, 11]], atol=1e-5)


@pytest.mark.parametrize("score", [0.0, 0.001, 0.3, 0.999])
def test_the_early_filter_drops_nothing_that_counts(score: float) -> None:
    output = np.random.default_rng(1).normal(0, 3, (9, 7, 21)).astype(np.float32)
    _, some = decode([output], ANCHORS, [8], style="wide", score=score)
    cells = output.reshape(-1, 7)
    every = sigmoid(cells[:, 4:5]) * sigmoid(cells[:, 5:])
    np.testing.assert_array_equal(some, every[every.max(axis=1) >= score])


def test_anchors_that_do_not_fit_the_outputs_are_refused() -> None:
    with pytest.raises(ValueError, match="3 anchors a stride"):
        decode([silent(2, 2)], ANCHORS * 2, [8], style="wide", score=0.1)


def test_channels_that_are_no_anchors_are_refused() -> None:
    with pytest.raises(ValueError, match="channels"):
        decode([np.zeros((2, 2, 20), np.float32)], ANCHORS, [8], style="wide", score=0.1)


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match="'v9'"):
        decode([silent(2, 2)], ANCHORS, [8], style=cast(Decoding, "v9"), score=0.1)
