"""The labels of 2018 and 2019: a JSON object from class to geometries.

2018: `{"Car": "MULTIPOLYGON (((x y, …)))"}` or `{"Car": [[{"x", "y"}, …]]}`.
2019: `{"Car": [{"geometry": [{"x", "y"}, …] | "POLYGON ((x y, …))"}]}`, where a plain text beside
the geometries classifies the picture. Each polygon of a MULTIPOLYGON is an object of its own. Some
labels of 2018 name pictures of masks instead: `{"segmentationMasksByName": {"Car": address}}`.
"""

from collections.abc import Iterator
from typing import Any

from labelling.labelbox.geometry import (
    box_of_polygon,
    boxes_of_wkt,
    class_name,
    is_point,
    is_point_list,
    is_stroke,
    labelled,
)
from labelling.labelbox.records import Label, LabelObject, ObjectError, RecordError, Xyxy
from labelling.labelbox.wkt import is_wkt, wkt_members

MASKS = ("segmentationMasksByName", "segmentationMaskURL")


def read_classes_form(label: dict[str, Any]) -> Label:
    """The objects of a label. Raises RecordError for one that only classifies."""
    objects: list[LabelObject] = []
    errors = masks_in(label)
    answers = 0
    for name, value in label.items():
        if name in MASKS:
            continue
        answers += _is_answer(value)
        for geometry in _geometries(value):
            _read(class_name(name), geometry, objects, errors)
    if answers and not objects and not errors:
        raise RecordError("only-a-classification")
    return Label(tuple(objects), tuple(errors))


def masks_in(label: dict[str, Any]) -> list[ObjectError]:
    """An error for each class that a label has only a picture of a mask for."""
    named = label.get(MASKS[0])
    count = len(named) if isinstance(named, dict | list) else 0
    return [ObjectError("mask-picture-only")] * (count or bool(label.get(MASKS[1])))


def _read(name: str, geometry: object, objects: list[LabelObject], errors: list[ObjectError]) -> None:
    """Add what one geometry says to the objects, or to the errors."""
    try:
        boxes = _boxes(geometry)
    except ObjectError as error:
        errors.append(error)
        return
    for box in boxes:
        try:
            objects.append(labelled(name, name, box))
        except ObjectError as error:
            errors.append(error)


def _geometries(value: object) -> Iterator[object]:
    """What a class holds beside answers: a geometry in text, one list of points, or a list of geometries."""
    if value in (None, "", [], {}):  # the class is named and nothing is said of it
        return
    for each in value if isinstance(value, list) and not is_point_list(value) else [value]:
        geometry = each["geometry"] if isinstance(each, dict) and "geometry" in each else each
        if isinstance(geometry, str) and is_wkt(geometry):
            yield from wkt_members(geometry)
        elif geometry is not each or not (_is_answer(geometry) or geometry == ""):
            yield geometry


def _is_answer(value: object) -> bool:
    """Whether a value classifies the picture: a text, a number, an option that was chosen, or a list of those."""
    if isinstance(value, str):
        return bool(value.strip()) and not is_wkt(value)
    if isinstance(value, dict):
        return "geometry" not in value and not is_point(value) and ("answer" in value or "title" in value)
    if isinstance(value, list):
        return bool(value) and all(_is_answer(each) for each in value)
    return isinstance(value, int | float)


def _boxes(geometry: object) -> list[Xyxy]:
    if isinstance(geometry, str):
        return boxes_of_wkt(geometry)
    if is_point(geometry) or is_stroke(geometry):
        raise ObjectError("line-or-point")
    if isinstance(geometry, list):
        return [box_of_polygon(geometry)]
    raise ObjectError("malformed-object", "it has no geometry")
