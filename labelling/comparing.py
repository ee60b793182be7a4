"""What is different between two versions of a dataset, or between a version and the dataset as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from labelling.formats.content import ExportContent, ExportImage
from labelling.models import Split
from yolo.boxes import iou

SAME_OBJECT: Final = 0.5  # boxes that overlap by at least this IoU are one object that was moved or renamed
DECIMALS: Final = 2  # of a pixel; versions keep three, so that nothing differs by rounding alone

NamedBox = tuple[str, tuple[float, float, float, float]]


@dataclass(frozen=True)
class BoxDifference:
    """How many boxes of one image came, went, or were moved or renamed."""

    added: int = 0
    removed: int = 0
    changed: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True)
class ImageDifference:
    """One image that differs. `kind` is added, removed, or changed; the splits are None where there is none."""

    key: int
    external_id: str
    kind: str
    boxes: BoxDifference
    old_split: Split | None = None
    new_split: Split | None = None

    @property
    def is_moved(self) -> bool:
        """Whether it went from one part of the split to another."""
        return self.old_split is not None and self.new_split is not None and self.old_split != self.new_split


@dataclass(frozen=True)
class Difference:
    """All images that differ, by external ID, and how many boxes and classes do."""

    images: tuple[ImageDifference, ...]
    classes_added: tuple[str, ...]
    classes_removed: tuple[str, ...]

    def count(self, kind: str) -> int:
        """How many images were added, removed or changed in their boxes."""
        return sum(each.kind == kind and (kind != "changed" or bool(each.boxes)) for each in self.images)

    @property
    def boxes(self) -> BoxDifference:
        """Boxes of all images together."""
        return BoxDifference(
            added=sum(each.boxes.added for each in self.images),
            removed=sum(each.boxes.removed for each in self.images),
            changed=sum(each.boxes.changed for each in self.images),
        )

    @property
    def moved(self) -> int:
        """How many images went from one part of the split to another."""
        return sum(each.is_moved for each in self.images)

    @property
    def joined_test(self) -> int:
        """How many images are tested on in the new version only."""
        return sum(each.new_split == Split.TEST != each.old_split for each in self.images)

    @property
    def left_test(self) -> int:
        """How many images are tested on in the old version only."""
        return sum(each.old_split == Split.TEST != each.new_split for each in self.images)


@dataclass(frozen=True)
class _Side:
    """What is kept of an image while the two are held against each other."""

    external_id: str
    split: Split | None
    boxes: tuple[NamedBox, ...]


def compare(old: ExportContent, new: ExportContent) -> Difference:
    """What became of the old images and boxes in the new. Boxes are equal to the hundredth of a pixel."""
    before = {image.key: _side(image, old.classes) for image in old.images()}
    found: list[ImageDifference] = []
    for image in new.images():
        now, then = _side(image, new.classes), before.pop(image.key, None)
        if then is None:
            boxes = BoxDifference(added=len(now.boxes))
            found.append(ImageDifference(image.key, now.external_id, "added", boxes, None, now.split))
            continue
        boxes = box_difference(then.boxes, now.boxes)
        row = ImageDifference(image.key, now.external_id, "changed", boxes, then.split, now.split)
        if boxes or row.is_moved:
            found.append(row)
    for key, then in before.items():
        boxes = BoxDifference(removed=len(then.boxes))
        found.append(ImageDifference(key, then.external_id, "removed", boxes, then.split, None))
    return Difference(
        images=tuple(sorted(found, key=lambda each: each.external_id)),
        classes_added=tuple(name for name in new.classes if name not in old.classes),
        classes_removed=tuple(name for name in old.classes if name not in new.classes),
    )


def box_difference(old: Sequence[NamedBox], new: Sequence[NamedBox]) -> BoxDifference:
    """Equal boxes fall away first; of the others, those that overlap most are one object that changed."""
    gone, come = list(old), list(new)
    for box in new:
        if box in gone:
            gone.remove(box)
            come.remove(box)
    changed = _overlapping(gone, come)
    return BoxDifference(added=len(come) - changed, removed=len(gone) - changed, changed=changed)


def _overlapping(gone: Sequence[NamedBox], come: Sequence[NamedBox]) -> int:
    """How many pairs overlap, each box in one pair at most, the best pairs first."""
    if not gone or not come:
        return 0
    overlap = iou([xyxy for _, xyxy in gone], [xyxy for _, xyxy in come])
    pairs = 0
    while (best := float(overlap.max())) >= SAME_OBJECT:
        row, column = np.unravel_index(int(overlap.argmax()), overlap.shape)
        overlap[row, :] = overlap[:, column] = 0
        pairs += best > 0
    return pairs


def _side(image: ExportImage, classes: Sequence[str]) -> _Side:
    boxes = [(classes[box.label], _rounded(box.xyxy)) for box in image.boxes]
    return _Side(image.external_id, image.split, tuple(boxes))


def _rounded(xyxy: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (round(edge, DECIMALS) for edge in xyxy)
    return left, top, right, bottom
