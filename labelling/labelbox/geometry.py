"""Geometries of every era, each as the box that bounds it: `xyxy` in pixels, not yet clipped.

All raise ObjectError with the reason where there is no area to bound.
"""

import math
from collections.abc import Sequence
from typing import Any, TypeGuard

from labelling.labelbox.records import LONGEST_CLASS, LabelObject, ObjectError, Xyxy
from labelling.labelbox.values import text_of
from labelling.labelbox.wkt import WktError, wkt_polygons


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
    left, top, width, height = (number_of(bbox.get(key), key) for key in ("left", "top", "width", "height"))
    return left, top, left + width, top + height


def box_of_polygon(points: object) -> Xyxy:
    """The box around `[{"x", "y"}, …]`."""
    if not is_point_list(points):
        raise ObjectError("malformed-object", "its polygon is not a list of points")
    return _box_around([(number_of(point.get("x"), "x"), number_of(point.get("y"), "y")) for point in points])


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
    return [_box_around([(number_of(x, "x"), number_of(y, "y")) for x, y in points]) for points in polygons]


def is_point_list(value: object) -> TypeGuard[list[dict[str, Any]]]:
    """Whether this is a list of `{"x", "y"}`, however senseless the numbers."""
    return isinstance(value, list) and bool(value) and all(is_point(point) for point in value)


def is_point(value: object) -> bool:
    return isinstance(value, dict) and "x" in value and "y" in value


def number_of(value: object, name: str) -> float:
    """A coordinate: finite and within a thousand million pixels."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ObjectError("malformed-object", f"its {name} is not a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not abs(number) <= 1e9:
        raise ObjectError("malformed-object", f"its {name} is not a sensible number")
    return number


def class_of(raw: dict[str, Any], *keys: str) -> tuple[str, str]:
    """The two spellings of an object's class (title, then value)."""
    title, value = (text_of(raw.get(key)) for key in keys)
    return title, value


def _box_around(points: Sequence[tuple[float, float]]) -> Xyxy:
    xs = [x for x, _ in points]
    ys = [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
