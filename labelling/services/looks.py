"""Looks at exports that nobody confirms are forgotten with the files that were sent for them, or at once when asked."""

import logging
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from labelling.models import LOOK_DISCARD, LOOK_EXPIRE, ImportSkip, LabelImport, LabelImportQuerySet
from labelling.services.files import delete_files_on_commit

BATCH: Final = 2_000  # of what a look skipped, forgotten in one transaction

logger = logging.getLogger(__name__)


def looks_sweep() -> int:
    """Forget the looks whose time is over; how many it were."""
    over = LabelImport.objects.looks_over()
    forgotten = sum(_forgotten(over, key, by=None) for key in list(over.values_list("pk", flat=True)))
    if forgotten:
        logger.info("forgot %s looks at exports that nobody confirmed", forgotten)
    return forgotten


def look_discard(*, look: LabelImport, by: User) -> None:
    """Forget a look now, with the files that were sent for it.

    Raises ValidationError where it is no look, no longer one, or still being taken.
    """
    if not _forgotten(LabelImport.objects.looks_ended(), look.pk, by=by):
        raise ValidationError(_("Only a look that has ended, and was not imported, can be discarded."))


def _forgotten(looks: LabelImportQuerySet, key: int, *, by: User | None) -> bool:
    """Forget one of these looks in short transactions; False where it was confirmed, or forgotten, meanwhile."""
    while _skips_forgotten(looks, key):
        pass
    return _look_forgotten(looks, key, by)


@transaction.atomic
def _skips_forgotten(looks: LabelImportQuerySet, key: int) -> int:
    """Forget some of what a look skipped; how many, 0 once none is left or the look is none of these any more."""
    row = _locked(looks, key)
    keys = list(row.skips.values_list("pk", flat=True)[:BATCH]) if row else []
    ImportSkip.objects.filter(pk__in=keys).delete()
    return len(keys)


@transaction.atomic
def _look_forgotten(looks: LabelImportQuerySet, key: int, by: User | None) -> bool:
    """Forget the look itself, if it is still one of these."""
    row = _locked(looks, key)
    if row is None:
        return False
    detail = {"dataset": row.dataset.name, "dataset_id": row.dataset_id, "export": row.export_name}
    audit(actor=by, action=LOOK_DISCARD if by else LOOK_EXPIRE, target=row, **detail)
    files = [file.name for file in (row.export, row.pictures) if file]
    row.delete()
    delete_files_on_commit(files)
    return True


def _locked(looks: LabelImportQuerySet, key: int) -> LabelImport | None:
    return looks.select_for_update(of=("self",)).select_related("dataset").filter(pk=key).first()
