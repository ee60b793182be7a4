"""Reads Labelbox exports: each record of the file becomes either a labelled record or a skipped one.

Known so far is the form of 2020 to 2023 (v1), `Label: {"objects": [{"title", "value", "bbox"}]}`.
Each form is a function of its own behind `record_of`, so that the others can stand beside it.
Plain Python: no Django, no pictures. Rows count from 1. Boxes are `xyxy` in pixels.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

LONGEST_ID: Final = 255
LONGEST_CLASS: Final = 100
KEPT_KEYS: Final = (
    "ID",
    "DataRow ID",
    "Labeled Data",
    "Dataset Name",
    "Project Name",
    "Created By",
    "Created At",
    "Updated At",
    "Reviews",
    "Agreement",
    "View Label",
)
"""What a record says beside its label that is kept as the provenance of an image."""

RECORD_REASONS: Final[Mapping[str, str]] = {
    "malformed": "The record cannot be understood: {detail}.",
    "skipped-in-labelbox": "The picture was skipped in Labelbox.",
    "no-label": "The record holds no label.",
    "only-a-classification": "The record classifies the whole picture and holds no objects.",
    "video": "The record is of a video, whose frames are not imported.",
    "unknown-form": "The label has a form that is not known here.",
    "no-identity": "The record has neither an External ID nor an address nor an ID to name its picture by.",
    "older-label": "Row {detail} holds a newer label of the same picture.",
    "ambiguous-picture": "More than one picture fits: {detail}.",
    "image-not-readable": "The picture cannot be used: {detail}.",
}
OBJECT_REASONS: Final[Mapping[str, str]] = {
    "malformed-object": "The object cannot be understood: {detail}.",
    "line-or-point": "Lines and points have no area to make a box of.",
    "mask-picture-only": "The object is only a mask picture at an address, without a box.",
    "degenerate-box": "The box has no area.",
    "outside-picture": "The box lies outside its picture.",
}


class ExportError(Exception):
    """The file is no export we can read; the message is a sentence for people."""


class _ObjectError(Exception):
    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class LabelObject:
    """One labelled object: its class as the export writes it, and `xyxy` in pixels (unclipped)."""

    title: str
    value: str
    xyxy: tuple[float, float, float, float]


@dataclass(frozen=True)
class SkippedObject:
    """An object that cannot become a box. `row` is that of its record."""

    row: int
    reason: str
    message: str


@dataclass(frozen=True)
class LabelRecord:
    """A record with a usable label; without objects it says that there is nothing on the picture."""

    row: int
    id: str
    external_id: str
    objects: tuple[LabelObject, ...] = ()
    skipped_objects: tuple[SkippedObject, ...] = ()
    seconds: float | None = None
    labelled_at: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SkippedRecord:
    """A record that brings nothing, and why."""

    row: int
    id: str
    reason: str
    message: str


RecordOutcome = LabelRecord | SkippedRecord


def parse_export(content: bytes) -> list[RecordOutcome]:
    """One outcome for each record of the file, in its order. Raises ExportError if it is no export."""
    return _newest_of_each([record_of(row, raw) for row, raw in enumerate(read_rows(content), start=1)])


def read_rows(content: bytes) -> list[object]:
    """The records of a JSON file: a list, or one bare object. Raises ExportError with the place of an error."""
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ExportError(f"The file is not UTF-8 text: byte {error.start} cannot be read.") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ExportError(f"The file is not valid JSON: {error.msg} at {place}.") from error
    except (ValueError, RecursionError) as error:
        raise ExportError("The file is not JSON of a sensible kind: too deep, or a number too long.") from error
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [value]
    raise ExportError("The file is JSON, but neither a list of records nor a record.")


def record_of(row: int, raw: object) -> RecordOutcome:
    """What one record says. Never raises: a record that makes no sense is a skipped one."""
    if not isinstance(raw, dict):
        return skipped(row, "", "malformed", "it is not a JSON object")
    identity = _text(raw.get("ID")) or _text(raw.get("DataRow ID"))
    label = raw.get("Label")
    if raw.get("Skipped") is True or label == "Skip":
        return skipped(row, identity, "skipped-in-labelbox")
    if label is None or label == "":
        return skipped(row, identity, "no-label")
    if isinstance(label, list) or (isinstance(label, dict) and "frames" in label):
        return skipped(row, identity, "video")
    if not isinstance(label, dict):
        return skipped(row, identity, "unknown-form")
    external_id = _external_id(raw)
    if not external_id:
        return skipped(row, identity, "no-identity")
    if len(external_id) > LONGEST_ID:
        return skipped(row, identity, "malformed", f"its External ID is longer than {LONGEST_ID} characters")
    return _objects_form(row, identity, external_id, raw, label)


def skipped(row: int, identity: str, reason: str, detail: str = "") -> SkippedRecord:
    """A record left out, with the sentence of its reason."""
    return SkippedRecord(row, identity, reason, RECORD_REASONS[reason].format(detail=detail))


def skipped_object(row: int, reason: str, detail: str = "") -> SkippedObject:
    return SkippedObject(row, reason, OBJECT_REASONS[reason].format(detail=detail))


def _objects_form(
    row: int, identity: str, external_id: str, raw: dict[str, Any], label: dict[str, Any]
) -> RecordOutcome:
    """The form of 2020 to 2023: `{"objects": [...], "classifications": [...]}`; `{}` is an empty label."""
    if "objects" not in label and label.get("classifications"):
        return skipped(row, identity, "only-a-classification")
    if label and "objects" not in label and "classifications" not in label:
        return skipped(row, identity, "unknown-form")
    listed = label.get("objects") or []
    if not isinstance(listed, list):
        return skipped(row, identity, "malformed", "its objects are not a list")
    objects, left_out = _objects(row, listed)
    return LabelRecord(
        row=row,
        id=identity,
        external_id=external_id,
        objects=objects,
        skipped_objects=left_out,
        seconds=_seconds(raw.get("Seconds to Label")),
        labelled_at=_text(raw.get("Updated At")) or _text(raw.get("Created At")),
        source={key: _without_nul(raw[key]) for key in KEPT_KEYS if raw.get(key) not in (None, "", [])},
    )


def _objects(row: int, listed: Iterable[object]) -> tuple[tuple[LabelObject, ...], tuple[SkippedObject, ...]]:
    objects: list[LabelObject] = []
    left_out: list[SkippedObject] = []
    for raw in listed:
        try:
            objects.append(_object(raw))
        except _ObjectError as error:
            left_out.append(skipped_object(row, error.reason, error.detail))
    return tuple(objects), tuple(left_out)


def _object(raw: object) -> LabelObject:
    if not isinstance(raw, dict):
        raise _ObjectError("malformed-object", "it is not a JSON object")
    title, value = _text(raw.get("title")), _text(raw.get("value"))
    if not (title or value):
        raise _ObjectError("malformed-object", "it names no class")
    if max(len(title), len(value)) > LONGEST_CLASS:
        raise _ObjectError("malformed-object", f"its class name is longer than {LONGEST_CLASS} characters")
    left, top, right, bottom = _xyxy(raw)
    if not (right > left and bottom > top):
        raise _ObjectError("degenerate-box")
    return LabelObject(title or value, value or title, (left, top, right, bottom))


def _xyxy(raw: dict[str, Any]) -> tuple[float, float, float, float]:
    """The box of an object: its `bbox`, or what bounds its `polygon`."""
    if "bbox" in raw:
        return _xyxy_of_bbox(raw["bbox"])
    if "polygon" in raw:
        return _xyxy_of_polygon(raw["polygon"])
    if "line" in raw or "point" in raw:
        raise _ObjectError("line-or-point")
    if "instanceURI" in raw:
        raise _ObjectError("mask-picture-only")
    raise _ObjectError("malformed-object", "it has no geometry")


def _xyxy_of_bbox(bbox: object) -> tuple[float, float, float, float]:
    if not isinstance(bbox, dict):
        raise _ObjectError("malformed-object", "its bbox is not a JSON object")
    left, top, width, height = (_number(bbox.get(key), key) for key in ("left", "top", "width", "height"))
    return left, top, left + width, top + height


def _xyxy_of_polygon(points: object) -> tuple[float, float, float, float]:
    if not isinstance(points, list) or not points or not all(isinstance(point, dict) for point in points):
        raise _ObjectError("malformed-object", "its polygon is not a list of points")
    xs = [_number(point.get("x"), "x") for point in points]
    ys = [_number(point.get("y"), "y") for point in points]
    return min(xs), min(ys), max(xs), max(ys)


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _ObjectError("malformed-object", f"its {name} is not a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or abs(number) > 1e9:
        raise _ObjectError("malformed-object", f"its {name} is not a sensible number")
    return number


def _newest_of_each(outcomes: list[RecordOutcome]) -> list[RecordOutcome]:
    """Where several records label one picture, the newest counts (the later row among equals)."""
    newest: dict[str, LabelRecord] = {}
    for each in outcomes:
        if isinstance(each, LabelRecord):
            best = newest.get(each.external_id)
            if best is None or each.labelled_at >= best.labelled_at:
                newest[each.external_id] = each
    return [
        each
        if isinstance(each, SkippedRecord) or newest[each.external_id] is each
        else skipped(each.row, each.id, "older-label", str(newest[each.external_id].row))
        for each in outcomes
    ]


def _external_id(raw: dict[str, Any]) -> str:
    """What names the picture: External ID, else the file name in its address, else the data row's ID."""
    return (
        _text(raw.get("External ID"))
        or _file_name(_text(raw.get("Labeled Data")))
        or _text(raw.get("DataRow ID"))
        or _text(raw.get("ID"))
    )


def _file_name(address: str) -> str:
    """The last part of an address, percent-decoded: `…/a%2Fmask-1.jpg?Expires=1` is `mask-1.jpg`."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    return PurePosixPath(unquote(path)).name


def _text(value: object) -> str:
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""


def _without_nul(value: Any) -> Any:
    """The value without NUL characters, which PostgreSQL cannot keep."""
    return json.loads(json.dumps(value).replace("\\u0000", "")) if "\\u0000" in json.dumps(value) else value


def _seconds(value: object) -> float | None:
    try:
        seconds = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
