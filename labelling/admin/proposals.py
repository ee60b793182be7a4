"""Pre-labellings, proposals and opinions in the administration, to be looked at."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from labelling.admin.pages import LookedAt, linked
from labelling.models import Opinion, PreLabel, Proposal
from labelling.templatetags.labelling import doubt_in_words


@admin.register(PreLabel)
class PreLabelAdmin(LookedAt, admin.ModelAdmin[PreLabel]):
    list_display = ["created_at", "dataset", "release", "proposes", "result_page", "finished_at", "created_by"]
    list_filter = ["dataset", "release", "proposes", "finished_at"]
    list_select_related = ["dataset", "release", "created_by"]
    search_fields = ["dataset__name", "release__name"]
    date_hierarchy = "created_at"
    fields = [
        "created_at",
        "dataset",
        "release",
        "proposes",
        "least_score",
        "result_page",
        "finished_at",
        "created_by",
    ]

    @admin.display(description=_("result"))
    def result_page(self, row: PreLabel) -> SafeString:
        return linked("labelling:prelabel", row.pk, _("result"))


@admin.register(Proposal)
class ProposalAdmin(LookedAt, admin.ModelAdmin[Proposal]):
    list_display = ["box_class", "score", "image_page", "state", "decided_by", "decided_at"]
    list_filter = ["state", "image__dataset", "box_class__name"]
    list_select_related = ["box_class", "image", "decided_by"]
    search_fields = ["image__external_id"]
    show_full_result_count = False
    fields = [
        "image_page",
        "prelabel",
        "box_class",
        "score",
        "x_min",
        "y_min",
        "x_max",
        "y_max",
        "state",
        "decided_by",
        "decided_at",
        "box_key",
    ]

    @admin.display(description=_("image"), ordering="image__external_id")
    def image_page(self, row: Proposal) -> SafeString:
        return linked("labelling:image", row.image_id, row.image.external_id)


@admin.register(Opinion)
class OpinionAdmin(LookedAt, admin.ModelAdmin[Opinion]):
    list_display = ["image_page", "release", "disagreement", "strongest", "at"]
    list_filter = ["release", "image__dataset"]
    list_select_related = ["image", "release"]
    search_fields = ["image__external_id"]
    show_full_result_count = False
    ordering = ["-disagreement"]
    fields = ["image_page", "release", "disagreement", "at", "doubts", "detections"]

    @admin.display(description=_("image"), ordering="image__external_id")
    def image_page(self, row: Opinion) -> SafeString:
        return linked("labelling:image", row.image_id, row.image.external_id)

    @admin.display(description=_("strongest doubt"))
    def strongest(self, row: Opinion) -> str:
        return str(doubt_in_words(row.doubts[0])) if row.doubts else "–"
