"""What a record of an export can become, and why one brings nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

LONGEST_ID: Final = 255
LONGEST_CLASS: Final = 100

Xyxy = tuple[float, float, float, float]

RECORD_REASONS: Final[Mapping[str, str]] = {
    "malformed": "The record cannot be understood: {detail}.",
    "skipped-in-labelbox": "The picture was skipped in Labelbox.",
    "no-label": "The record holds no label.",
    "only-a-classification": "The record classifies the whole picture and holds no objects.",
    "video": "The record is of a video, whose frames are not imported.",
    "tiled-map": "The record is of a tiled map, which is no single picture.",
    "unknown-media": "The record is of {detail}, not of a picture.",
    "unknown-form": "The label has a form that is not known here{detail}.",
    "no-identity": "The record has neither an External ID nor an address nor an ID to name its picture by.",
    "no-usable-object": (
        "Things are labelled in the picture, but none of them can become a box: {detail}. Draw boxes or polygons around"
        " them where they were labelled and export again. Until then the picture stays out: without boxes it would pass"
        " for one that is empty."
    ),
    "older-label": "Row {detail} holds a newer label of the same picture.",
    "ambiguous-picture": "More than one picture fits: {detail}.",
    "image-not-readable": "The picture cannot be used: {detail}.",
    "duplicate-picture": "Row {detail} labels the same picture.",
    "size-unknown": "The boxes are shares of the picture's width and height, and the picture is missing.",
}
OBJECT_REASONS: Final[Mapping[str, str]] = {
    "malformed-object": "The object cannot be understood: {detail}.",
    "line-or-point": "Lines and points have no area to make a box of.",
    "mask-picture-only": "The object is only a mask, without a box or polygon.",
    "crowd-region": "The object is a crowd, not one thing that a box could surround.",
    "degenerate-box": "The box has no area.",
    "outside-picture": "The box lies outside its picture.",
    "older-label": "The object belongs to an older label of the same picture; the newest counts.",
}
OBJECT_NAMES: Final[Mapping[str, str]] = {
    "malformed-object": "not understood",
    "line-or-point": "line or point",
    "mask-picture-only": "mask only",
    "crowd-region": "crowd",
    "degenerate-box": "box without area",
    "outside-picture": "box outside the picture",
}
"""The reasons of OBJECT_REASONS in two or three words, where they are counted."""


class ExportError(Exception):
    """The file is no export we can read; the message is a sentence for people."""


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


@dataclass(frozen=True)
class Unreadable:
    """Stands where the text of a record could not be read; `detail` says why."""

    detail: str


@dataclass(frozen=True)
class LabelObject:
    """One labelled object: its class as the export writes it, and `xyxy` in pixels (unclipped)."""

    title: str
    value: str
    xyxy: Xyxy


@dataclass(frozen=True)
class SkippedObject:
    """An object that cannot become a box. `row` is that of its record."""

    row: int
    reason: str
    message: str


@dataclass(frozen=True)
class LabelRecord:
    """A record with a usable label; without objects it says that there is nothing on the picture.

    `file_names` are further names by which its picture may be found, best first. `size` is the
    width and height that the record itself gives its picture.
    """

    row: int
    id: str
    external_id: str
    objects: tuple[LabelObject, ...] = ()
    skipped_objects: tuple[SkippedObject, ...] = ()
    seconds: float | None = None
    labelled_at: datetime | None = None
    file_names: tuple[str, ...] = ()
    size: tuple[int, int] | None = None
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SkippedRecord:
    """A record that brings nothing, and why; `skipped_objects` are those that could not become boxes.

    `picture_names` are names by which its picture may be known, where the record tells them, best first.
    """

    row: int
    id: str
    reason: str
    message: str
    skipped_objects: tuple[SkippedObject, ...] = ()
    picture_names: tuple[str, ...] = field(default=(), compare=False)


RecordOutcome = LabelRecord | SkippedRecord


@dataclass(frozen=True)
class Label:
    """What the forms find in a label: its objects, and those of them that cannot become boxes."""

    objects: tuple[LabelObject, ...] = ()
    errors: tuple[ObjectError, ...] = ()


def skipped(
    row: int, identity: str, reason: str, detail: str = "", *, picture_names: tuple[str, ...] = ()
) -> SkippedRecord:
    """A record left out, with the sentence of its reason."""
    message = RECORD_REASONS[reason].format(detail=detail)
    return SkippedRecord(row, identity[:LONGEST_ID], reason, message, picture_names=picture_names)


def skipped_object(row: int, reason: str, detail: str = "") -> SkippedObject:
    return SkippedObject(row, reason, OBJECT_REASONS[reason].format(detail=detail))
