"""Every write about classes: given another name, and merged."""

from collections.abc import Sequence
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.deletion import RestrictedError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from labelling.models import Box, BoxChange, BoxClass, Image, Proposal
from labelling.services.history import Change, box_state, record_changes

BATCH: Final = 500  # boxes that one transaction moves
ATTEMPTS: Final = 5  # to delete classes into which others draw meanwhile


@transaction.atomic
def class_rename(*, box_class: BoxClass, name: str, by: User) -> BoxClass:
    """Call a class by another name. Raises ValidationError when the dataset has a class of that name.

    Frozen versions keep the name they were frozen with.
    """
    before = BoxClass.objects.select_for_update().get(pk=box_class.pk)
    box_class.name = name.strip()
    box_class.dataset_id = before.dataset_id
    if before.dataset.classes.exclude(pk=before.pk).filter(name=box_class.name).exists():
        raise ValidationError(
            {"name": _("There is a class %(name)s already: merge the two instead.") % {"name": box_class.name}}
        )
    box_class.full_clean()
    box_class.save(update_fields=["name"])
    audit(actor=by, action="class_rename", target=box_class, before=before.name, after=box_class.name)
    return box_class


def classes_merge(*, sources: QuerySet[BoxClass], into: BoxClass, by: User) -> int:
    """Give all boxes and proposals of some classes to another and delete those classes; how many boxes.

    In portions, so that nobody waits long for the database: broken off, it has moved a part, each box with its
    record, and can be started again. Frozen versions keep the classes they were frozen with.
    Raises ValidationError for a class of another dataset, or one merged into itself.
    """
    rows = list(sources.order_by("pk"))
    if any(row.dataset_id != into.dataset_id for row in rows):
        raise ValidationError(_("Only classes of one dataset can be merged."))
    if into in rows:
        raise ValidationError(_("A class cannot be merged into itself."))
    moved = _boxes_moved(rows, into, by)
    for _attempt in range(ATTEMPTS):
        try:
            _classes_deleted(rows, into, by, moved)
            return moved
        except RestrictedError:  # somebody has drawn a box of such a class meanwhile
            moved += _boxes_moved(rows, into, by)
    raise ValidationError(_("Boxes of these classes are being drawn just now. Try again later."))


def _boxes_moved(sources: Sequence[BoxClass], into: BoxClass, by: User) -> int:
    moved = 0
    while portion := _portion_moved(sources, into, by):
        moved += portion
    return moved


@transaction.atomic
def _portion_moved(sources: Sequence[BoxClass], into: BoxClass, by: User) -> int:
    """Move some boxes, images locked before their boxes as everywhere; how many, 0 once none is left."""
    found = Box.objects.filter(box_class__in=sources).order_by("pk").values_list("pk", "image")[:BATCH]
    keys = dict(found)
    images = Image.objects.filter(pk__in=set(keys.values())).order_by("pk")
    list(images.select_for_update(no_key=True).values_list("pk"))
    boxes = list(Box.objects.filter(pk__in=keys, box_class__in=sources).select_related("box_class"))
    changes = [
        Change(image_id=box.image_id, box_key=box.pk, before=state, after={**state, "class": into.name})
        for box in boxes
        for state in [box_state(box)]
    ]
    Box.objects.filter(pk__in=[box.pk for box in boxes]).update(box_class=into, revision=F("revision") + 1)
    record_changes(changes=changes, source=BoxChange.Source.CLASS_MERGE, by=by)
    return len(boxes)


@transaction.atomic
def _classes_deleted(sources: Sequence[BoxClass], into: BoxClass, by: User, moved: int) -> None:
    """Raises RestrictedError while one of them still has a box."""
    names = [row.name for row in sources]
    Proposal.objects.filter(box_class__in=sources).update(box_class=into)
    BoxClass.objects.filter(pk__in=[row.pk for row in sources]).delete()
    audit(actor=by, action="classes_merge", target=into, merged=names, into=into.name, boxes=moved)
