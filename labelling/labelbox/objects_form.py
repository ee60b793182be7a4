"""The label of 2020 to 2023: `{"objects": [{"title", "value", "bbox" | "polygon" | …}], "classifications": []}`."""

from typing import Any

from labelling.labelbox.objects import ObjectKeys, objects_of
from labelling.labelbox.records import Label, RecordError

KEYS = frozenset(("objects", "classifications", "relationships"))
OBJECT_KEYS = frozenset(("featureId", "schemaId", "bbox", "polygon", "line", "point", "instanceURI"))
OBJECT = ObjectKeys(classes=("title", "value"), box="bbox", masks=("instanceURI", "mask"))


def is_objects_form(label: dict[str, Any]) -> bool:
    """Whether the keys are this form's, and not classes of the form before that happen to be called so."""
    if any(_is_of_a_class(each) for each in _listed(label)):
        return False
    objects = label.get("objects")
    return label.keys() <= KEYS or (isinstance(objects, list) and any(map(_is_of_this_form, objects)))


def read_objects_form(label: dict[str, Any]) -> Label:
    """The objects of a label. Raises RecordError for one that only classifies, or is no label."""
    listed = label.get("objects") or []
    if not isinstance(listed, list):
        raise RecordError("malformed", "its objects are not a list")
    if not listed and label.get("classifications"):
        raise RecordError("only-a-classification")
    if any(_is_on_a_map(each) for each in listed):
        raise RecordError("tiled-map")
    if listed and all(_is_in_a_text(each) for each in listed):
        raise RecordError("unknown-media", "a text")
    if any(isinstance(each, dict) and "page" in each for each in listed):
        raise RecordError("unknown-media", "a document")
    objects, errors = objects_of(listed, OBJECT)
    return Label(tuple(objects), tuple(errors))


def _listed(label: dict[str, Any]) -> list[Any]:
    return [each for value in label.values() if isinstance(value, list) for each in value]


def _is_of_a_class(raw: object) -> bool:
    return isinstance(raw, dict) and "geometry" in raw and "title" not in raw and "value" not in raw


def _is_of_this_form(raw: object) -> bool:
    return isinstance(raw, dict) and ("title" in raw or "value" in raw) and bool(raw.keys() & OBJECT_KEYS)


def _is_on_a_map(raw: object) -> bool:
    """GeoJSON geometries are in degrees of longitude and latitude."""
    return isinstance(raw, dict) and isinstance(raw.get("geometry"), dict) and "coordinates" in raw["geometry"]


def _is_in_a_text(raw: object) -> bool:
    return isinstance(raw, dict) and (
        raw.get("format") == "text.location" or (isinstance(raw.get("data"), dict) and "location" in raw["data"])
    )
