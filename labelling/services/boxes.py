"""Every write about boxes that a person asks for.

Two people never overwrite each other: whoever changes a box names the revision that the change was
made on, and is told by BoxConflict when the box has moved on since. The image is locked before its
boxes, by everything that writes boxes, so that nobody waits in a circle.
"""

import math
from collections.abc import Sequence
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from labelling.models import Box, BoxChange, BoxClass, Image
from labelling.pace import portions
from labelling.services.history import Change, box_state, created, deleted, record_changes

XYXY = tuple[float, float, float, float]
EDGES: Final = ("x_min", "y_min", "x_max", "y_max")


class BoxConflict(Exception):
    """A box is no longer what a change was made on: `current` is what it is now, None when it was deleted."""

    def __init__(self, current: Box | None) -> None:
        said = _("Somebody else has changed this box.") if current else _("Somebody else has deleted this box.")
        super().__init__(said)
        self.current = current


@transaction.atomic
def box_create(*, image: Image, box_class: BoxClass, xyxy: XYXY, by: User | None, source: BoxChange.Source) -> Box:
    """Draw a box: xyxy in pixels of the upright picture. Its `image` carries the new revision.

    Raises ValidationError for a box that reaches out of its picture, has no area or is of another dataset's class.
    """
    box = _placed(Box(image=_locked(image.pk), box_class=box_class), xyxy)
    box_check(box)
    box.save()
    record_changes(changes=[created(box)], source=source, by=by)
    box.image.refresh_from_db(fields=["revision", "edited_at"])
    return box


@transaction.atomic
def box_update(
    *,
    box_id: int,
    revision: int,
    by: User,
    source: BoxChange.Source,
    box_class: BoxClass | None = None,
    xyxy: XYXY | None = None,
) -> Box:
    """Give a box another class or place, or both; one that gets what it has keeps its revision and is not on record.

    Raises BoxConflict when `revision` is not the box's, and ValidationError as box_create does.
    """
    box = _taken(box_id, revision)
    before = box_state(box)
    box.box_class = box_class or box.box_class
    _placed(box, xyxy or box.xyxy)
    after = box_state(box)
    if after == before:
        box.revision = revision
    box_check(box, moved=after["xyxy"] != before["xyxy"])
    box.save()
    if after != before:
        change = Change(image_id=box.image_id, box_key=box.pk, before=before, after=after)
        record_changes(changes=[change], source=source, by=by)
        box.image.refresh_from_db(fields=["revision", "edited_at"])
    return box


@transaction.atomic
def box_remove(*, box_id: int, revision: int, by: User, source: BoxChange.Source) -> Image:
    """Delete a box; its image with the new revision. Raises BoxConflict when `revision` is not the box's."""
    box = _taken(box_id, revision)
    change = deleted(box)
    box.delete()
    record_changes(changes=[change], source=source, by=by)
    box.image.refresh_from_db(fields=["revision", "edited_at"])
    return box.image


def box_change(*, box: Box, by: User) -> Box:
    """Keep a box as a person changed it in the administration. Raises as box_update does."""
    return box_update(
        box_id=box.pk,
        revision=box.revision,
        by=by,
        source=BoxChange.Source.ADMIN,
        box_class=box.box_class,
        xyxy=box.xyxy,
    )


def boxes_delete(*, boxes: QuerySet[Box], by: User) -> int:
    """Delete boxes in the administration, whatever their revision; how many.

    In portions, so that nobody waits long for the database: broken off, it has deleted a part, each box on record.
    """
    keys = list(boxes.order_by("pk").values_list("pk", flat=True))
    return sum(_boxes_deleted(portion, by) for portion in portions(keys))


@transaction.atomic
def _boxes_deleted(keys: Sequence[int], by: User) -> int:
    """Delete those boxes of these keys that are still there, images locked before their boxes as everywhere."""
    chosen = Box.objects.filter(pk__in=keys)
    images = Image.objects.filter(pk__in=chosen.order_by().values("image")).order_by("pk")
    list(images.select_for_update(no_key=True).values_list("pk"))
    rows = list(chosen.select_related("box_class"))
    Box.objects.filter(pk__in=[box.pk for box in rows]).delete()
    record_changes(changes=[deleted(box) for box in rows], source=BoxChange.Source.ADMIN, by=by)
    return len(rows)


def box_check(box: Box, *, moved: bool = True) -> None:
    """Refuse, with ValidationError, a box that is not inside its picture or is of another dataset's class.

    One that was not `moved` may lie in a picture that is still to come.
    """
    if moved:
        _check_place(box)
    if box.box_class.dataset_id != box.image.dataset_id:
        raise ValidationError(_("This class belongs to another dataset."))


def _check_place(box: Box) -> None:
    width, height = box.image.width, box.image.height
    if not width or not height:
        raise ValidationError(_("The picture of this image has not come yet: nobody knows where a box may be."))
    if not all(math.isfinite(value) for value in box.xyxy):
        raise ValidationError(_("The edges of a box are finite numbers."))
    if box.x_max <= box.x_min or box.y_max <= box.y_min:
        raise ValidationError(_("The box has no area: right and bottom come after left and top."))
    if box.x_min < 0 or box.y_min < 0 or box.x_max > width or box.y_max > height:
        size = {"width": width, "height": height}
        raise ValidationError(_("The box reaches out of its picture of %(width)d x %(height)d pixels.") % size)


def _locked(image_id: int) -> Image:
    """The image, kept from other writers of its boxes until the transaction ends."""
    return Image.objects.select_for_update(no_key=True).get(pk=image_id)


def _taken(box_id: int, revision: int) -> Box:
    """The box with its next revision, given to one caller only of those that name the same revision.

    Raises BoxConflict for all others.
    """
    image = Image.objects.select_for_update(of=("self",), no_key=True).filter(boxes=box_id).first()
    taken = Box.objects.filter(pk=box_id, revision=revision).update(revision=F("revision") + 1)
    box = Box.objects.select_related("box_class").filter(pk=box_id).first()
    if box is None or image is None or not taken:
        raise BoxConflict(box)
    box.image = image
    return box


def _placed(box: Box, xyxy: XYXY) -> Box:
    for edge, value in zip(EDGES, xyxy, strict=True):
        setattr(box, edge, value)
    return box
