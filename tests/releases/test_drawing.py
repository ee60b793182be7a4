"""Boxes drawn on pictures."""

import numpy as np

from releases.drawing import COLOURS, drawn


def test_boxes_are_drawn_in_the_colour_of_their_class():
    black = np.zeros((80, 80, 3), np.uint8)
    image = drawn(black, [{"class": "without_mask", "score": 0.5, "xyxy": [10, 20, 40, 60]}])
    assert image[60, 25].tolist() == list(COLOURS["without_mask"])
    assert image[40, 25].tolist() == [0, 0, 0]
    assert not black.any()


def test_the_stronger_of_two_boxes_in_one_place_is_seen():
    strong = {"class": "with_mask", "score": 0.9, "xyxy": [10, 30, 40, 60]}
    weak = {"class": "without_mask", "score": 0.3, "xyxy": [10, 30, 40, 60]}
    for boxes in ([strong, weak], [weak, strong]):
        assert drawn(np.zeros((80, 80, 3), np.uint8), boxes)[60, 25].tolist() == list(COLOURS["with_mask"])
