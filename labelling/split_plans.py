"""The part that each picture gets in the next version of a dataset: by hand, by a locked test split, else dealt."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labelling.models import Dataset, Image, Split, VersionImage
from labelling.splitting import Candidate, SplitConflict, groups_of_alike, split_of_each

SPLITS: Final = (Split.TRAIN, Split.VALIDATION, Split.TEST)
SHARES: Final = (0.8, 0.1, 0.1)
TEST: Final = SPLITS.index(Split.TEST)
NAMED: Final = 3  # pictures that a message names


@dataclass(frozen=True)
class SplitPlan:
    """Splits by the keys of images. Those left out are near-duplicates of pictures of the locked test split."""

    splits: Mapping[int, Split]
    left_out: frozenset[int]


def split_plan(
    dataset: Dataset, images: Sequence[Image], *, seed: int, shares: tuple[float, float, float] = SHARES
) -> SplitPlan:
    """What the images (with their boxes and classes prefetched) would be in a version frozen now.

    With a locked test split exactly its pictures are tested on. The others are dealt to train and validation alone,
    without near-duplicates of test pictures, which would give away what the test asks.
    Raises ValidationError when splits set by hand contradict each other or the lock.
    """
    candidates = [candidate_of(image) for image in images]
    locked = locked_test_keys(dataset) & {image.pk for image in images}
    left_out: frozenset[int] = frozenset()
    if dataset.locked_test_id is not None:
        refuse_against_lock(images, locked)
        left_out = _twins_of(locked, images, candidates)
        shares = _without_test(shares)
    free = [index for index, image in enumerate(images) if image.pk not in locked | left_out]
    try:
        dealt = split_of_each([candidates[index] for index in free], shares=shares, seed=seed)
    except SplitConflict as conflict:
        first, second = conflict.keys
        raise ValidationError(
            _("%(first)s and %(second)s are near-duplicates, but their fixed splits differ. Give both the same.")
            % {"first": first, "second": second}
        ) from conflict
    splits = dict.fromkeys(locked, Split.TEST)
    splits |= {images[index].pk: SPLITS[part] for index, part in zip(free, dealt, strict=True)}
    return SplitPlan(splits, left_out)


def candidate_of(image: Image) -> Candidate:
    """What the split looks at of an image with its boxes and their classes prefetched."""
    return Candidate(
        key=image.external_id,
        sha256=image.sha256,
        perceptual_hash=image.perceptual_hash,
        boxes=Counter(box.box_class.name for box in image.boxes.all()),
        part=SPLITS.index(Split(image.fixed_split)) if image.fixed_split else None,
    )


def locked_test_keys(dataset: Dataset) -> set[int]:
    """Keys of the images that the locked test split holds; none where no split is locked."""
    if dataset.locked_test_id is None:
        return set()
    frozen = VersionImage.objects.filter(version=dataset.locked_test_id, split=Split.TEST)
    return set(frozen.values_list("image", flat=True))


def refuse_against_lock(images: Sequence[Image], locked: Collection[int]) -> None:
    """Raise ValidationError where an image's fixed split contradicts that only the locked ones are tested on."""
    joining = [image for image in images if image.fixed_split == Split.TEST and image.pk not in locked]
    leaving = [image for image in images if image.fixed_split not in {"", Split.TEST} and image.pk in locked]
    if not (joining or leaving):
        return
    wrong = joining + leaving
    message = ngettext(
        "The test split is locked, and the fixed split of one picture contradicts it: %(names)s. Clear that fixed "
        "split, or unlock the test split on the page of the dataset.",
        "The test split is locked, and the fixed splits of %(count)d pictures contradict it: %(names)s. Clear those "
        "fixed splits, or unlock the test split on the page of the dataset.",
        len(wrong),
    )
    names = ", ".join(image.external_id for image in wrong[:NAMED]) + (" …" if len(wrong) > NAMED else "")
    raise ValidationError(message % {"count": len(wrong), "names": names})


def _twins_of(locked: Collection[int], images: Sequence[Image], candidates: Sequence[Candidate]) -> frozenset[int]:
    """Keys of the images that are not locked, but in one group of near-duplicates with one that is."""
    groups = ([images[index].pk for index in group] for group in groups_of_alike(candidates))
    return frozenset(key for group in groups if any(key in locked for key in group) for key in group) - set(locked)


def _without_test(shares: tuple[float, float, float]) -> tuple[float, float, float]:
    train, validation, _test = shares
    return train / (train + validation), validation / (train + validation), 0.0
