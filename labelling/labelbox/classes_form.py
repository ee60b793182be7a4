"""The labels of 2018 and 2019: a JSON object from class to geometries.

2018: `{"Car": "MULTIPOLYGON (((x y, …)))"}` or `{"Car": [[{"x", "y"}, …]]}`.
2019: `{"Car": [{"geometry": [{"x", "y"}, …] | "POLYGON ((x y, …))"}]}`, where a plain text beside
the geometries classifies the picture. Each polygon of a MULTIPOLYGON is an object of its own.
"""

from collections.abc import Iterator
from typing import Any

from labelling.labelbox.geometry import box_of_polygon, boxes_of_wkt, is_point, is_point_list, labelled
from labelling.labelbox.records import Label, LabelObject, ObjectError, RecordError, Xyxy
from labelling.labelbox.values import text_of
from labelling.labelbox.wkt import is_wkt


def read_classes_form(label: dict[str, Any]) -> Label:
    """The objects of a label. Raises RecordError for one that only classifies."""
    objects: list[LabelObject] = []
    errors: list[ObjectError] = []
    answers = 0
    for name, value in label.items():
        geometries = list(_geometries(value))
        answers += _is_answer(value)
        for geometry in geometries:
            _read(text_of(name), geometry, objects, errors)
    if answers and not objects and not errors:
        raise RecordError("only-a-classification")
    return Label(tuple(objects), tuple(errors))


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
    if isinstance(value, str):
        if is_wkt(value):
            yield value
    elif isinstance(value, dict) or is_point_list(value):
        if not _is_answer(value):
            yield value
    elif isinstance(value, list):
        yield from (each for each in value if not _is_answer(each))


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
    if isinstance(geometry, dict) and "geometry" in geometry:
        geometry = geometry["geometry"]
    if isinstance(geometry, str):
        return boxes_of_wkt(geometry)
    if is_point(geometry):
        raise ObjectError("line-or-point")
    if isinstance(geometry, list):
        return [box_of_polygon(geometry)]
    raise ObjectError("malformed-object", "it has no geometry")
