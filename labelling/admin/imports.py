"""Imports in the administration, to be looked at."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from labelling.admin.pages import LookedAt, linked
from labelling.models import LabelImport


@admin.register(LabelImport)
class LabelImportAdmin(LookedAt, admin.ModelAdmin[LabelImport]):
    list_display = ["export_name", "dataset", "report_page", "rows", "created_at", "finished_at", "created_by"]
    list_filter = ["dataset", "finished_at"]
    list_select_related = ["dataset", "created_by"]
    search_fields = ["export_name", "dataset__name"]
    date_hierarchy = "created_at"
    fields = ["dataset", "export_name", "report_page", "class_map", "created_at", "finished_at", "created_by"]

    @admin.display(description=_("report"))
    def report_page(self, row: LabelImport) -> SafeString:
        return linked("labelling:import", row.pk, _("report"))

    @admin.display(description=_("records"))
    def rows(self, row: LabelImport) -> str:
        return str(row.report.get("rows", "–"))
