"""Changes of many images at once: below a limit made there and then, above it by a job, in portions."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from jobs.services import job_enqueue
from labelling.models import BULK_KIND, Box, BoxClass, BulkAction, BulkChange, Dataset, Image, VersionImage
from labelling.services.classes import classes_merge, merge_check
from labelling.services.images import images_delete, images_mark, refuse_frozen
from labelling.services.splits import fix_split_check, images_fix_split

MOST_IMAGES: Final = 2_000  # that are changed while a person waits
MOST_BOXES: Final = 5_000  # of merged classes

_AT_ONCE: Final[Mapping[str, Callable[..., int]]] = {
    BulkAction.MARK: images_mark,
    BulkAction.FIX_SPLIT: images_fix_split,
    BulkAction.DELETE: images_delete,
}


def images_change(
    *, images: QuerySet[Image], action: BulkAction, by: User, parameters: Mapping[str, Any] | None = None
) -> int | BulkChange:
    """Mark images, put them into a part or delete them: of how many that was news, or the change that a job makes.

    `parameters` are those of BulkChange. Raises ValidationError before anything is changed as the services of the
    actions do; for so many images that it takes a job also when they are of several datasets, or when another such
    change of the dataset is under way.
    """
    if images.order_by().count() <= MOST_IMAGES:
        return _AT_ONCE[action](images=images, by=by, **(parameters or {}))
    datasets = list(Dataset.objects.filter(pk__in=images.order_by().values("dataset"))[:2])
    if len(datasets) != 1:
        raise ValidationError(_("These are so many images that a job changes them: choose those of one dataset."))
    return bulk_start(dataset=datasets[0], action=action, by=by, images=images, parameters=parameters or {})


def classes_unite(*, sources: QuerySet[BoxClass], into: BoxClass, by: User) -> int | BulkChange:
    """Merge classes into another: how many boxes changed their class, or the change that a job makes.

    Raises ValidationError as classes_merge does, and while another such change of the dataset is under way.
    """
    if Box.objects.filter(box_class__in=sources.order_by()).count() <= MOST_BOXES:
        return classes_merge(sources=sources, into=into, by=by)
    merge_check(sources=sources.all(), into=into)
    chosen = list(sources.order_by("pk"))
    keys, names = [each.pk for each in chosen], [each.name for each in chosen]
    parameters = {"sources": keys, "into": into.pk, "names": names, "into_name": into.name}
    return bulk_start(dataset=into.dataset, action=BulkAction.MERGE, by=by, parameters=parameters)


@transaction.atomic
def bulk_start(
    *,
    dataset: Dataset,
    action: BulkAction,
    by: User,
    parameters: Mapping[str, Any],
    images: QuerySet[Image] | None = None,
) -> BulkChange:
    """Queue a change of many images of a dataset, those that are chosen now. Raises as images_change does."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    if dataset.bulk_changes.underway().exists():
        raise ValidationError(
            _("Another change of many images of this dataset is under way. Wait for it, or cancel it.")
        )
    if images is not None:
        _refuse(dataset, action, images, parameters)
    row = BulkChange(dataset=dataset, action=action, parameters=dict(parameters), created_by=by)
    row.image_keys = [] if images is None else list(images.order_by("pk").values_list("pk", flat=True))
    row.full_clean()
    row.save()
    row.job = job_enqueue(kind=BULK_KIND, title=str(row), owner=by, target_id=row.pk, unit=row.unit)
    row.save(update_fields=["job"])
    audit(actor=by, action="bulk_start", target=row, dataset=dataset.name, what=action, images=len(row.image_keys))
    return row


def _refuse(dataset: Dataset, action: BulkAction, images: QuerySet[Image], parameters: Mapping[str, Any]) -> None:
    if action == BulkAction.DELETE:
        refuse_frozen(VersionImage.objects.filter(image__in=images.order_by().values("pk")))
    if action == BulkAction.FIX_SPLIT:
        fix_split_check(dataset=dataset, images=images, split=parameters["split"])
