"""EXIF orientation: how a picture is turned before it is shown, and boxes with it.

CIPA DC-008 (Exif 2.32), tag 0x0112. Boxes are `xyxy` in pixels. Worker-side: it opens pictures.
"""

from typing import Any, Final

from PIL import Image

Xyxy = tuple[float, float, float, float]
Size = tuple[int, int]

AS_STORED: Final = 1
TAG: Final = 0x0112


def exif_orientation(picture: Image.Image) -> int:
    """1 to 8; 1, which turns nothing, where the picture does not say or says nonsense."""
    try:
        value: Any = picture.getexif().get(TAG)
    except (OSError, SyntaxError, ValueError, EOFError):
        return AS_STORED
    return value if value in range(1, 9) else AS_STORED


def in_upright_picture(box: Xyxy, given: Size | None, upright: Size, orientation: int) -> Xyxy:
    """A box in the coordinates of the upright picture.

    `given` is the size that the record itself states. Where that is the size of the picture as
    stored, lying on its side, the box was drawn there and is turned with the picture; else it
    counts as drawn on the upright picture. Half turns and mirror images keep the size, so that
    they cannot be told apart, and count as upright.
    """
    if given is None or given == upright or given != (upright[1], upright[0]):
        return box
    width, height = given
    left, top, right, bottom = box
    match orientation:
        case 5:  # mirrored along the main diagonal
            return top, left, bottom, right
        case 6:  # a quarter turn clockwise
            return height - bottom, left, height - top, right
        case 7:  # mirrored along the other diagonal
            return height - bottom, width - right, height - top, width - left
        case 8:  # a quarter turn counterclockwise
            return top, width - right, bottom, width - left
        case _:
            return box
