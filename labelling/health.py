"""Whether a dataset is fit to train on: how its classes and boxes are spread, and pictures that deserve a look."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from labelling.models import Box, BoxClass, Dataset, Image
from labelling.opinions import likely_errors
from labelling.splitting import Candidate, groups_of_alike

NET_SIZE: Final = 416  # pixels of the long side at which boxes are called tiny, the smallest usual net size
TINY: Final = 8  # pixels at the net size: one cell of the finest scale
MOST_COVER: Final = 0.9  # of its picture, by one box
MOST_STRETCH: Final = 3  # times the median of width to height, or a third of it
SAME_OBJECT: Final = 0.6  # IoU of two boxes that are likely about one thing
DRAWN_TWICE: Final = 0.8  # IoU of two boxes of one class that are; two faces of a crowd overlap less
SIZE_EDGES: Final = (0, 8, 16, 32, 64, 128, NET_SIZE)  # pixels at the net size
RARE_CLASS: Final = 0.05  # of the boxes

Floats = NDArray[np.float64]
Keys = NDArray[np.int64]


class Finding(TextChoices):
    """What may be wrong with a picture or its boxes."""

    NEGATIVE = "negative", _("pictures without boxes")
    ALIKE = "alike", _("near-duplicates")
    TINY = "tiny", _("tiny boxes")
    OUTLYING = "outlying", _("outlying boxes")
    OVERLAPPING = "overlapping", _("overlapping boxes of two classes")
    TWICE = "twice", _("boxes drawn twice")
    DOUBTED = "doubted", _("likely label errors")


@dataclass(frozen=True)
class ClassRow:
    box_class: BoxClass
    boxes: int
    images: int
    share: float

    @property
    def is_rare(self) -> bool:
        return self.share < RARE_CLASS


@dataclass(frozen=True)
class SizeRow:
    """Boxes whose longer side is from `low` to below `high` pixels at the net size."""

    low: int
    high: int
    boxes: int
    share: float


@dataclass(frozen=True)
class Health:
    """What the page says. `findings` holds the keys of the images concerned, likes side by side."""

    images: int
    boxes: int
    classes: tuple[ClassRow, ...]
    sizes: tuple[SizeRow, ...]
    findings: Mapping[Finding, tuple[int, ...]]


EXPLAINED: Final[Mapping[Finding, Promise]] = {
    Finding.NEGATIVE: _("They teach a network where nothing is. Look whether boxes were forgotten."),
    Finding.ALIKE: _("Nearly the same picture more than once. A version keeps them in one part of its split."),
    Finding.TINY: _("Shorter than 8 pixels once the picture is scaled to 416: hardly anything to learn from."),
    Finding.OUTLYING: _("They cover nearly the whole picture, or are far wider or higher than the others."),
    Finding.OVERLAPPING: _("Two classes for what is likely one thing."),
    Finding.TWICE: _("Two boxes of one class for what is likely one thing: it is learnt and counted twice."),
    Finding.DOUBTED: _("The active model contradicts their boxes strongly, the strongest first. Often it is right."),
}


@dataclass(frozen=True)
class BoxTable:
    """All boxes: key of the image (n,), class (n,), `xyxy` (n, 4) and picture width and height (n, 2) in pixels.
    Boxes of one image stand together."""

    images: Keys
    classes: NDArray[np.int64]
    xyxy: Floats
    pictures: Floats

    @property
    def long_sides(self) -> Floats:
        """The longer side (n,) in pixels at the net size."""
        scale = NET_SIZE / self.pictures.max(axis=1, initial=1)
        return np.asarray((self.xyxy[:, 2:] - self.xyxy[:, :2]).max(axis=1, initial=0) * scale)


def dataset_health(dataset: Dataset) -> Health:
    """Looks at all labelled pictures that have come, in four queries whatever their number."""
    ready = Image.objects.visible().filter(dataset=dataset, labelled=True).exclude(file="")
    images = list(ready.order_by("pk").values_list("pk", "sha256", "perceptual_hash"))
    classes = {each.pk: each for each in dataset.classes.all()}
    fields = ("image_id", "box_class_id", "x_min", "y_min", "x_max", "y_max", "image__width", "image__height")
    rows = Box.objects.filter(image__in=ready).order_by("image_id", "pk").values_list(*fields)
    table = box_table(list(rows))
    return Health(
        images=len(images),
        boxes=len(table.images),
        classes=class_rows(table, classes),
        sizes=size_rows(table),
        findings={
            Finding.NEGATIVE: tuple(sorted({key for key, _sha, _hash in images} - set(table.images.tolist()))),
            Finding.ALIKE: alike(images),
            Finding.TINY: _keys(table, table.long_sides < TINY),
            Finding.OUTLYING: _keys(table, outlying(table)),
            Finding.OVERLAPPING: _keys(table, overlapping(table)),
            Finding.TWICE: _keys(table, drawn_twice(table)),
            Finding.DOUBTED: tuple(likely_errors(dataset).values_list("image_id", flat=True)),
        },
    )


def box_table(rows: Sequence[tuple[float | None, ...]]) -> BoxTable:
    """Rows of image, class, left, top, right, bottom, picture width, picture height as arrays."""
    found = np.nan_to_num(np.array(rows, np.float64).reshape(-1, 8))  # None became NaN
    keys, classes = found[:, 0].astype(np.int64), found[:, 1].astype(np.int64)
    return BoxTable(keys, classes, found[:, 2:6], found[:, 6:])


def class_rows(table: BoxTable, classes: Mapping[int, BoxClass]) -> tuple[ClassRow, ...]:
    """Each class with its boxes and the pictures that show it, in the dataset's order."""
    boxes = Counter(table.classes.tolist())
    shown = np.unique(np.stack([table.classes, table.images]), axis=1)[0]
    images = Counter(shown.tolist())
    total = max(len(table.images), 1)
    return tuple(ClassRow(each, boxes[key], images[key], boxes[key] / total) for key, each in classes.items())


def size_rows(table: BoxTable) -> tuple[SizeRow, ...]:
    """How many boxes there are of each size; those as large as the net's picture count for the last."""
    sides = np.minimum(table.long_sides, NET_SIZE - 0.5)
    counts = np.histogram(sides, bins=SIZE_EDGES)[0].tolist()
    total = max(len(sides), 1)
    edges = zip(SIZE_EDGES, SIZE_EDGES[1:], counts, strict=False)
    return tuple(SizeRow(low, high, count, count / total) for low, high, count in edges)


def outlying(table: BoxTable) -> NDArray[np.bool_]:
    """Which boxes (n,) cover nearly their whole picture, or are far wider or higher than the others are."""
    if not len(table.images):
        return np.zeros(0, np.bool_)
    sizes = table.xyxy[:, 2:] - table.xyxy[:, :2]
    cover = sizes.prod(axis=1) / np.maximum(table.pictures.prod(axis=1), 1)
    ratio = np.log(sizes[:, 0] / sizes[:, 1])
    stretched = np.abs(ratio - np.median(ratio)) > np.log(MOST_STRETCH)
    return np.asarray((cover > MOST_COVER) | stretched)


def overlapping(table: BoxTable) -> NDArray[np.bool_]:
    """Which boxes (n,) lie on a box of another class of the same picture."""
    return _on_another(table, of_one_class=False, least_iou=SAME_OBJECT)


def drawn_twice(table: BoxTable) -> NDArray[np.bool_]:
    """Which boxes (n,) lie on a box of the same class of the same picture."""
    return _on_another(table, of_one_class=True, least_iou=DRAWN_TWICE)


def _on_another(table: BoxTable, *, of_one_class: bool, least_iou: float) -> NDArray[np.bool_]:
    found = np.zeros(len(table.images), np.bool_)
    first = np.arange(len(table.images))
    for step in range(1, len(table.images)):
        first = first[first + step < len(table.images)]
        first = first[table.images[first] == table.images[first + step]]
        if not len(first):
            break
        pairs = first[(table.classes[first] == table.classes[first + step]) == of_one_class]
        pairs = pairs[_ious(table.xyxy[pairs], table.xyxy[pairs + step]) >= least_iou]
        found[pairs] = found[pairs + step] = True
    return found


def alike(images: Sequence[tuple[int, str, str]]) -> tuple[int, ...]:
    """Keys of pictures that have a near-duplicate, likes side by side. Rows are key, SHA-256, perceptual hash."""
    candidates = [Candidate(str(key), sha256, hashed) for key, sha256, hashed in images]
    groups = [group for group in groups_of_alike(candidates) if len(group) > 1]
    return tuple(images[index][0] for group in groups for index in group)


def _ious(ones: Floats, others: Floats) -> Floats:
    """IoU (n,) of each box with its counterpart."""
    low, high = np.maximum(ones[:, :2], others[:, :2]), np.minimum(ones[:, 2:], others[:, 2:])
    shared = np.maximum(high - low, 0).prod(axis=1)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (ones, others)]
    return np.asarray(shared / (areas[0] + areas[1] - shared))


def _keys(table: BoxTable, chosen: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(sorted(set(table.images[chosen].tolist())))
