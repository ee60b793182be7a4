"""Freezes datasets into the versions that training names, and hands them to training."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Prefetch
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from labelling.anchors import version_anchors
from labelling.models import Box, Dataset, DatasetVersion, Image, Split, VersionImage
from labelling.splitting import Candidate, split_of_each
from yolo.samples import Sample

SPLITS: Final = (Split.TRAIN, Split.VALIDATION, Split.TEST)
SHARES: Final = (0.8, 0.1, 0.1)
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

    Raises ValidationError when there is nothing to train on. All is read before any is written: short transactions.
    """
    images = _images(dataset)
    classes = _classes(dataset, images)
    if not classes:
        raise ValidationError(_("This dataset holds no picture with a box yet, so there is nothing to freeze."))
    candidates = [_candidate(image) for image in images]
    splits = [SPLITS[part] for part in split_of_each(candidates, shares=shares, seed=seed)]
    boxes = [_frozen_boxes(image, classes) for image in images]
    with transaction.atomic():
        version = DatasetVersion(
            dataset=dataset,
            number=(dataset.versions.aggregate(last=Max("number"))["last"] or 0) + 1,
            note=note,
            classes=classes,
            seed=seed,
            content_sha256=content_hash(classes, images, splits, boxes),
            created_by=by,
        )
        version.full_clean()
        version.save()
        VersionImage.objects.bulk_create(
            [
                VersionImage(version=version, image=image, split=split, sha256=image.sha256, boxes=frozen)
                for image, split, frozen in zip(images, splits, boxes, strict=True)
            ],
            batch_size=2000,
        )
        audit(actor=by, action="version_create", target=version, dataset=dataset.name, number=version.number)
    return version


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
    """Whether its dataset still holds the same pictures with the same boxes."""
    images = _images(version.dataset)
    if _classes(version.dataset, images) != version.classes:
        return False
    now = {image.pk: (image.sha256, sorted(_frozen_boxes(image, version.classes))) for image in images}
    frozen = {row.image_id: (row.sha256, sorted(row.boxes)) for row in version.images.all()}
    return now == frozen


def version_samples(version: DatasetVersion, split: str) -> list[Sample]:
    """The pictures of one part with their boxes; labels are indices into `version.classes`."""
    rows = version.images.filter(split=split).select_related("image").order_by("image__external_id")
    return [_sample(Path(row.image.file.path), row.boxes) for row in rows]


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


def _images(dataset: Dataset) -> list[Image]:
    boxes = Prefetch("boxes", queryset=Box.objects.select_related("box_class"))
    ready = Image.objects.visible().filter(dataset=dataset, labelled=True).exclude(file="")
    return list(ready.order_by("external_id").prefetch_related(boxes))


def _classes(dataset: Dataset, images: Sequence[Image]) -> list[str]:
    """Names of the classes that have a box, in the dataset's order."""
    used = {box.box_class.name for image in images for box in image.boxes.all()}
    return [name for name in dataset.classes.values_list("name", flat=True) if name in used]


def _candidate(image: Image) -> Candidate:
    return Candidate(
        key=image.external_id,
        sha256=image.sha256,
        perceptual_hash=image.perceptual_hash,
        classes=frozenset(box.box_class.name for box in image.boxes.all()),
    )


def _frozen_boxes(image: Image, classes: Sequence[str]) -> list[FrozenBox]:
    indices: Mapping[str, int] = {name: index for index, name in enumerate(classes)}
    return [[indices[box.box_class.name], *(round(value, DECIMALS) for value in box.xyxy)] for box in image.boxes.all()]


def _sample(path: Path, boxes: Sequence[FrozenBox]) -> Sample:
    rows = np.asarray(boxes, np.float64).reshape(-1, 5)
    return Sample(path, rows[:, 1:].astype(np.float32), rows[:, 0].astype(np.int64))
