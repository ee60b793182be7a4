"""The history of boxes in the administration, to be looked at."""

from typing import Any, Final

from django.contrib import admin
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from labelling.admin.pages import Admin, LookedAt, linked
from labelling.models import BoxChange, Image

NEWEST: Final = 20  # changes on the page of an image
COLUMNS: Final = ("at", "by", "kind", "source", "box_key", "image_page", "said_before", "said_after")


def said(state: dict[str, Any] | None) -> str:
    """`with_mask 2, 3, 12.5, 15`: what a box said before or after a change."""
    if state is None:
        return "–"
    return f"{state['class']} {', '.join(f'{value:g}' for value in state['xyxy'])}"


@admin.register(BoxChange)
class BoxChangeAdmin(LookedAt, admin.ModelAdmin[BoxChange]):
    list_display = COLUMNS
    list_filter = ["kind", "source", "image__dataset"]
    list_select_related = ["by", "image"]
    show_full_result_count = False
    search_fields = ["image__external_id", "by__username"]
    date_hierarchy = "at"
    fields = [*COLUMNS, "label_import"]

    @admin.display(description=_("image"), ordering="image__external_id")
    def image_page(self, change: BoxChange) -> SafeString:
        return linked("labelling:image", change.image_id, change.image.external_id)

    @admin.display(description=_("before"))
    def said_before(self, change: BoxChange) -> str:
        return said(change.before)

    @admin.display(description=_("after"))
    def said_after(self, change: BoxChange) -> str:
        return said(change.after)


class ShowsHistory(Admin):
    """The page of an image with the newest changes of its boxes, and the way to all, as its field `box_history`."""

    @admin.display(description=_("changes of boxes"))
    def box_history(self, image: Image) -> SafeString | str:
        changes = list(image.box_changes.select_related("by")[:NEWEST])
        if not changes:
            return "–"
        row = "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>"
        rows = format_html_join("", row, map(_row, changes))
        address = f"{reverse('admin:labelling_boxchange_changelist')}?image__id__exact={image.pk}"
        return format_html('<table>{}</table><p><a href="{}">{}</a></p>', rows, address, _("All changes"))


def _row(change: BoxChange) -> tuple[Any, ...]:
    when = localize(localtime(change.at))
    way = f"{change.get_kind_display()}, {change.get_source_display()}"
    return when, change.by or "–", way, said(change.before), said(change.after)
