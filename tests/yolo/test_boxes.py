import numpy as np

from yolo import boxes


def test_iou_of_squares_that_share_a_quarter():
    # 2x2 each, 1 shared: 1 / (4 + 4 - 1); the far one shares nothing
    found = boxes.iou([[0, 0, 2, 2]], [[1, 1, 3, 3], [5, 5, 6, 6], [0, 0, 2, 2]])
    np.testing.assert_allclose(found, [[1 / 7, 0, 1]], rtol=1e-6)


def test_boxes_without_area_overlap_nothing_not_even_themselves():
    assert boxes.iou([[3, 3, 3, 3]], [[3, 3, 3, 3]]).tolist() == [[0]]
    assert boxes.areas([[5, 5, 2, 2]]).tolist() == [0]


def test_no_boxes_make_empty_arrays_of_the_right_shape():
    assert boxes.iou([], [[0, 0, 1, 1]]).shape == (0, 1)
    assert boxes.clipped([], width=4, height=4).shape == (0, 4)
    assert boxes.mirrored([], width=4).shape == (0, 4)


def test_middles_and_sizes():
    assert boxes.centres([[2, 4, 6, 10]]).tolist() == [[4, 7]]
    assert boxes.sizes([[2, 4, 6, 10]]).tolist() == [[4, 6]]


def test_clipping_cuts_at_each_edge():
    assert boxes.clipped([[-2, 1, 12, 30]], width=10, height=20).tolist() == [[0, 1, 10, 20]]


def test_mirroring_keeps_left_below_right():
    assert boxes.mirrored([[1, 5, 4, 6]], width=10).tolist() == [[6, 5, 9, 6]]
