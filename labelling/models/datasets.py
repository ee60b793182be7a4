"""Datasets and the classes of their boxes."""

from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from labelling.class_colours import COLOURS, class_style, next_colour
from labelling.class_names import OUR_CLASSES


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_DATASETS) else self.none()


class Dataset(models.Model):
    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.TextField(_("description"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    locked_test = models.ForeignKey(
        "labelling.DatasetVersion",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("locked test split"),
        help_text=_("Later versions test on the pictures that this one tests on, and on no others."),
    )

    objects = DatasetQuerySet.as_manager()

    class Meta:
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BoxClassQuerySet(models.QuerySet["BoxClass"]):
    def next_colour(self) -> int:
        """The colour for one more class among these."""
        return next_colour(self.exclude(name__in=OUR_CLASSES).order_by().values_list("colour", flat=True))

    def styles(self, names: Iterable[str]) -> list[str]:
        """The style of each of these names; one that is no class here any more has the colour of its place."""
        here = {each.name: each.style for each in self}
        return [here.get(name) or class_style(name, place % COLOURS + 1) for place, name in enumerate(names)]


class BoxClass(models.Model):
    """A class of boxes in one dataset, such as with_mask."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="classes")
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveIntegerField(_("position"), default=0)
    colour = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text=_("One of six, for a class that is none of ours.")
    )

    objects = BoxClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "name"], name="class_unique_in_dataset"),
            models.CheckConstraint(
                condition=models.Q(colour__gte=1, colour__lte=COLOURS), name="class_colour_is_one_of_six"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def style(self) -> str:
        """The suffix of its CSS classes and tokens."""
        return class_style(self.name, self.colour)


class ClassAlias(models.Model):
    """A name that a class had, or that a class merged into it had: imports put boxes of that name into it."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="class_aliases")
    name = models.CharField(_("former name"), max_length=100)
    key = models.CharField(max_length=300, help_text=_("What all spellings of the name have in common."))
    box_class = models.ForeignKey(BoxClass, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("class"))

    class Meta:
        verbose_name = _("former name of a class")
        verbose_name_plural = _("former names of classes")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["dataset", "key"], name="class_alias_unique_in_dataset")]

    def __str__(self) -> str:
        return self.name
