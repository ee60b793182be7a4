"""Releases in the Django administration: to look at. They are registered and activated on their own pages."""

from django.contrib import admin
from django.http import HttpRequest

from releases.models import ModelRelease


@admin.register(ModelRelease)
class ModelReleaseAdmin(admin.ModelAdmin[ModelRelease]):
    list_display = ("name", "network", "net_size", "is_active", "is_bundled", "created_at", "created_by")
    list_filter = ("is_active", "is_bundled", "network")
    list_select_related = ("created_by",)
    search_fields = ("name", "sha256")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ModelRelease | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelRelease | None = None) -> bool:
        return False
