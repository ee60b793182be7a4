"""What becomes of each record of an export, and the report that adds it up.

A dry run and an import go through the same `outcomes_of`; only an import then stores them.
Worker-side: it decodes pictures.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from labelling.class_names import ClassNames
from labelling.labelbox import (
    OBJECT_NAMES,
    LabelObject,
    LabelRecord,
    RecordOutcome,
    SkippedObject,
    SkippedRecord,
    skipped,
    skipped_object,
)
from labelling.orientation import AS_STORED, in_upright_picture
from labelling.pictures import AmbiguousPicture, Picture, PictureError, PictureSource, examine_picture

Xyxy = tuple[float, float, float, float]
Size = tuple[int, int]

OLDER: Final = "older-label"  # the reason of objects that the newest label of their picture does not count with


class Fate(StrEnum):
    """The four things that can become of a record."""

    IMPORTED = "imported"
    NEGATIVE = "negative"
    PENDING = "pending"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class NamedBox:
    """A box with the name of its class in the dataset; `xyxy` clipped to the picture where its size is known."""

    name: str
    xyxy: Xyxy


@dataclass(frozen=True)
class Arrival:
    """A record that brings an image: with its picture, with one that is here already, or still without."""

    record: LabelRecord
    fate: Fate
    picture: Picture | None
    boxes: tuple[NamedBox, ...]
    skipped_objects: tuple[SkippedObject, ...]

    @property
    def lost_all_boxes(self) -> bool:
        """Whether its label names things, none of which became a box: the picture is not known to be empty."""
        return not self.boxes and any(each.reason != OLDER for each in self.skipped_objects)


Outcome = Arrival | SkippedRecord


def outcomes_of(
    records: Iterable[RecordOutcome],
    *,
    pictures: PictureSource,
    names: ClassNames,
    sizes: Mapping[str, Size],
    orientation_of: Callable[[str], int] = lambda external_id: AS_STORED,
) -> Iterator[Outcome]:
    """The outcome of each record.

    `sizes` holds width and height (upright) of the images that are here already; `orientation_of`
    tells the EXIF orientation of such a one and is asked only where it matters.
    """
    for record in records:
        if isinstance(record, SkippedRecord):
            yield record
        else:
            yield _outcome(record, pictures, names, sizes.get(record.external_id), orientation_of)


def _outcome(
    record: LabelRecord,
    pictures: PictureSource,
    names: ClassNames,
    size: Size | None,
    orientation_of: Callable[[str], int],
) -> Outcome:
    picture = None
    if size is None:
        try:
            picture = _picture(record, pictures)
        except AmbiguousPicture as error:
            return skipped(record.row, record.id, "ambiguous-picture", str(error))
        except PictureError as error:
            return skipped(record.row, record.id, "image-not-readable", str(error))
    arrival = arrival_of(record, picture=picture, size=size, names=names, orientation_of=orientation_of)
    return _without_objects(arrival) if arrival.lost_all_boxes else arrival


def _without_objects(arrival: Arrival) -> SkippedRecord:
    """The outcome of a record whose objects all became no box: as a negative it would be trained on as empty."""
    reasons = Counter(each.reason for each in arrival.skipped_objects if each.reason != OLDER)
    detail = ", ".join(f"{count} × {OBJECT_NAMES[reason]}" for reason, count in reasons.most_common())
    left_out = skipped(arrival.record.row, arrival.record.id, "no-usable-object", detail)
    return replace(left_out, skipped_objects=arrival.skipped_objects)


def arrival_of(
    record: LabelRecord,
    *,
    picture: Picture | None,
    size: Size | None,
    names: ClassNames,
    orientation_of: Callable[[str], int] = lambda external_id: AS_STORED,
) -> Arrival:
    """What a record brings together with its picture, which comes now, is here already (`size`), or is missing."""
    size = (picture.width, picture.height) if picture else size
    upright = record.objects
    if size is not None and record.size not in (None, size):
        orientation = picture.orientation if picture else orientation_of(record.external_id)
        upright = tuple(
            replace(each, xyxy=in_upright_picture(each.xyxy, record.size, size, orientation)) for each in upright
        )
    boxes, left_out = _boxes(record.row, upright, names, size)
    known_fate = Fate.IMPORTED if boxes else Fate.NEGATIVE
    fate = Fate.PENDING if size is None else known_fate
    return Arrival(record, fate, picture, boxes, record.skipped_objects + left_out)


def _picture(record: LabelRecord, pictures: PictureSource) -> Picture | None:
    """The picture of a record: by its External ID, else by the file name in its address."""
    for name in (record.external_id, *record.file_names):
        found = pictures.find(name)
        if found is not None:
            return examine_picture(pictures.read(found))
    return None


def _boxes(
    row: int, objects: Iterable[LabelObject], names: ClassNames, size: Size | None
) -> tuple[tuple[NamedBox, ...], tuple[SkippedObject, ...]]:
    boxes: list[NamedBox] = []
    left_out: list[SkippedObject] = []
    for each in objects:
        box = clipped(each.xyxy, size)
        if box is None:
            left_out.append(skipped_object(row, "outside-picture"))
        else:
            boxes.append(NamedBox(names.name_for(each.title, each.value), box))
    return tuple(boxes), tuple(left_out)


def clipped(box: Xyxy, size: Size | None) -> Xyxy | None:
    """The part of a box inside its picture, None if there is none; without a size, right of and below 0."""
    width, height = size or (float("inf"), float("inf"))
    left, top = max(box[0], 0.0), max(box[1], 0.0)
    right, bottom = min(box[2], width), min(box[3], height)
    return (left, top, right, bottom) if right > left and bottom > top else None


@dataclass
class Tally:
    """What was skipped: how often for each reason, and the entries, where `most` is given only the first of each."""

    most: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, entry: dict[str, Any]) -> None:
        self.counts[entry["reason"]] += 1
        if self.most is None or self.counts[entry["reason"]] <= self.most:
            self.entries.append(entry)


@dataclass
class Report:
    """Adds outcomes up. `images` counts those with a picture, negatives among them.

    `files` tells of the files that came as pictures, where any did: see FilesSent; `lost` of the files that were gone
    from storage, where such came: see LostFiles.
    `most` bounds how many of the records and objects skipped for one reason are listed; all are counted.
    """

    most: InitVar[int | None] = None
    rows: int = 0
    images: int = 0
    boxes: int = 0
    negative: int = 0
    pending: int = 0
    skipped: Tally = field(init=False)
    objects_skipped: Tally = field(init=False)
    classes: Counter[str] = field(default_factory=Counter)
    files: dict[str, Any] | None = None
    lost: dict[str, Any] | None = None

    def __post_init__(self, most: int | None) -> None:
        self.skipped, self.objects_skipped = Tally(most), Tally(most)

    def add(self, outcome: Outcome) -> None:
        self.rows += 1
        for each in outcome.skipped_objects:
            self.objects_skipped.add({"row": each.row, "reason": each.reason, "message": each.message})
        if isinstance(outcome, SkippedRecord):
            self.skipped.add(
                {"row": outcome.row, "id": outcome.id, "reason": outcome.reason, "message": outcome.message}
            )
            return
        self.images += outcome.fate != Fate.PENDING
        self.negative += outcome.fate == Fate.NEGATIVE
        self.pending += outcome.fate == Fate.PENDING
        self.boxes += len(outcome.boxes)
        self.classes.update(box.name for box in outcome.boxes)

    def as_json(self) -> dict[str, Any]:
        told = {"files": self.files, "lost": self.lost}
        return {
            "rows": self.rows,
            "images": self.images,
            "boxes": self.boxes,
            "negative": self.negative,
            "pending": self.pending,
            "skipped": self.skipped.entries,
            "objects_skipped": self.objects_skipped.entries,
            "classes": dict(self.classes.most_common()),
            **{name: value for name, value in told.items() if value is not None},
        }

    def reasons(self) -> dict[str, dict[str, int]]:
        """How many records, and how many objects, were skipped for each reason, the most frequent first."""
        both = {"skipped": self.skipped, "objects_skipped": self.objects_skipped}
        return {name: dict(tally.counts.most_common()) for name, tally in both.items()}
