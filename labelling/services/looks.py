"""Looks at exports that nobody confirms are forgotten, with the files that were sent for them."""

import logging
from typing import Final

from django.db import transaction

from accounts.services import audit
from labelling.models import LOOK_EXPIRE, ImportSkip, LabelImport
from labelling.services.files import delete_files_on_commit

BATCH: Final = 2_000  # of what a look skipped, forgotten in one transaction

logger = logging.getLogger(__name__)


def looks_sweep() -> int:
    """Forget the looks whose time is over; how many it were."""
    forgotten = 0
    for key in list(LabelImport.objects.looks_over().values_list("pk", flat=True)):
        while _skips_forgotten(key):
            pass
        forgotten += _look_forgotten(key)
    if forgotten:
        logger.info("forgot %s looks at exports that nobody confirmed", forgotten)
    return forgotten


@transaction.atomic
def _skips_forgotten(key: int) -> int:
    """Forget some of what a look skipped; how many, 0 once none is left or the look was confirmed meanwhile."""
    row = _locked(key)
    keys = list(row.skips.values_list("pk", flat=True)[:BATCH]) if row else []
    ImportSkip.objects.filter(pk__in=keys).delete()
    return len(keys)


@transaction.atomic
def _look_forgotten(key: int) -> bool:
    """Forget the look itself, unless it was confirmed meanwhile."""
    row = _locked(key)
    if row is None:
        return False
    detail = {"dataset": row.dataset.name, "dataset_id": row.dataset_id, "export": row.export_name}
    audit(actor=None, action=LOOK_EXPIRE, target=row, **detail)
    files = [file.name for file in (row.export, row.pictures) if file]
    row.delete()
    delete_files_on_commit(files)
    return True


def _locked(key: int) -> LabelImport | None:
    over = LabelImport.objects.looks_over().select_for_update(of=("self",))
    return over.select_related("dataset").filter(pk=key).first()
