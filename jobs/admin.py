"""Jobs in the administration: to look at, never to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from jobs.models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin[Job]):
    list_display = ("id", "title", "kind", "state", "owner", "attempt", "crashes", "created_at", "finished_at")
    list_filter = ("state", "queue", "kind")
    list_select_related = ("owner",)
    search_fields = ("title", "failure")
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
