"""Batches in the Django administration: to look at, and to delete. Their photographs are seen on the site's pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from releases.batches.models import PictureBatch, PictureBatchQuerySet
from releases.batches.services import batch_delete


@admin.register(PictureBatch)
class PictureBatchAdmin(admin.ModelAdmin[PictureBatch]):
    list_display = ("name", "owner", "count", "release_name", "looked_at", "created_at", "expires_at", "page")
    list_filter = ("created_at", "release_name")
    search_fields = ("name", "owner__username")
    date_hierarchy = "created_at"
    fields = ("name", "owner", "count", "release_name", "thresholds", "report", "created_at", "expires_at", "page")

    def get_queryset(self, request: HttpRequest) -> PictureBatchQuerySet:
        return PictureBatch.objects.for_user(person(request)).with_counts()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PictureBatch | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: PictureBatch) -> None:
        batch_delete(batch=obj, by=person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[PictureBatch]) -> None:
        for batch in queryset:
            batch_delete(batch=batch, by=person(request))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """The batches by name, without a line for each photograph."""
        names = [batch.name for batch in objs]
        return names, {str(PictureBatch._meta.verbose_name_plural): len(names)}, set(), []

    @admin.display(description=_("photographs"))
    def count(self, row: PictureBatch) -> int:
        return int(getattr(row, "count", 0))

    @admin.display(description=_("looked at"))
    def looked_at(self, row: PictureBatch) -> int:
        return int(row.report.get("seen", 0))

    @admin.display(description=_("page"))
    def page(self, row: PictureBatch) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("releases:batch", args=[row.pk]), _("photographs"))
