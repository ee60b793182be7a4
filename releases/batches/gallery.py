"""Which photographs of a batch are shown, and what was found on how many of them."""

from dataclasses import dataclass

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from releases.batches.models import BatchPicture, PictureBatch


class Show(TextChoices):
    """A part of a batch; another one are the photographs that show a class."""

    SEEN = "seen", _("looked at")
    NOTHING = "nothing", _("nothing found")
    UNREADABLE = "unreadable", _("unreadable")
    WAITING = "waiting", _("not looked at yet")


@dataclass(frozen=True)
class Part:
    """A part of a batch as a link: the words `show` or `class` of an address, and how many photographs it has."""

    parameter: str
    value: str
    pictures: int
    boxes: int | None = None


def pictures_shown(batch: PictureBatch, *, show: str = "", box_class: str = "") -> QuerySet[BatchPicture]:
    """The photographs of a batch in the order in which they came; "" leaves all. Raises ValueError for another word."""
    pictures = batch.pictures.order_by("pk")
    if box_class:
        pictures = pictures.filter(counts__has_key=box_class)
    if not show:
        return pictures
    match Show(show):
        case Show.NOTHING:
            return pictures.filter(state=BatchPicture.State.SEEN, found=0)
        case other:
            return pictures.filter(state=other.value)


def parts_of(batch: PictureBatch, *, count: int) -> list[Part]:
    """The parts of a batch of `count` photographs that has been started, from its report; empty ones are left out."""
    report = batch.report
    classes = [
        Part("class", name, report.get("pictures", {}).get(name, 0), report.get("boxes", {}).get(name, 0))
        for name in batch.thresholds
    ]
    seen, unreadable = report.get("seen", 0), report.get("unreadable", 0)
    others = [
        Part("show", Show.NOTHING.value, report.get("nothing", 0)),
        Part("show", Show.UNREADABLE.value, unreadable),
        Part("show", Show.WAITING.value, count - seen - unreadable),
    ]
    return classes + [part for part in others if part.pictures > 0]
