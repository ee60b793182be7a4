"""Releases in the Django administration: to look at, and to delete where nothing points at them any more.

They are registered and activated on their own pages.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from accounts.rights import Right
from releases.batches.admin import PictureBatchAdmin
from releases.conversions import conversion_delete
from releases.models import Activation, ModelRelease, ReleaseConversion
from releases.services import release_delete, release_kept_by

__all__ = ["ActivationAdmin", "ModelReleaseAdmin", "PictureBatchAdmin", "ReleaseConversionAdmin"]


@admin.register(ModelRelease)
class ModelReleaseAdmin(admin.ModelAdmin[ModelRelease]):
    list_display = (
        *("name", "network", "net_size", "is_active", "is_bundled", "precision", "has_int8", "temperature_told"),
        *("created_at", "created_by"),
    )
    list_filter = ("is_active", "is_bundled", "network", "precision")
    list_select_related = ("created_by",)
    search_fields = ("name", "sha256")

    @admin.display(description=_("int8 form"), boolean=True)
    def has_int8(self, release: ModelRelease) -> bool:
        return bool(release.int8)

    @admin.display(description=_("temperature"))
    def temperature_told(self, release: ModelRelease) -> float | None:
        return release.temperature if release.calibration else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ModelRelease | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelRelease | None = None) -> bool:
        return super().has_delete_permission(request, obj) and person(request).may(Right.MANAGE_RELEASES)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """The releases by name; of one that must stay, the sentence that says why stands with what protects it."""
        releases = list(objs)
        kept = [why for release in releases if (why := release_kept_by(release))]
        counts = {str(ModelRelease._meta.verbose_name_plural): len(releases)}
        return [release.name for release in releases], counts, set(), kept

    def delete_model(self, request: HttpRequest, obj: ModelRelease) -> None:
        release_delete(release=obj, by=person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ModelRelease]) -> None:
        for release in queryset:
            release_delete(release=release, by=person(request))


@admin.register(Activation)
class ActivationAdmin(admin.ModelAdmin[Activation]):
    list_display = ("at", "name", "by", "is_rollback")
    list_filter = ("is_rollback", "at")
    list_select_related = ("by",)
    search_fields = ("name", "by__username")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Activation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Activation | None = None) -> bool:
        return False


@admin.register(ReleaseConversion)
class ReleaseConversionAdmin(admin.ModelAdmin[ReleaseConversion]):
    list_display = ("release", "form", "size", "largest_difference", "pictures", "pictures_from", "made_at")
    list_filter = ("form", "pictures_from", "made_at")
    list_select_related = ("release",)
    search_fields = ("release__name", "sha256")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ReleaseConversion | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ReleaseConversion | None = None) -> bool:
        return super().has_delete_permission(request, obj) and person(request).may(Right.MANAGE_RELEASES)

    def delete_model(self, request: HttpRequest, obj: ReleaseConversion) -> None:
        conversion_delete(conversion=obj, by=person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ReleaseConversion]) -> None:
        for conversion in queryset.select_related("release"):
            conversion_delete(conversion=conversion, by=person(request))
