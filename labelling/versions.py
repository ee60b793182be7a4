"""Freezes datasets into the versions that training names, and hands them to training."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from labelling.anchors import version_anchors
from labelling.models import Box, Dataset, DatasetVersion, Image, Split, VersionImage
from labelling.split_plans import SHARES, locked_test_keys, split_plan
from yolo.samples import Sample

DECIMALS: Final = 3  # of a pixel, to which frozen boxes are rounded

FrozenBox = list[float]  # class index, x_min, y_min, x_max, y_max


def version_create(
    *,
    dataset: Dataset,
    by: User | None,
    seed: int = 0,
    note: str = "",
    shares: tuple[float, float, float] = SHARES,
) -> DatasetVersion:
    """Freeze the images that have come, with their boxes and a split.

    Near-duplicates of pictures in a locked test split stay out; `left_out_of` tells how many.
    Raises ValidationError when there is nothing to train on, or when fixed splits contradict each other or a lock.
    All is read before any is written: short transactions.
    """
    ready = _images(dataset)
    plan = split_plan(dataset, ready, seed=seed, shares=shares)
    images = [image for image in ready if image.pk in plan.splits]
    classes = _classes(dataset, images)
    if not classes:
        raise ValidationError(_("This dataset holds no picture with a box yet, so there is nothing to freeze."))
    splits = [plan.splits[image.pk] for image in images]
    boxes = [_frozen_boxes(image, classes) for image in images]
    hashed = content_hash(classes, images, splits, boxes)
    version = DatasetVersion(
        dataset=dataset, note=note, classes=classes, seed=seed, content_sha256=hashed, created_by=by
    )
    rows = [
        VersionImage(version=version, image=image, split=split, sha256=image.sha256, boxes=frozen)
        for image, split, frozen in zip(images, splits, boxes, strict=True)
    ]
    return _version_save(version, rows, left_out=len(plan.left_out))


@transaction.atomic
def _version_save(version: DatasetVersion, rows: Sequence[VersionImage], *, left_out: int) -> DatasetVersion:
    dataset = version.dataset
    version.number = (dataset.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version.full_clean()
    version.save()
    for row in rows:
        row.version = version
    VersionImage.objects.bulk_create(rows, batch_size=2000)
    detail = {"dataset": dataset.name, "number": version.number, "left_out": left_out}
    audit(actor=version.created_by, action="version_create", target=version, **detail)
    return version


def left_out_of(version: DatasetVersion) -> int:
    """How many pictures are ready to be frozen and not in the version.

    Of a version that was frozen just now, that is the near-duplicates of its locked test pictures.
    """
    return _ready(version.dataset).exclude(pk__in=version.images.values("image")).count()


@transaction.atomic
def version_choose_anchors(
    *, version: DatasetVersion, net_size: int, count: int, by: User | None, seed: int = 0
) -> DatasetVersion:
    """Keep anchors found in the version's train split with it. Raises ValidationError when there are too few boxes."""
    fit = version_anchors(version, net_size=net_size, count=count, seed=seed)
    version.anchors = {
        "net_size": net_size,
        "seed": seed,
        "anchors": [[round(float(side), 2) for side in anchor] for anchor in fit.anchors],
        "mean_iou": round(fit.mean_iou, 4),
    }
    version.save(update_fields=["anchors"])
    audit(actor=by, action="version_choose_anchors", target=version, net_size=net_size, count=count)
    return version


def version_current(*, dataset: Dataset, by: User | None, seed: int = 0) -> DatasetVersion:
    """The newest version while the dataset is as that froze it, else a new one."""
    newest = dataset.versions.order_by("-number").first()
    if newest is not None and is_current(newest):
        return newest
    return version_create(dataset=dataset, by=by, seed=seed)


def is_current(version: DatasetVersion) -> bool:
    """Whether its dataset still holds the same pictures with the same boxes, and asks for no other split."""
    ready = _images(version.dataset)
    frozen = {row.image_id: row for row in version.images.all()}
    images = [image for image in ready if image.pk in frozen]
    if len(images) != len(frozen) or _classes(version.dataset, images) != version.classes:
        return False
    if not all(_is_as_frozen(image, frozen[image.pk], version.classes) for image in images):
        return False
    if version.dataset.locked_test_id is None:
        return len(ready) == len(frozen)
    tested = {key for key, row in frozen.items() if row.split == Split.TEST}
    if tested != locked_test_keys(version.dataset) & {image.pk for image in ready}:
        return False
    if len(ready) == len(frozen):
        return True
    return split_plan(version.dataset, ready, seed=version.seed).splits.keys() == frozen.keys()


def _is_as_frozen(image: Image, row: VersionImage, classes: Sequence[str]) -> bool:
    now = (image.sha256, sorted(_frozen_boxes(image, classes)))
    return now == (row.sha256, sorted(row.boxes)) and image.fixed_split in {"", row.split}


def version_samples(version: DatasetVersion, split: str) -> list[Sample]:
    """The pictures of one part with their boxes; labels are indices into `version.classes`.

    Each knows the content it was frozen with: read later, a file that has changed is refused by its external ID.
    """
    rows = version.images.filter(split=split).select_related("image").order_by("image__external_id")
    return [_sample(row) for row in rows]


def content_hash(
    classes: Sequence[str], images: Sequence[Image], splits: Sequence[str], boxes: Sequence[Sequence[FrozenBox]]
) -> str:
    """SHA-256 over what training sees of a version. Row ids and the order of rows do not enter."""
    digest = hashlib.sha256(json.dumps(list(classes)).encode())
    entries = sorted(
        json.dumps([image.external_id, image.sha256, str(split), sorted(frozen)])
        for image, split, frozen in zip(images, splits, boxes, strict=True)
    )
    for entry in entries:
        digest.update(entry.encode())
    return digest.hexdigest()


def _ready(dataset: Dataset) -> QuerySet[Image]:
    """The images that a version may hold: labelled, with their picture, and visible."""
    return Image.objects.visible().filter(dataset=dataset, labelled=True).exclude(file="")


def _images(dataset: Dataset) -> list[Image]:
    boxes = Prefetch("boxes", queryset=Box.objects.select_related("box_class"))
    return list(_ready(dataset).order_by("external_id").prefetch_related(boxes))


def _classes(dataset: Dataset, images: Sequence[Image]) -> list[str]:
    """Names of the classes that have a box, in the dataset's order."""
    used = {box.box_class.name for image in images for box in image.boxes.all()}
    return [name for name in dataset.classes.values_list("name", flat=True) if name in used]


def _frozen_boxes(image: Image, classes: Sequence[str]) -> list[FrozenBox]:
    indices: Mapping[str, int] = {name: index for index, name in enumerate(classes)}
    return [[indices[box.box_class.name], *(round(value, DECIMALS) for value in box.xyxy)] for box in image.boxes.all()]


def _sample(row: VersionImage) -> Sample:
    boxes = np.asarray(row.boxes, np.float64).reshape(-1, 5)
    extents, labels = boxes[:, 1:].astype(np.float32), boxes[:, 0].astype(np.int64)
    return Sample(Path(row.image.file.path), extents, labels, name=row.image.external_id, sha256=row.sha256)
