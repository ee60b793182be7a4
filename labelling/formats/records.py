"""What the readers share: records out of named files, each picture once, and why one brings nothing. Plain Python."""

import math
from collections.abc import Iterable, Iterator
from typing import Final

from labelling.labelbox import LabelObject, LabelRecord, RecordOutcome, SkippedObject, SkippedRecord

LONGEST_CLASS: Final = 100
LONGEST_ID: Final = 255
LARGEST: Final = 1e9

RECORD_REASONS: Final = {
    "malformed": "The record cannot be understood: {detail}.",
    "duplicate-picture": "Row {detail} labels the same picture.",
    "size-unknown": "The boxes are shares of the picture's width and height, and the picture is missing.",
    "ambiguous-picture": "More than one picture fits: {detail}.",
    "image-not-readable": "The picture cannot be used: {detail}.",
}
OBJECT_REASONS: Final = {
    "malformed-object": "The object cannot be understood: {detail}.",
    "degenerate-box": "The box has no area.",
    "crowd-region": "The object is a crowd, not one thing that a box could surround.",
    "mask-picture-only": "The object is only a mask, without a box or polygon.",
}


class RecordError(Exception):
    """A record brings nothing; `reason` is a key of RECORD_REASONS."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


class ObjectError(Exception):
    """An object cannot become a box; `reason` is a key of OBJECT_REASONS."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def skipped(row: int, identity: str, error: RecordError) -> SkippedRecord:
    message = RECORD_REASONS[error.reason].format(detail=error.detail)
    return SkippedRecord(row, identity[:LONGEST_ID], error.reason, message)


def skipped_object(row: int, error: ObjectError) -> SkippedObject:
    return SkippedObject(row, error.reason, OBJECT_REASONS[error.reason].format(detail=error.detail))


def each_picture_once(outcomes: Iterable[RecordOutcome]) -> Iterator[RecordOutcome]:
    """The outcomes; of several records about one picture the first counts, the others are skipped."""
    rows: dict[str, int] = {}
    for outcome in outcomes:
        if not isinstance(outcome, LabelRecord):
            yield outcome
            continue
        first = rows.setdefault(outcome.external_id, outcome.row)
        same = first == outcome.row
        yield outcome if same else skipped(outcome.row, outcome.id, RecordError("duplicate-picture", str(first)))


def label_object(name: str, left: float, top: float, right: float, bottom: float) -> LabelObject:
    """An object of a class and its corners in pixels; raises ObjectError when it cannot become a box."""
    name = name.replace("\x00", "").strip()
    if not name:
        raise ObjectError("malformed-object", "it names no class")
    if len(name) > LONGEST_CLASS:
        raise ObjectError("malformed-object", f"its class name is longer than {LONGEST_CLASS} characters")
    if not all(abs(edge) <= LARGEST for edge in (left, top, right, bottom)):
        raise ObjectError("malformed-object", "its box is not of sensible numbers")
    if not (right > left and bottom > top):
        raise ObjectError("degenerate-box")
    return LabelObject(name, name, (left, top, right, bottom))


def number(text: object) -> float:
    """A finite number given as a number or text; raises ObjectError."""
    try:
        value = float(text) if isinstance(text, int | float | str) and not isinstance(text, bool) else math.nan
    except (ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise ObjectError("malformed-object", "its box is not of sensible numbers")
    return value


def checked_name(name: str) -> str:
    """A picture's name that can be kept; raises RecordError."""
    name = name.replace("\x00", "").replace("\\", "/").strip().removeprefix("./").lstrip("/")
    if not name:
        raise RecordError("malformed", "it names no picture")
    if len(name) > LONGEST_ID:
        raise RecordError("malformed", f"the name of its picture is longer than {LONGEST_ID} characters")
    return name
