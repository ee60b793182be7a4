"""Labelled objects of the forms from 2020 on, which differ only in the names of their keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from labelling.labelbox.geometry import box_of_bbox, box_of_polygon, class_of, labelled
from labelling.labelbox.records import LabelObject, ObjectError, Xyxy
from labelling.labelbox.values import text_of

WITHOUT_AREA: Final = ("line", "point", "polyline")


@dataclass(frozen=True)
class ObjectKeys:
    """Where an object holds its class, its box, and the mask pictures it may have instead."""

    classes: tuple[str, ...]
    box: str
    masks: tuple[str, ...]


def objects_of(listed: Iterable[object], keys: ObjectKeys) -> tuple[list[LabelObject], list[ObjectError]]:
    """The objects that have a box, and why each of the others has none."""
    objects: list[LabelObject] = []
    errors: list[ObjectError] = []
    for raw in listed:
        try:
            objects.append(_object(raw, keys))
        except ObjectError as error:
            errors.append(error)
    return objects, errors


def _object(raw: object, keys: ObjectKeys) -> LabelObject:
    if not isinstance(raw, dict):
        raise ObjectError("malformed-object", "it is not a JSON object")
    return labelled(*class_of(raw, *keys.classes), _box(raw, keys))


def _box(raw: dict[str, Any], keys: ObjectKeys) -> Xyxy:
    """The box of an object, or what bounds its `polygon`."""
    if raw.get(keys.box) is not None:
        return box_of_bbox(raw[keys.box])
    if raw.get("polygon") is not None:
        return box_of_polygon(raw["polygon"])
    if any(raw.get(key) is not None for key in WITHOUT_AREA):
        raise ObjectError("line-or-point")
    kind = text_of(raw.get("annotation_kind"))
    if kind.endswith(("Point", "Polyline", "Line")):
        raise ObjectError("line-or-point")
    if any(raw.get(key) is not None for key in keys.masks) or kind.endswith("Mask"):
        raise ObjectError("mask-picture-only")
    raise ObjectError("malformed-object", "it has no geometry")
