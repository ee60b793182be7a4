"""Changes of many images in the administration, and how a large one is started from there."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from labelling.admin.pages import LookedAt, linked
from labelling.models import BulkChange


def answer_to_change(page_of: Any, request: HttpRequest, made: int | BulkChange, sentence: str) -> HttpResponse | None:
    """To the page of a change that a job makes; one made there and then is told by a sentence with a %(count)d."""
    if isinstance(made, BulkChange):
        return redirect("labelling:bulk", pk=made.pk)
    page_of.message_user(request, sentence % {"count": made}, messages.INFO)
    return None


@admin.register(BulkChange)
class BulkChangeAdmin(LookedAt, admin.ModelAdmin[BulkChange]):
    list_display = ["created_at", "dataset", "action", "page", "changed", "finished_at", "created_by"]
    list_filter = ["dataset", "action", "finished_at"]
    list_select_related = ["dataset", "created_by"]
    search_fields = ["dataset__name"]
    date_hierarchy = "created_at"
    fields = ["dataset", "action", "parameters", "page", "changed", "created_at", "finished_at", "created_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulkChange]:
        rows: QuerySet[BulkChange] = super().get_queryset(request)
        return rows.defer("image_keys")

    @admin.display(description=_("report"))
    def page(self, row: BulkChange) -> SafeString:
        return linked("labelling:bulk", row.pk, _("report"))

    @admin.display(description=_("changed"))
    def changed(self, row: BulkChange) -> str:
        return str(row.report.get("changed", "–"))
