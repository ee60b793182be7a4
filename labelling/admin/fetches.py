"""Fetches of pictures in the administration, to be looked at."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from labelling.admin.pages import LookedAt, linked
from labelling.models import PictureFetch


@admin.register(PictureFetch)
class PictureFetchAdmin(LookedAt, admin.ModelAdmin[PictureFetch]):
    list_display = ["created_at", "dataset", "report_page", "fetched", "missed", "finished_at", "created_by"]
    list_filter = ["dataset", "finished_at"]
    list_select_related = ["dataset", "created_by"]
    search_fields = ["dataset__name"]
    date_hierarchy = "created_at"
    fields = ["dataset", "report_page", "fetched", "missed", "created_at", "finished_at", "created_by"]

    @admin.display(description=_("report"))
    def report_page(self, row: PictureFetch) -> SafeString:
        return linked("labelling:fetch", row.pk, _("report"))

    @admin.display(description=_("pictures that came"))
    def fetched(self, row: PictureFetch) -> str:
        return str(row.report.get("fetched", "–"))

    @admin.display(description=_("pictures that did not"))
    def missed(self, row: PictureFetch) -> str:
        return str(sum(row.report["failed"].values())) if "failed" in row.report else "–"
