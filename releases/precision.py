"""In what numbers a release judges, and why it may have no int8 form or no calibration."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from releases.models import ModelRelease, Precision


@transaction.atomic
def shortfall_note(*, release: ModelRelease, name: str, sentence: str) -> None:
    """Keep why publishing gave a release no int8 form or no calibration; what it has stays as it is."""
    row = ModelRelease.objects.select_for_update().get(pk=release.pk)
    row.shortfalls = {**row.shortfalls, name: sentence}
    row.save(update_fields=["shortfalls"])


@transaction.atomic
def precision_choose(*, release: ModelRelease, precision: str, by: User | None) -> ModelRelease:
    """Let a release judge in these numbers from the next clip and picture on.

    Raises ValidationError naming the field for numbers that nobody knows, or int8 without an int8 form.
    """
    row = ModelRelease.objects.select_for_update().get(pk=release.pk)
    before, row.precision = row.precision, precision
    if precision not in Precision.values:
        known = ", ".join(Precision.values)
        raise ValidationError({"precision": _("A precision is one of %(known)s.") % {"known": known}})
    if precision == Precision.INT8 and not row.int8:
        raise ValidationError({"precision": _("%(name)s has no int8 form yet: make one first.") % {"name": row.name}})
    if before != precision:
        row.save(update_fields=["precision"])
        audit(actor=by, action="release_precision", target=row, name=row.name, before=before, after=precision)
    return row
