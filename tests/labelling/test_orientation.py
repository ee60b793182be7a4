"""Boxes turn as their pictures do."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from labelling.orientation import exif_orientation, in_upright_picture
from tests.labelling.makers import encoded

BOX = (2, 3, 10, 8)  # in a picture of 40 x 30 as stored


def with_orientation(orientation: int) -> Image.Image:
    """A black picture of 40 x 30 with BOX in white, and the tag that says how to turn it."""
    pixels = np.zeros((30, 40), np.uint8)
    pixels[3:8, 2:10] = 255
    tag = Image.Exif()
    tag[0x0112] = orientation
    return Image.open(io.BytesIO(encoded(Image.fromarray(pixels), "PNG", exif=tag)))


@pytest.mark.parametrize(
    ("orientation", "upright"), [(5, (3, 2, 8, 10)), (6, (22, 2, 27, 10)), (7, (22, 30, 27, 38)), (8, (3, 30, 8, 38))]
)
def test_a_box_drawn_on_the_picture_as_stored_is_turned_with_it(orientation, upright):
    picture = with_orientation(orientation)
    assert exif_orientation(picture) == orientation
    assert ImageOps.exif_transpose(picture).getbbox() == upright
    assert in_upright_picture(BOX, (40, 30), (30, 40), orientation) == upright


@pytest.mark.parametrize("given", [None, (30, 40), (400, 300), (60, 80)])
def test_a_box_drawn_on_the_upright_picture_stays(given):
    assert in_upright_picture(BOX, given, (30, 40), 6) == BOX


@pytest.mark.parametrize("orientation", [1, 2, 3, 4])
def test_what_keeps_the_size_counts_as_upright(orientation):
    assert in_upright_picture(BOX, (40, 30), (40, 30), orientation) == BOX


@pytest.mark.parametrize("value", [0, 9, 300])
def test_a_tag_that_is_nonsense_turns_nothing(value):
    assert exif_orientation(with_orientation(value)) == 1
