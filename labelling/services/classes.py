"""Every write about classes: made, given another name, and merged. Their former names are kept, for later imports."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.deletion import RestrictedError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from labelling.class_names import OUR_CLASSES, name_key
from labelling.models import Box, BoxChange, BoxClass, ClassAlias, Dataset, Image, Proposal
from labelling.pace import Pace
from labelling.services.history import Change, box_state, record_changes

ATTEMPTS: Final = 5  # to delete classes into which others draw meanwhile

Opens = Callable[[], AbstractContextManager[None]]  # a transaction


def class_add(*, dataset: Dataset, name: str, position: int) -> BoxClass:
    """A new class of a dataset, in a colour that few of its others have."""
    colour = dataset.classes.next_colour()
    return BoxClass.objects.create(dataset=dataset, name=name, position=position, colour=colour)


@transaction.atomic
def class_create(*, dataset: Dataset, name: str, by: User) -> BoxClass:
    """Add a class that no box has yet, behind the others. Raises ValidationError where it has one of that spelling.

    A name that another class had before becomes its own again.
    """
    Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
    name, here = name.strip(), list(dataset.classes.all())
    if any(name_key(each.name) == name_key(name) for each in here):
        raise ValidationError({"name": _("There is a class %(name)s already.") % {"name": name}})
    last = max((each.position for each in here), default=len(OUR_CLASSES) - 1)
    position = OUR_CLASSES.index(name) if name in OUR_CLASSES else max(last + 1, len(OUR_CLASSES))
    BoxClass(dataset=dataset, name=name, position=position).full_clean()
    added = class_add(dataset=dataset, name=name, position=position)
    ClassAlias.objects.filter(dataset=dataset, key=name_key(name)).delete()
    audit(actor=by, action="class_create", target=added, dataset=dataset.name, name=name)
    return added


@transaction.atomic
def class_rename(*, box_class: BoxClass, name: str, by: User) -> BoxClass:
    """Call a class by another name. Raises ValidationError when the dataset has a class of that name.

    Frozen versions keep the name they were frozen with; later imports know the class by its old name as well.
    """
    before = BoxClass.objects.select_for_update().get(pk=box_class.pk)
    box_class.name = name.strip()
    box_class.dataset_id = before.dataset_id
    if before.dataset.classes.exclude(pk=before.pk).filter(name=box_class.name).exists():
        raise ValidationError(
            {"name": _("There is a class %(name)s already: merge the two instead.") % {"name": box_class.name}}
        )
    if before.name in OUR_CLASSES:
        box_class.colour = before.dataset.classes.exclude(pk=before.pk).next_colour()
    box_class.full_clean()
    box_class.save(update_fields=["name", "colour"])
    _names_remembered([before.name], box_class)
    audit(actor=by, action="class_rename", target=box_class, before=before.name, after=box_class.name)
    return box_class


def classes_merge(
    *,
    sources: QuerySet[BoxClass],
    into: BoxClass,
    by: User | None,
    transaction_of: Opens = transaction.atomic,
    on_moved: Callable[[int], None] = lambda moved: None,
) -> int:
    """Give all boxes and proposals of some classes to another and delete those classes; how many boxes.

    In portions, so that nobody waits long for the database: broken off, it has moved a part, each box with its
    record, and can be started again. Frozen versions keep the classes they were frozen with; later imports put
    boxes of the classes that are gone into the one that stays.
    `transaction_of` opens the transaction of a portion; in it, `on_moved` is told how many boxes it moved.
    Raises ValidationError for a class of another dataset, or one merged into itself.
    """
    rows = list(sources.order_by("pk"))
    merge_check(sources=rows, into=into)

    moved = _boxes_moved(rows, into, by, transaction_of, on_moved)
    for _attempt in range(ATTEMPTS):
        try:
            with transaction_of():
                _classes_deleted(rows, into, by, moved)
            return moved
        except RestrictedError:  # somebody has drawn a box of such a class meanwhile
            moved += _boxes_moved(rows, into, by, transaction_of, on_moved)
    raise ValidationError(_("Boxes of these classes are being drawn just now. Try again later."))


def merge_check(*, sources: Iterable[BoxClass], into: BoxClass) -> None:
    """Raise ValidationError where classes cannot be merged, as classes_merge says."""
    rows = list(sources)
    if any(row.dataset_id != into.dataset_id for row in rows):
        raise ValidationError(_("Only classes of one dataset can be merged."))
    if into in rows:
        raise ValidationError(_("A class cannot be merged into itself."))


@transaction.atomic
def class_alias_forget(*, alias: ClassAlias, by: User) -> None:
    """Let later imports take a former name of a class for a class of its own again."""
    audit(actor=by, action="class_alias_forget", target=alias.box_class, name=alias.name)
    alias.delete()


def _names_remembered(names: Iterable[str], box_class: BoxClass) -> None:
    """Let these names mean the class from now on, as its own does."""
    for name in names:
        ClassAlias.objects.update_or_create(
            dataset_id=box_class.dataset_id, key=name_key(name), defaults={"name": name, "box_class": box_class}
        )
    ClassAlias.objects.filter(dataset=box_class.dataset_id, key=name_key(box_class.name)).delete()


def _boxes_moved(
    sources: Sequence[BoxClass], into: BoxClass, by: User | None, transaction_of: Opens, on_moved: Callable[[int], None]
) -> int:
    moved, portion, pace = 0, 1, Pace()
    while portion:
        with pace.measured(), transaction_of():
            portion = _portion_moved(sources, into, by, most=pace.size)
            on_moved(portion)
        moved += portion
    return moved


def _portion_moved(sources: Sequence[BoxClass], into: BoxClass, by: User | None, *, most: int) -> int:
    """Move some boxes, images locked before their boxes as everywhere; how many, 0 once none is left."""
    found = Box.objects.filter(box_class__in=sources).order_by("pk").values_list("pk", "image")[:most]
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


def _classes_deleted(sources: Sequence[BoxClass], into: BoxClass, by: User | None, moved: int) -> None:
    """Raises RestrictedError while one of them still has a box."""
    names = [row.name for row in sources]
    if not sources:
        return
    Proposal.objects.filter(box_class__in=sources).update(box_class=into)
    ClassAlias.objects.filter(box_class__in=sources).update(box_class=into)
    _names_remembered(names, into)
    BoxClass.objects.filter(pk__in=[row.pk for row in sources]).delete()
    audit(actor=by, action="classes_merge", target=into, merged=names, into=into.name, boxes=moved)
