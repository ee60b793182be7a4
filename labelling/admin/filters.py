"""Filters of the administration's lists, none of which reads a large table to know its choices."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from labelling.gallery import DISAGREES, NO_SPLIT
from labelling.models import Box, BoxClass, DatasetVersion, Image, Opinion, Split, VersionImage
from releases.models import ModelRelease


class ClassFilter(admin.SimpleListFilter):
    """By the name of a class, whatever the dataset."""

    title = _("class")
    parameter_name = "class"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        classes = BoxClass.objects.order_by("name")
        dataset = request.GET.get("dataset__id__exact") or request.GET.get("image__dataset__id__exact") or ""
        if dataset.isdecimal():
            classes = classes.filter(dataset=int(dataset))
        return [(name, name) for name in classes.values_list("name", flat=True).distinct()]


class ClassOfBox(ClassFilter):
    def queryset(self, request: HttpRequest, queryset: QuerySet[Box]) -> QuerySet[Box]:
        if self.value() is None:
            return queryset
        return queryset.filter(box_class__in=BoxClass.objects.filter(name=self.value()).values("pk"))


class ClassShown(ClassFilter):
    """Images that show the class."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        if self.value() is None:
            return queryset
        return queryset.filter(Exists(Box.objects.filter(image=OuterRef("pk"), box_class__name=self.value())))


class HasPicture(admin.SimpleListFilter):
    title = _("picture")
    parameter_name = "picture"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("here", _("here")), ("pending", _("pending"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        match self.value():
            case "here":
                return queryset.exclude(file="")
            case "pending":
                return queryset.filter(file="")
        return queryset


class NewestSplit(admin.SimpleListFilter):
    """By the part that the newest version of the image's dataset put it into."""

    title = _("split in the newest version")
    parameter_name = "split"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Split.choices, (NO_SPLIT, _("not in it"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        frozen = VersionImage.objects.filter(image=OuterRef("pk"), version__in=_newest_versions().values("pk"))
        if self.value() == NO_SPLIT:
            return queryset.filter(~Exists(frozen))
        if self.value() in Split.values:
            return queryset.filter(Exists(frozen.filter(split=self.value())))
        return queryset


def _newest_versions() -> QuerySet[DatasetVersion]:
    """The newest version of each dataset."""
    newest = DatasetVersion.objects.filter(dataset=OuterRef("dataset")).order_by("-number")
    return DatasetVersion.objects.order_by().filter(pk=Subquery(newest.values("pk")[:1]))


class FixedSplit(admin.SimpleListFilter):
    title = _("fixed split")
    parameter_name = "fixed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Split.choices, (NO_SPLIT, _("none"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        if self.value() is None:
            return queryset
        return queryset.filter(fixed_split="" if self.value() == NO_SPLIT else self.value())


class Edited(admin.SimpleListFilter):
    title = _("edited")
    parameter_name = "edited"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("by people here")), ("since", _("since the newest version")), ("no", _("as imported"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        match self.value():
            case "yes":
                return queryset.exclude(edited_at=None)
            case "since":
                newest = DatasetVersion.objects.filter(dataset=OuterRef("dataset")).order_by("-number")
                frozen_at = queryset.exclude(edited_at=None).annotate(frozen_at=newest.values("created_at")[:1])
                return frozen_at.filter(edited_at__gt=F("frozen_at"))
            case "no":
                return queryset.filter(edited_at=None)
        return queryset


class Disagrees(admin.SimpleListFilter):
    """Images whose labels the active release contradicts."""

    title = _("active release")
    parameter_name = "release"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("disagrees", _("disagrees"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        if self.value() != "disagrees":
            return queryset
        active = ModelRelease.objects.active().values("pk")
        doubts = Opinion.objects.filter(release__in=active, disagreement__gte=DISAGREES)
        return queryset.filter(pk__in=doubts.values("image"))
