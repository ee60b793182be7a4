"""Every write about which part of the split pictures belong to."""

from collections.abc import Mapping
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.services import audit
from labelling.models import Dataset, DatasetVersion, Image, Split
from labelling.split_plans import locked_test_keys, refuse_against_lock

NAMED: Final = 10


@transaction.atomic
def images_fix_split(*, images: QuerySet[Image], split: str, by: User | None) -> int:
    """Put images into a part that new versions keep, or with "" into none; how many.

    Raises ValidationError for an unknown part, or when a locked test split would gain or lose a picture by it.
    """
    chosen = Image.objects.filter(pk__in=images.order_by().values("pk"))
    datasets = list(Dataset.objects.filter(pk__in=chosen.order_by().values("dataset")))
    for dataset in datasets:
        fix_split_check(dataset=dataset, images=chosen.filter(dataset=dataset), split=split)
    counts = {dataset.pk: chosen.filter(dataset=dataset).update(fixed_split=split) for dataset in datasets}
    for dataset in datasets:
        audit(actor=by, action="images_fix_split", target=dataset, split=split, images=counts[dataset.pk])
    return sum(counts.values())


@transaction.atomic
def splits_fix(*, dataset: Dataset, splits: Mapping[str, str], by: User | None) -> int:
    """Put pictures of a dataset, by their names, into parts that new versions keep; how many.

    Raises ValidationError where the dataset lacks one of them, and as images_fix_split does.
    """
    keys = dict(Image.objects.visible().filter(dataset=dataset).values_list("external_id", "pk"))
    lacking = [name for name in splits if name not in keys]
    if lacking:
        raise ValidationError(
            ngettext(
                "%(dataset)s has no picture %(names)s.",
                "%(dataset)s lacks %(n)d of these pictures: %(names)s.",
                len(lacking),
            )
            % {"dataset": dataset.name, "n": len(lacking), "names": ", ".join(lacking[:NAMED])}
        )
    for split in Split.values:
        named = [keys[name] for name, part in splits.items() if part == split]
        images_fix_split(images=Image.objects.filter(pk__in=named), split=split, by=by)
    return len(splits)


def fix_split_check(*, dataset: Dataset, images: QuerySet[Image], split: str) -> None:
    """Raise ValidationError where these images of a dataset may not be put into a part, as images_fix_split says."""
    if split not in {"", *Split.values}:
        raise ValidationError(_("%(split)s is no part of a split.") % {"split": split})
    if not split or dataset.locked_test_id is None:
        return
    rows = list(images.only("pk", "external_id"))
    for image in rows:
        image.fixed_split = split
    refuse_against_lock(rows, locked_test_keys(dataset))


@transaction.atomic
def test_split_lock(*, version: DatasetVersion, by: User | None) -> Dataset:
    """Let later versions test on what this one tests on. Raises ValidationError when it tests on nothing."""
    if not version.images.filter(split=Split.TEST).exists():
        raise ValidationError(_("This version tests on no picture, so there is nothing to lock."))
    dataset = Dataset.objects.select_for_update().get(pk=version.dataset_id)
    dataset.locked_test = version
    dataset.save(update_fields=["locked_test"])
    audit(actor=by, action="test_split_lock", target=dataset, dataset=dataset.name, number=version.number)
    return dataset


@transaction.atomic
def test_split_unlock(*, dataset: Dataset, by: User | None) -> Dataset:
    """Let later versions deal out their test split anew."""
    dataset = Dataset.objects.select_for_update(of=("self",)).select_related("locked_test").get(pk=dataset.pk)
    if dataset.locked_test is None:
        return dataset
    number = dataset.locked_test.number
    dataset.locked_test = None
    dataset.save(update_fields=["locked_test"])
    audit(actor=by, action="test_split_unlock", target=dataset, dataset=dataset.name, number=number)
    return dataset
