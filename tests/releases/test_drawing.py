"""Boxes drawn on pictures."""

import numpy as np
import pytest

from releases import drawing
from releases.drawing import COLOURS, drawn
from releases.warm import PictureRefused
from tests.large_pictures import TOO_LARGE


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


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"score": 0.93, "chance": 0.9871}, "with mask 99%"),
        ({"score": 0.93, "chance": 0.985}, "with mask 99%"),  # halves are rounded up, as browsers do
        ({"score": 0.93, "chance": 0.004}, "with mask 0%"),
        ({"score": 0.934, "chance": None}, "with mask 0.93"),
        ({"score": 0.934}, "with mask 0.93"),
    ],
)
def test_on_a_box_stands_the_chance_that_it_is_right_else_its_score(monkeypatch, numbers, words):
    written = []
    monkeypatch.setattr(drawing.cv2, "putText", lambda _canvas, text, *_how: written.append(text))
    box = {"class": "with_mask", "xyxy": [100, 100, 130, 140], **numbers}
    drawn(np.zeros((200, 300, 3), np.uint8), [box])
    assert written == [words]


def painted(boxes, size):
    """Where words were written on a black picture: everything but the outlines, which are a pixel wide."""
    image = drawn(np.zeros((*size, 3), np.uint8), boxes).any(axis=2)
    for box in boxes:
        left, top, right, bottom = box["xyxy"]
        image[[top, bottom], left : right + 1] = image[top : bottom + 1, [left, right]] = False
    return image


@pytest.mark.parametrize(
    ("places", "rows"),
    [
        ([(100, 100, 130, 140)], range(100)),
        ([(100, 2, 130, 42)], range(43, 70)),
        # Words of each would lie on a neighbour, were they written above or below without looking
        ([(100, 60, 130, 90), (60, 95, 98, 130), (132, 95, 170, 130), (60, 15, 170, 50)], range(200)),
    ],
)
def test_words_cover_no_face(places, rows):
    boxes = [{"class": "with_mask", "score": 0.5 + n / 10, "xyxy": list(place)} for n, place in enumerate(places)]
    written = painted(boxes, (200, 300))
    assert written.sum() > 200 * len(boxes)
    for left, top, right, bottom in places:
        assert not written[top : bottom + 1, left : right + 1].any()
    assert set(np.flatnonzero(written.any(axis=1))) <= set(rows)


def test_where_there_is_no_room_the_words_stay_in_the_picture():
    box = {"class": "with_mask", "score": 0.5, "xyxy": [0, 0, 59, 29]}
    assert painted([box], (30, 60)).any()


@pytest.mark.parametrize("content", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_picture_of_too_many_pixels_is_told_so(content):
    with pytest.raises(PictureRefused, match=r"^The picture has more than 100 megapixels\.$"):
        drawing.upright_picture(content)
