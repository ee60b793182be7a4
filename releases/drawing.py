"""Picture files made upright, and boxes drawn on them. Loads no OpenVINO: pages may import this."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from PIL import Image

from releases.warm import MOST_PIXELS, PictureRefused

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
JPEG_QUALITY = 90

# BGR; the same colours as static/css/maskweb.css gives the verdicts
COLOURS = {"with_mask": (178, 114, 0), "without_mask": (0, 94, 213), "worn_incorrectly": (0, 159, 230)}
OTHER_COLOUR = (128, 128, 128)
WHITE = (255, 255, 255)

Picture = NDArray[np.uint8]
Edges = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""


def upright_picture(content: bytes) -> Picture:
    """A picture file as uint8 (h, w, 3) BGR, turned upright. Raises PictureRefused with a sentence."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _too_large()
    except Image.DecompressionBombError as error:  # from twice Image.MAX_IMAGE_PIXELS on it is not even opened
        raise _too_large() from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise PictureRefused(_("This is not a JPEG, PNG, WebP, BMP or TIFF picture.")) from error
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise PictureRefused(_("The picture is damaged.")) from error
    if image is None:
        raise PictureRefused(_("The picture is damaged."))
    return np.asarray(image, np.uint8)


def _too_large() -> PictureRefused:
    return PictureRefused(_("The picture has more than %(most)d megapixels.") % {"most": MOST_PIXELS // 10**6})


def shrunk(image: Picture, most: int) -> Picture:
    """The picture with a long side of `most` pixels at most."""
    height, width = image.shape[:2]
    factor = most / max(height, width)
    if factor >= 1:
        return image
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def jpeg(image: Picture) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


def drawn(image: Picture, boxes: Sequence[Mapping[str, Any]]) -> Picture:
    """A copy of the picture with each box, its class, and the chance that it is right, or its score if none is known.

    `boxes`: {"class", "score", "chance", "xyxy"} with pixels of this picture. The weakest are drawn first. Words lie
    where they cover no face: where there is no such place, the number stands alone, and the colour tells the class.
    """
    canvas = image.copy()
    thickness = max(1, round(max(image.shape[:2]) / 500))
    weakest_first = sorted(boxes, key=lambda box: float(box["score"]))
    edges: list[Edges] = [_edges(box) for box in weakest_first]
    for box, (left, top, right, bottom) in zip(weakest_first, edges, strict=True):
        cv2.rectangle(canvas, (left, top), (right, bottom), _colour(box), thickness)
    taken = list(edges)
    for box, corners in reversed(list(zip(weakest_first, edges, strict=True))):
        taken.append(_write_beside(canvas, box, corners, taken, thickness))
    return canvas


def _edges(box: Mapping[str, Any]) -> Edges:
    left, top, right, bottom = (round(float(edge)) for edge in box["xyxy"])
    return left, top, right, bottom


def _colour(box: Mapping[str, Any]) -> tuple[int, int, int]:
    return COLOURS.get(str(box["class"]), OTHER_COLOUR)


def _number(box: Mapping[str, Any]) -> str:
    """As *Try photographs* writes it: the chance in whole per cent, else the score."""
    chance = box.get("chance")
    return f"{box['score']:.2f}" if chance is None else f"{int(100 * chance + 0.5)}%"


def _write_beside(
    canvas: Picture, box: Mapping[str, Any], corners: Edges, taken: Sequence[Edges], thickness: int
) -> Edges:
    """White words on the colour of the box, in the first place that is free; where they lie."""
    scale = 0.35 + 0.1 * thickness
    number = _number(box)
    texts = (f"{str(box['class']).replace('_', ' ')} {number}", number)
    places = [(text, place) for text in texts for place in _places(canvas, text, scale, corners)]
    free = (each for each in places if not any(_overlap(each[1], other) for other in taken))
    text, place = next(free, places[-1])
    left, top, right, bottom = place
    below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)[1]
    cv2.rectangle(canvas, (left, top), (right - 1, bottom - 1), _colour(box), cv2.FILLED)
    cv2.putText(canvas, text, (left, bottom - below), cv2.FONT_HERSHEY_SIMPLEX, scale, WHITE, 1, cv2.LINE_AA)
    return place


def _places(canvas: Picture, text: str, scale: float, corners: Edges) -> Iterator[Edges]:
    """Above and below the box, at its left and right edge, as far as the picture reaches; at last inside of it."""
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    high, wide = height + below, canvas.shape[1]
    left, top, right, bottom = corners
    lefts = [max(0, min(begin, wide - width)) for begin in (left, right + 1 - width)]
    for begin in (top - high, bottom + 1):
        if 0 <= begin <= canvas.shape[0] - high:
            yield from ((start, begin, start + width, begin + high) for start in lefts)
    begin = max(0, min(top, canvas.shape[0] - high))
    yield lefts[0], begin, lefts[0] + width, begin + high


def _overlap(one: Edges, other: Edges) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
