"""Pictures with the boxes that are there and those that were found, as templates show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.templatetags.maskweb import verdict_label
from labelling.class_names import OUR_CLASSES
from labelling.downloads import thumbnail_address
from labelling.models import BoxClass, Image
from training.evaluations.models import Evaluation
from training.models import Examination

Look = tuple[str, str]  # the name and the style of a class


@dataclass(frozen=True)
class Rectangle:
    """A box in pixels of the picture. `is_true`: people drew it; else the network found it."""

    is_true: bool
    verdict: str
    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Shot:
    """A picture with all boxes of either kind, and what is wrong with it."""

    image: Image
    address: str
    missed: int
    false: int
    confused: int
    rectangles: tuple[Rectangle, ...]


def worst_pictures(examination: Examination, *, most: int) -> list[dict[str, Any]]:
    """The rows of the pictures with the most errors, worst first; those without errors are not among them."""
    return [row for row in examination.pictures if _errors(row)][:most]


def wrong_where_right(right: Examination | Evaluation, wrong: Examination | Evaluation) -> list[dict[str, Any]]:
    """Rows of `wrong` with errors, worst first, of pictures on which `right` made none."""
    faultless = {row["image"] for row in right.pictures if not _errors(row)}
    return [row for row in wrong.pictures if _errors(row) and row["image"] in faultless]


def shots(rows: Sequence[dict[str, Any]], classes: Sequence[str], *, user: User) -> list[Shot]:
    """The pictures of those rows, as far as they are still there and this person may see them; in two queries."""
    images = Image.objects.for_user(user).in_bulk([row["image"] for row in rows])
    here = BoxClass.objects.filter(dataset__in={image.dataset_id for image in images.values()})
    looks = list(zip(classes, here.styles(classes), strict=True))
    return [_shot(images[row["image"]], row, looks) for row in rows if row["image"] in images]


def _errors(row: dict[str, Any]) -> int:
    return int(row["missed"] + row["false"] + row["confused"])


def _shot(image: Image, row: dict[str, Any], looks: Sequence[Look]) -> Shot:
    true = [_rectangle(looks[label], box, score=None) for label, *box in row["true"]]
    found = [_rectangle(looks[label], box, score=score) for label, score, *box in row["found"]]
    return Shot(
        image=image,
        address=thumbnail_address(image),
        missed=row["missed"],
        false=row["false"],
        confused=row["confused"],
        rectangles=(*true, *found),
    )


def _rectangle(look: Look, box: Sequence[float], *, score: float | None) -> Rectangle:
    name, style = look
    left, top, right, bottom = box
    words = verdict_label(name)
    said = _("truth: %(name)s") % {"name": words} if score is None else f"{words} {score:.2f}"
    return Rectangle(
        is_true=score is None,
        verdict=name if name in OUR_CLASSES else style,
        label=said,
        x=left,
        y=top,
        width=round(right - left, 1),
        height=round(bottom - top, 1),
    )
