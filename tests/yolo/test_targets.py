import numpy as np
import pytest

from yolo.targets import cells_for, match_anchors, targets_for

STRIDES = (8, 16, 32)
ANCHORS = np.array([[4, 4], [8, 8], [12, 12], [16, 16], [24, 24], [32, 32], [48, 48], [64, 64], [96, 96]], np.float32)
# A canvas of 64x64 has 8x8, 4x4 and 2x2 cells with three anchors each.
PLACES = (64 + 16 + 4) * 3


def targets(boxes, labels, *, match_ratio=1.3, size=64, neighbours=True):
    return targets_for(
        [np.array(some, np.float32).reshape(-1, 4) for some in boxes],
        [np.array(some, np.int64) for some in labels],
        anchors=ANCHORS,
        strides=STRIDES,
        width=size,
        height=size,
        match_ratio=match_ratio,
        neighbours=neighbours,
    )


def test_a_box_is_answered_for_by_three_cells_and_each_fitting_anchor():
    found = targets([[[16, 37, 26, 47]]], [[2]])
    assert found.shape == (1, PLACES, 6)
    # 10x10 fits the anchors 8 (ratio 1.25) and 12 (1.2). Its middle (21, 42) is (2.625, 5.25)
    # in cells: column 2, row 5, nearest neighbours column 3 and row 4.
    own, right, above = (5 * 8 + 2) * 3, (5 * 8 + 3) * 3, (4 * 8 + 2) * 3
    expected = sorted(place + anchor for place in (own, right, above) for anchor in (1, 2))
    assert np.flatnonzero(found[0, :, 4]).tolist() == expected
    assert (found[0, expected] == [16, 37, 26, 47, 1, 2]).all()


def test_without_neighbours_only_the_cell_of_the_middle_answers():
    """The box of the test above: anchors 8 and 12 in column 2, row 5."""
    found = targets([[[16, 37, 26, 47]]], [[2]], neighbours=False)
    own = (5 * 8 + 2) * 3
    assert np.flatnonzero(found[0, :, 4]).tolist() == [own + 1, own + 2]


def test_a_middle_near_the_lower_right_of_its_cell_takes_the_neighbours_there():
    column, row, inside = cells_for(np.array([[1.75, 2.5]], np.float32), columns=4, rows=4)
    assert list(zip(column[0], row[0], strict=True)) == [(1, 2), (2, 2), (1, 3)]
    assert inside.all()


@pytest.mark.parametrize("middle", [(0.25, 0.25), (3.75, 3.75)])
def test_neighbours_beyond_the_grid_do_not_count(middle):
    _, _, inside = cells_for(np.array([middle], np.float32), columns=4, rows=4)
    assert inside.tolist() == [[True, False, False]]


def test_a_box_like_no_anchor_gets_the_best_one():
    pairs = match_anchors(np.array([[2, 30]], np.float32), ANCHORS, match_ratio=3)
    # Ratios: 4 -> 30/4 = 7.5, 8 -> max(4, 3.75) = 4, 12 -> max(6, 2.5) = 6 and rising
    assert (pairs.box.tolist(), pairs.anchor.tolist(), pairs.ratio.tolist()) == ([0], [1], [4])


def test_a_ratio_exactly_at_the_limit_does_not_match():
    pairs = match_anchors(np.array([[12, 12]], np.float32), ANCHORS, match_ratio=2)
    # 8 (1.5), 12 (1) and 16 (1.33) match; 24 has ratio 2
    assert pairs.anchor.tolist() == [1, 2, 3]


def test_of_two_boxes_that_want_one_place_the_closer_size_gets_it():
    # Both middles at (20, 20); anchor 12: ratios 11/12 -> 1.09 and 14/12 -> 1.17
    found = targets([[[13, 13, 27, 27], [14.5, 14.5, 25.5, 25.5]]], [[0, 1]])
    own = (2 * 8 + 2) * 3 + 2
    assert found[0, own, 5] == 1


def test_a_middles_own_cell_goes_before_a_neighbours():
    # Same size; the first's middle is in column 2 and claims column 3, where the second's lies.
    found = targets([[[17, 14, 29, 26], [19, 14, 31, 26]]], [[0, 1]])
    # Middles at x 23 (2.875 cells) and 25 (3.125): each claims the other's column.
    row = 20 // 8
    assert found[0, (row * 8 + 2) * 3 + 2, 5] == 0
    assert found[0, (row * 8 + 3) * 3 + 2, 5] == 1


def test_each_picture_of_a_batch_has_its_own_targets():
    found = targets([[], [[16, 37, 26, 47]]], [[], [0]])
    assert found[0].sum() == 0
    assert found[1, :, 4].sum() == 6


def test_a_large_box_is_answered_for_on_the_coarsest_scale():
    found = targets([[[2, 2, 62, 62]]], [[0]])
    # 60x60 fits 48 (1.25) and 64 (1.07). The middle (32, 32) is (1, 1) in cells of 32: a
    # fraction of 0 lies nearer to the cells before it, (0, 1) and (1, 0).
    first = (64 + 16) * 3
    expected = sorted(first + cell * 3 + anchor for cell in (3, 2, 1) for anchor in (0, 1))
    assert np.flatnonzero(found[0, :, 4]).tolist() == expected


def test_cells_that_reach_over_the_edge_answer_too():
    # Seven cells of 8, four of 16, two of 32 cover 56 pixels; the coarsest reach 8 pixels over.
    found = targets([[[4, 4, 54, 54]]], [[1]], size=56)
    assert found.shape == (1, (49 + 16 + 4) * 3, 6)
    # 50x50 fits 48 (1.04) and 64 (1.28). The middle (29, 29) is (0.906, 0.906) in cells of 32.
    first = (49 + 16) * 3
    expected = sorted(
        first + (row * 2 + column) * 3 + anchor for row, column in ((0, 0), (0, 1), (1, 0)) for anchor in (0, 1)
    )
    assert np.flatnonzero(found[0, :, 4]).tolist() == expected
