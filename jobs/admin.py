"""Jobs in the administration: to look at, never to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django_q import admin as queue_admin

from jobs.models import Job

# The queue's own tables point at jobs and tell nothing more; a schedule names any function to be run on the server.
admin.site.unregister([queue_admin.Failure, queue_admin.OrmQ, queue_admin.Schedule, queue_admin.Success])


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
