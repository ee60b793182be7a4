"""What the readers share: records out of named files, each picture once, and why one brings nothing. Plain Python."""

import math
from collections.abc import Iterable, Iterator
from typing import Final
from unicodedata import normalize

from labelling.labelbox import LabelObject, LabelRecord, ObjectError, RecordError, RecordOutcome, skipped
from labelling.labelbox.records import LONGEST_CLASS, LONGEST_ID

LARGEST: Final = 1e9


def each_picture_once(outcomes: Iterable[RecordOutcome]) -> Iterator[RecordOutcome]:
    """The outcomes; of several records about one picture the first counts, the others are skipped."""
    rows: dict[str, int] = {}
    for outcome in outcomes:
        if not isinstance(outcome, LabelRecord):
            yield outcome
            continue
        first = rows.setdefault(outcome.external_id, outcome.row)
        if first == outcome.row:
            yield outcome
        else:
            names = (outcome.external_id, *outcome.file_names)
            yield skipped(outcome.row, outcome.id, "duplicate-picture", str(first), picture_names=names)


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
    name = normalize("NFC", name.replace("\x00", "").replace("\\", "/").strip().removeprefix("./").lstrip("/"))
    if not name:
        raise RecordError("malformed", "it names no picture")
    if len(name) > LONGEST_ID:
        raise RecordError("malformed", f"the name of its picture is longer than {LONGEST_ID} characters")
    return name
