"""Every write about what an import skipped: kept apart from its report, which only counts and shows the first."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Final

from labelling.labelbox import SkippedRecord
from labelling.models import ImportSkip, LabelImport
from labelling.outcomes import Outcome

BATCH: Final = 2_000  # rows that one transaction deletes


def skips_add(*, label_import: LabelImport, outcomes: Iterable[Outcome]) -> None:
    """Keep the records that brought nothing, and the objects that became no box."""
    ImportSkip.objects.bulk_create(skip for outcome in outcomes for skip in _skips(label_import, outcome))


def skips_forget(*, label_import: LabelImport, transaction_of: Callable[[], AbstractContextManager[None]]) -> None:
    """Forget what an attempt before this one skipped, in portions."""
    while keys := list(label_import.skips.values_list("pk", flat=True)[:BATCH]):
        with transaction_of():
            ImportSkip.objects.filter(pk__in=keys).delete()


def _skips(label_import: LabelImport, outcome: Outcome) -> Iterator[ImportSkip]:
    if isinstance(outcome, SkippedRecord):
        yield ImportSkip(
            label_import=label_import,
            row=outcome.row,
            record_id=outcome.id,
            reason=outcome.reason,
            message=outcome.message,
        )
    for each in outcome.skipped_objects:
        yield ImportSkip(
            label_import=label_import, of_object=True, row=each.row, reason=each.reason, message=each.message
        )
