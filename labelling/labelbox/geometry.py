"""Geometries of every era, each as the box that bounds it: `xyxy` in pixels, not yet clipped.

All raise ObjectError with the reason where there is no area to bound.
"""

import unicodedata
from collections.abc import Sequence
from typing import Any, Final, TypeGuard

from labelling.labelbox.records import LONGEST_CLASS, LabelObject, ObjectError, Xyxy
from labelling.labelbox.values import name_of, number_of
from labelling.labelbox.wkt import WktError, wkt_polygons

FURTHEST: Final = 1e9  # pixels
FEWEST: Final = 3  # different points of something that has an area
MOST_STROKE: Final = 4  # points of a line there and back, the first once more at its end


def labelled(title: str, value: str, box: Xyxy) -> LabelObject:
    """An object with its class and box, both checked."""
    if not (title or value):
        raise ObjectError("malformed-object", "it names no class")
    if max(len(title), len(value)) > LONGEST_CLASS:
        raise ObjectError("malformed-object", f"its class name is longer than {LONGEST_CLASS} characters")
    left, top, right, bottom = box
    if not (right > left and bottom > top):
        raise ObjectError("degenerate-box")
    return LabelObject(title or value, value or title, box)


def box_of_bbox(bbox: object) -> Xyxy:
    """The box of `{"left", "top", "width", "height"}`."""
    if not isinstance(bbox, dict):
        raise ObjectError("malformed-object", "its bbox is not a JSON object")
    left, top, width, height = (_coordinate(bbox.get(key), key) for key in ("left", "top", "width", "height"))
    return left, top, left + width, top + height


def box_of_polygon(points: object) -> Xyxy:
    """The box around `[{"x", "y"}, …]`."""
    if not is_point_list(points):
        raise ObjectError("malformed-object", "its polygon is not a list of points")
    return _box_around([(_coordinate(point.get("x"), "x"), _coordinate(point.get("y"), "y")) for point in points])


def is_stroke(points: object) -> bool:
    """Whether a list of points is a line of two: the first eras tell lines from polygons by nothing else."""
    return (
        is_point_list(points)
        and len(points) <= MOST_STROKE
        and len({(number_of(each["x"]), number_of(each["y"])) for each in points}) == 2
    )


def boxes_of_wkt(text: str) -> list[Xyxy]:
    """The box around each polygon of a POLYGON or MULTIPOLYGON in well-known text."""
    try:
        polygons = wkt_polygons(text)
    except WktError as error:
        raise ObjectError("malformed-object", str(error)) from error
    if polygons is None:
        raise ObjectError("line-or-point")
    if not polygons:
        raise ObjectError("degenerate-box")
    return [_box_around([(_coordinate(x, "x"), _coordinate(y, "y")) for x, y in points]) for points in polygons]


def is_point_list(value: object) -> TypeGuard[list[dict[str, Any]]]:
    """Whether this is a list of `{"x", "y"}`, however senseless the numbers."""
    return isinstance(value, list) and bool(value) and all(is_point(point) for point in value)


def is_point(value: object) -> bool:
    return isinstance(value, dict) and "x" in value and "y" in value


def _coordinate(value: object, name: str) -> float:
    """A finite number within a thousand million pixels, or the text of one."""
    number = number_of(value)
    if not abs(number) <= FURTHEST:
        raise ObjectError("malformed-object", f"its {name} is not a sensible number")
    return number


def class_of(raw: dict[str, Any], *keys: str) -> tuple[str, str]:
    """The two spellings of an object's class (title, then value)."""
    title, value = (class_name(raw.get(key)) for key in keys)
    return title, value


def class_name(value: object) -> str:
    """The name of a class in one line, without spaces around, in the one spelling that Unicode has for it."""
    return unicodedata.normalize("NFC", " ".join(name_of(value).split()))


def _box_around(points: Sequence[tuple[float, float]]) -> Xyxy:
    if len(points) <= MOST_STROKE and len(set(points)) < FEWEST:
        raise ObjectError("degenerate-box")
    xs = [x for x, _ in points]
    ys = [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
