"""Picture files made upright, and boxes drawn on them. Loads no OpenVINO: pages may import this."""

import io
from collections.abc import Mapping, Sequence
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

Picture = NDArray[np.uint8]


def upright_picture(content: bytes) -> Picture:
    """A picture file as uint8 (h, w, 3) BGR, turned upright. Raises PictureRefused with a sentence."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise PictureRefused(
                    _("The picture has more than %(most)d megapixels.") % {"most": MOST_PIXELS // 10**6}
                )
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise PictureRefused(_("This is not a JPEG, PNG, WebP, BMP or TIFF picture.")) from error
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise PictureRefused(_("The picture is damaged.")) from error
    if image is None:
        raise PictureRefused(_("The picture is damaged."))
    return np.asarray(image, np.uint8)


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
    """A copy of the picture with each box, its class and score.

    `boxes`: {"class", "score", "xyxy"} with pixels of this picture. The weakest are drawn first.
    """
    canvas = image.copy()
    thickness = max(1, round(max(image.shape[:2]) / 500))
    for box in sorted(boxes, key=lambda box: float(box["score"])):
        name = str(box["class"])
        colour = COLOURS.get(name, OTHER_COLOUR)
        left, top, right, bottom = (round(float(edge)) for edge in box["xyxy"])
        cv2.rectangle(canvas, (left, top), (right, bottom), colour, thickness)
        _draw_label(canvas, f"{name.replace('_', ' ')} {box['score']:.2f}", (left, top), colour, thickness)
    return canvas


def _draw_label(canvas: Picture, text: str, corner: tuple[int, int], colour: tuple[int, int, int], size: int) -> None:
    """White words on the colour of the box, above it where there is room, else inside."""
    scale = 0.35 + 0.1 * size
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    left, bottom = corner[0], corner[1]
    if bottom - height - below < 0:
        bottom += height + below
    cv2.rectangle(canvas, (left, bottom - height - below), (left + width, bottom), colour, cv2.FILLED)
    place = (left, bottom - below)
    cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (255, 255, 255), 1, cv2.LINE_AA)
