"""Anchors of a dataset: its box sizes at the net size that training will use, clustered and looked at."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labelling.models import Box, Dataset, DatasetVersion, Image, Split, VersionImage
from yolo.anchors import COCO_ANCHORS, AnchorFit, Floats, kmeans_anchors, size_ious, sizes_at

MOST_ANCHORS: Final = 12
FEW: Final = 0.01  # an anchor that stands for a smaller share of the boxes is hardly trained
SHOWN: Final = 2000  # boxes in the scatter
SCALES: Final = (gettext_lazy("fine"), gettext_lazy("middle"), gettext_lazy("coarse"))


@dataclass(frozen=True)
class AnchorRow:
    """One anchor: width and height in pixels at the net size, its scale, and its share of the boxes."""

    width: float
    height: float
    scale: Promise | str
    share: float
    is_rare: bool


@dataclass(frozen=True)
class ScaleRow:
    """One scale of the network and the share of the boxes that its anchors fit best."""

    name: Promise | str
    anchors: int
    share: float


@dataclass(frozen=True)
class AnchorSet:
    """Anchors held against boxes: each box counts for the anchor with which its IoU is the highest."""

    mean_iou: float
    anchors: tuple[AnchorRow, ...]
    scales: tuple[ScaleRow, ...]

    @property
    def warnings(self) -> list[str]:
        """Sentences about scales without boxes and anchors for hardly any."""
        empty = [
            _("The %(scale)s scale gets no boxes: it costs time and learns nothing.") % {"scale": each.name}
            for each in self.scales
            if each.share == 0
        ]
        rare = [
            _("Anchor %(number)d stands for fewer than 1%% of the boxes.") % {"number": number}
            for number, each in enumerate(self.anchors, start=1)
            if each.is_rare
        ]
        return empty + rare


@dataclass(frozen=True)
class AnchorLab:
    """What the page of anchors shows. `sweep` has the number of anchors and the mean IoU of their best fit;
    `sample` is width and height of some boxes in pixels at the net size."""

    boxes: int
    sweep: tuple[tuple[int, float], ...]
    fitted: AnchorSet
    coco: AnchorSet
    sample: tuple[tuple[float, float], ...]


def dataset_anchors(dataset: Dataset, *, net_size: int, count: int = 9, seed: int = 0) -> AnchorFit:
    """`count` anchors for the dataset's boxes; ValidationError when there are too few different boxes."""
    return _fit(dataset_sizes(dataset, net_size=net_size), count=count, seed=seed)


def version_anchors(version: DatasetVersion, *, net_size: int, count: int = 9, seed: int = 0) -> AnchorFit:
    """The same for the train split of a version, which is what training sees."""
    return _fit(version_sizes(version, net_size=net_size), count=count, seed=seed)


def anchor_lab(sizes: Floats, *, count: int, seed: int = 0) -> AnchorLab:
    """Sweeps 1 to 12 anchors over box sizes (n, 2), and holds `count` of them and COCO's against the boxes.

    Raises ValidationError when there are too few different boxes for `count` anchors.
    """
    chosen = _fit(sizes, count=count, seed=seed)
    fits = {count: chosen}
    for each in range(1, MOST_ANCHORS + 1):
        try:
            fits.setdefault(each, kmeans_anchors(sizes, count=each, seed=seed))
        except ValueError:
            break  # fewer different sizes than anchors
    picked = np.random.default_rng(0).permutation(len(sizes))[:SHOWN]
    return AnchorLab(
        boxes=len(sizes),
        sweep=tuple((each, fits[each].mean_iou) for each in sorted(fits)),
        fitted=anchor_set(sizes, chosen.anchors),
        coco=anchor_set(sizes, np.array(COCO_ANCHORS, np.float64)),
        sample=tuple((round(width, 1), round(height, 1)) for width, height in sizes[picked].tolist()),
    )


def anchor_set(sizes: Floats, anchors: Floats) -> AnchorSet:
    """Anchors (k, 2), sorted by area, held against box sizes (n, 2). The scales share them as evenly as may be."""
    ious = size_ious(sizes, anchors)
    shares = np.bincount(ious.argmax(axis=1), minlength=len(anchors)) / len(sizes)
    parts = np.array_split(np.arange(len(anchors)), len(SCALES))
    names = [name for name, part in zip(SCALES, parts, strict=True) for _each in part]
    rows = [
        AnchorRow(float(width), float(height), name, float(share), bool(share < FEW))
        for (width, height), name, share in zip(anchors, names, shares, strict=True)
    ]
    scales = [ScaleRow(name, len(part), float(shares[part].sum())) for name, part in zip(SCALES, parts, strict=True)]
    return AnchorSet(float(ious.max(axis=1).mean()), tuple(rows), tuple(scales))


def dataset_sizes(dataset: Dataset, *, net_size: int) -> Floats:
    """Width and height (n, 2) in pixels at the net size of all boxes on pictures that have come."""
    images = Image.objects.visible().filter(dataset=dataset).exclude(file="")
    rows = (
        Box.objects.filter(image__in=images)
        .order_by("image__external_id", "pk")
        .values_list("x_min", "y_min", "x_max", "y_max", "image__width", "image__height")
    )
    found = np.array(list(rows), np.float64).reshape(-1, 6)
    return sizes_at(net_size, found[:, :4], found[:, 4:])


def version_sizes(version: DatasetVersion, *, net_size: int) -> Floats:
    """Width and height (n, 2) in pixels at the net size of the boxes that a training on the version learns."""
    boxes: list[list[float]] = []
    pictures: list[tuple[int, int]] = []
    frozen = VersionImage.objects.filter(version=version, split=Split.TRAIN)
    for rows, width, height in frozen.values_list("boxes", "image__width", "image__height"):
        boxes += [row[1:] for row in rows]
        pictures += [(width or 0, height or 0)] * len(rows)
    return sizes_at(net_size, boxes, pictures)


def _fit(sizes: Floats, *, count: int, seed: int) -> AnchorFit:
    try:
        return kmeans_anchors(sizes, count=count, seed=seed)
    except ValueError as error:
        raise ValidationError(_("No anchors can be found: %(reason)s") % {"reason": error}) from error
