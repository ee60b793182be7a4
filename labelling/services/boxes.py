"""Every write about boxes that a person asks for."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from labelling.models import Box, Image


@transaction.atomic
def box_change(*, box: Box, by: User) -> Box:
    """Keep a box as a person changed it. Raises ValidationError for one that cannot be."""
    box.full_clean()
    box_check(box)
    box.save()
    _mark_edited([box])
    audit(actor=by, action="box_change", target=box, image=box.image_id, box_class=box.box_class.name, xyxy=box.xyxy)
    return box


def box_check(box: Box) -> None:
    """Refuse, with ValidationError, a box that reaches out of its picture or is of another dataset's class."""
    image = box.image
    if image.width and image.height and (box.x_max > image.width or box.y_max > image.height):
        size = {"width": image.width, "height": image.height}
        raise ValidationError(_("The box reaches out of its picture of %(width)d x %(height)d pixels.") % size)
    if box.box_class.dataset_id != image.dataset_id:
        raise ValidationError(_("This class belongs to another dataset."))


@transaction.atomic
def boxes_delete(*, boxes: QuerySet[Box], by: User) -> int:
    """Delete boxes; how many."""
    rows = list(boxes.select_related("box_class"))
    for box in rows:
        audit(
            actor=by, action="box_delete", target=box, image=box.image_id, box_class=box.box_class.name, xyxy=box.xyxy
        )
    boxes.delete()
    _mark_edited(rows)
    return len(rows)


def _mark_edited(boxes: Iterable[Box]) -> None:
    """Keep imports from putting back what a person changed."""
    Image.objects.filter(pk__in={box.image_id for box in boxes}).update(edited_at=timezone.now())
