"""Single values of a record, made safe: text, numbers, dates, and what is kept as provenance."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeGuard

DEEPEST_KEPT: Final = 6
ADDRESS: Final = "Labeled Data"  # what the address of a picture is kept under, whatever the era called it
LONGEST_KEPT: Final = 4000  # characters of JSON of one value


def text_of(value: object) -> str:
    """The text without spaces around and without what a database cannot keep; "" for anything else."""
    return clean(value).strip() if isinstance(value, str) else ""


def clean(text: str) -> str:
    """The text without NUL characters and halves of surrogate pairs."""
    if text.isascii():
        return text.replace("\x00", "")
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def mapping_of(value: object) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty one: blocks of a record are optional."""
    return value if isinstance(value, dict) else {}


def is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def seconds_of(value: object) -> float | None:
    """Seconds as a number or as text; None for nonsense."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
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
    width, height = values.get("width"), values.get("height")
    if not (is_number(width) and is_number(height) and 0 < width < 1_000_000 and 0 < height < 1_000_000):
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
