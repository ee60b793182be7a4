"""Single values of a record, made safe: text, numbers, dates, and what is kept as provenance."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

DEEPEST_KEPT: Final = 6
ADDRESS: Final = "Labeled Data"  # what the address of a picture is kept under, whatever the era called it
MOST_WRAPPED: Final = 3  # times that JSON may stand as a text within JSON
LONGEST_KEPT: Final = 4000  # characters of JSON of one value


def text_of(value: object) -> str:
    """The text without spaces around and without what a database cannot keep; "" for anything else."""
    return clean(value).strip() if isinstance(value, str) else ""


def clean(text: str) -> str:
    """The text without NUL characters and halves of surrogate pairs."""
    if text.isascii():
        return text.replace("\x00", "")
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def name_of(value: object) -> str:
    """A name given as text, or as a number by programs that took it for one."""
    return (
        str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e18 else text_of(value)
    )


def decoded(value: object) -> object:
    """What a text holds that is JSON of a list or an object, as in CSV; any other value stays what it is.

    Raises ValueError for one that begins like JSON and is none.
    """
    for _ in range(MOST_WRAPPED):
        text = value.strip() if isinstance(value, str) else ""
        if not text.startswith(("{", "[", '"{', '"[')):
            break
        try:
            value = json.loads(text)
        except RecursionError as error:
            raise ValueError("nested too deep") from error
    return value


def number_of(value: object) -> float:
    """A number, also one written as text; NaN for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def mapping_of(value: object) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty one: blocks of a record are optional."""
    return value if isinstance(value, dict) else {}


def seconds_of(value: object) -> float | None:
    """Seconds as a number or as text; None for nonsense."""
    seconds = number_of(value)
    return seconds if 0 <= seconds < 1e9 else None


def moment_of(*values: object) -> datetime | None:
    """The first of the values that is a moment in ISO 8601 (without a zone: UTC)."""
    for value in values:
        try:
            moment = datetime.fromisoformat(text_of(value))
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def size_of(values: Mapping[str, Any]) -> tuple[int, int] | None:
    """Width and height in whole pixels, None where they are not given."""
    width, height = number_of(values.get("width")), number_of(values.get("height"))
    if not (1 <= width < 1_000_000 and 1 <= height < 1_000_000):
        return None
    return int(width), int(height)


def size_kept(size: tuple[int, int] | None) -> dict[str, int]:
    """How the size that a record gives its picture is kept: a picture that comes later is held against it."""
    return {"Width": size[0], "Height": size[1]} if size else {}


def kept(source: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record is kept as provenance: nothing empty, nothing deep or long, nothing a database refuses."""
    found = {}
    for key, value in source.items():
        safe = _safe(value, DEEPEST_KEPT)
        if safe not in (None, "", [], {}) and len(json.dumps(safe)) <= LONGEST_KEPT:
            found[key] = safe
    return found


def _safe(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth == 0 or not isinstance(value, dict | list):
        return value if value is None or isinstance(value, bool | int) else None
    if isinstance(value, dict):
        return {clean(str(key)): _safe(each, depth - 1) for key, each in value.items()}
    return [_safe(each, depth - 1) for each in value]
