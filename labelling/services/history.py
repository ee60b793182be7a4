"""The record of every change of a box, whichever way it was made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from labelling.models import Box, BoxChange, Image, LabelImport
from labelling.services.opinions import opinions_refresh_all

BATCH: Final = 500
NO_CORRECTION: Final = {BoxChange.Source.IMPORT, BoxChange.Source.CLASS_MERGE}  # nobody looked at these boxes

BoxState = dict[str, Any]  # {"class": name, "xyxy": [x_min, y_min, x_max, y_max] in pixels of the upright picture}


@dataclass(frozen=True)
class Change:
    """What became of one box: `before` is None for one drawn anew, `after` for one deleted."""

    image_id: int
    box_key: int
    before: BoxState | None
    after: BoxState | None

    @property
    def kind(self) -> BoxChange.Kind:
        if self.before is None:
            return BoxChange.Kind.CREATED
        return BoxChange.Kind.DELETED if self.after is None else BoxChange.Kind.CHANGED


def box_state(box: Box) -> BoxState:
    """What a box says, as the record keeps it. Reads the name of its class."""
    return {"class": box.box_class.name, "xyxy": list(box.xyxy)}


def created(box: Box) -> Change:
    return Change(image_id=box.image_id, box_key=box.pk, before=None, after=box_state(box))


def deleted(box: Box) -> Change:
    """To be called while the box still has its key."""
    return Change(image_id=box.image_id, box_key=box.pk, before=box_state(box), after=None)


@transaction.atomic
def record_changes(
    *, changes: Sequence[Change], source: BoxChange.Source, by: User | None, label_import: LabelImport | None = None
) -> None:
    """Put changes of boxes on record, let the revisions of their images grow, for editors to notice, and have
    what releases say of these images follow.

    To be called in the transaction that makes the changes, after them. What an import or a merge of classes changed
    stays open to later imports; images that were changed any other way count as edited, and imports leave their
    boxes alone.
    """
    rows = [
        BoxChange(
            image_id=change.image_id,
            box_key=change.box_key,
            kind=change.kind,
            source=source,
            before=change.before,
            after=change.after,
            by=by,
            label_import=label_import,
        )
        for change in changes
    ]
    BoxChange.objects.bulk_create(rows, batch_size=BATCH)
    keys = sorted({change.image_id for change in changes})
    for start in range(0, len(keys), BATCH):
        _images_follow(keys[start : start + BATCH], edited=source not in NO_CORRECTION)


def _images_follow(keys: Sequence[int], *, edited: bool) -> None:
    values: dict[str, Any] = {"revision": F("revision") + 1}
    if edited:
        values["edited_at"] = timezone.now()
    Image.objects.filter(pk__in=keys).update(**values)
    opinions_refresh_all(keys=keys)
