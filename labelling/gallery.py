"""The gallery of a dataset: which images its filters leave, in which order, page by page and one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Exists, F, FilteredRelation, OuterRef, Prefetch, Q, QuerySet, TextChoices
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from labelling.models import Box, Dataset, Image, Opinion, Proposal, VersionImage
from releases.models import ModelRelease

DISAGREES: Final = 0.5  # an opinion from which on the active release disagrees with the labels
NO_SPLIT: Final = "none"  # not in the newest version


class State(TextChoices):
    PENDING = "pending", _("pending")
    NEGATIVE = "negative", _("without boxes")
    UNLABELLED = "unlabelled", _("unlabelled")
    CHANGED = "changed", _("changed since the newest version")
    DISAGREES = "disagrees", _("model disagrees")
    PROPOSED = "proposed", _("with proposals")


class Order(TextChoices):
    """What comes first; what comes to the same stands in the order of import."""

    IMPORTED = "imported", _("order of import")
    DISAGREEMENT = "disagreement", _("strongest disagreement")
    EDITED = "edited", _("newest edit")


@dataclass(frozen=True)
class Neighbours:
    """Keys of the images before and after one in its gallery, None at the ends."""

    before: int | None
    after: int | None


@dataclass(frozen=True)
class Gallery:
    """`images` are those that the filters leave, without an order."""

    images: QuerySet[Image]
    order: str = Order.IMPORTED

    def keys(self) -> QuerySet[Image, int]:
        """Keys of the images in order. Only keys are sorted and passed over, which is what keeps late pages fast."""
        return _ranked(self.images, self.order).order_by(*_forwards(self.order)).values_list("pk", flat=True)

    def neighbours(self, pk: int) -> Neighbours:
        """Found by where the image stands in the order, whether or not it still fits the filters."""
        ranked = _ranked(self.images, self.order)
        rank = _ranked(Image.objects.filter(pk=pk), self.order).values_list(_RANKS[self.order], flat=True).first()
        later, earlier = _beyond(self.order, rank, pk)
        return Neighbours(
            before=ranked.filter(earlier).order_by(*_backwards(self.order)).values_list("pk", flat=True).first(),
            after=ranked.filter(later).order_by(*_forwards(self.order)).values_list("pk", flat=True).first(),
        )


class GalleryPages(Paginator[int]):
    """Pages of keys: `labelling.gallery.with_boxes_by_key` reads the images of one."""

    def __init__(self, gallery: Gallery, per_page: int) -> None:
        super().__init__(gallery.keys(), per_page)
        self._gallery = gallery

    @cached_property
    def count(self) -> int:
        return self._gallery.images.count()


def gallery_of(dataset: Dataset, user: User, wanted: Mapping[str, Any]) -> Gallery:
    """What a person sees of a dataset; `wanted` holds the filters and the order as `GalleryForm.wanted` gives them."""
    filters = {name: value for name, value in wanted.items() if name != "order"}
    images = Image.objects.for_user(user).filter(dataset=dataset)
    return Gallery(images_for_gallery(images, dataset=dataset, **filters), wanted.get("order") or Order.IMPORTED)


def images_for_gallery(
    images: QuerySet[Image],
    *,
    dataset: Dataset,
    box_class: str = "",
    split: str = "",
    state: str = "",
    search: str = "",
) -> QuerySet[Image]:
    """Images of a dataset by a class they show (its key), their split in the newest version, what is known of them,
    and a part of their external ID; "" leaves all."""
    if search:
        images = images.filter(external_id__icontains=search)
    if box_class:
        images = images.filter(Exists(Box.objects.filter(image=OuterRef("pk"), box_class=int(box_class))))
    if split:
        images = _in_split(images, dataset, split)
    return _in_state(images, dataset, state) if state else images


def with_boxes(images: QuerySet[Image]) -> QuerySet[Image]:
    return images.prefetch_related(Prefetch("boxes", queryset=Box.objects.select_related("box_class")))


def with_boxes_by_key(keys: Sequence[int]) -> list[Image]:
    """The images of these keys in their order, with their boxes and classes."""
    found = with_boxes(Image.objects.defer("source_row")).in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _in_split(images: QuerySet[Image], dataset: Dataset, split: str) -> QuerySet[Image]:
    newest = dataset.versions.order_by("-number").first()
    frozen = VersionImage.objects.filter(image=OuterRef("pk"), version=newest)
    return images.filter(~Exists(frozen) if split == NO_SPLIT else Exists(frozen.filter(split=split)))


def _in_state(images: QuerySet[Image], dataset: Dataset, state: str) -> QuerySet[Image]:
    match state:
        case State.PENDING:
            return images.filter(file="")
        case State.NEGATIVE:
            return images.filter(~Exists(Box.objects.filter(image=OuterRef("pk"))), labelled=True).exclude(file="")
        case State.UNLABELLED:
            return images.filter(labelled=False)
        case State.CHANGED:
            newest = dataset.versions.order_by("-number").first()
            return images.filter(edited_at__gt=newest.created_at) if newest else images.exclude(edited_at=None)
        case State.DISAGREES:
            doubts = Opinion.objects.filter(release=_active(), disagreement__gte=DISAGREES)
            return images.filter(pk__in=doubts.values("image"))
        case State.PROPOSED:
            return images.filter(pk__in=Proposal.objects.filter(state=Proposal.State.OPEN).values("image"))
        case _:
            raise ValueError(f"{state!r} is no state of an image.")


def _active() -> ModelRelease | None:
    return ModelRelease.objects.active().first()


# Orders. All but that of import are: highest rank first, without a rank last, then by key.

_RANKS: Final[Mapping[str, str]] = {Order.IMPORTED: "pk", Order.DISAGREEMENT: "rank", Order.EDITED: "edited_at"}


def _ranked(images: QuerySet[Image], order: str) -> QuerySet[Image]:
    if order != Order.DISAGREEMENT:
        return images
    opinion = FilteredRelation("opinions", condition=Q(opinions__release=_active()))
    return images.annotate(opinion=opinion, rank=F("opinion__disagreement"))


def _forwards(order: str) -> tuple[Any, ...]:
    return ("pk",) if order == Order.IMPORTED else (F(_RANKS[order]).desc(nulls_last=True), "pk")


def _backwards(order: str) -> tuple[Any, ...]:
    return ("-pk",) if order == Order.IMPORTED else (F(_RANKS[order]).asc(nulls_first=True), "-pk")


def _beyond(order: str, rank: Any, pk: int) -> tuple[Q, Q]:
    """Conditions of the images that come after and before the one with this rank and key."""
    name = _RANKS[order]
    if order == Order.IMPORTED:
        return Q(pk__gt=pk), Q(pk__lt=pk)
    if rank is None:
        unranked = Q(**{name: None})
        return unranked & Q(pk__gt=pk), ~unranked | Q(pk__lt=pk)
    equal = Q(**{name: rank})
    return (
        Q(**{f"{name}__lt": rank}) | equal & Q(pk__gt=pk) | Q(**{name: None}),
        Q(**{f"{name}__gt": rank}) | equal & Q(pk__lt=pk),
    )
