"""Versions in the administration: looked at, their test split locked, nothing else."""

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from labelling.admin.pages import AsksFirst, ByRole, LookedAt
from labelling.models import DatasetVersion, Split
from labelling.services import splits


@admin.register(DatasetVersion)
class DatasetVersionAdmin(ByRole, AsksFirst, LookedAt, admin.ModelAdmin[DatasetVersion]):
    list_display = ["__str__", "images", "tested", "locked", "seed", "note", "content", "created_at", "created_by"]
    list_filter = ["dataset"]
    list_select_related = ["dataset", "created_by"]
    search_fields = ["dataset__name", "note", "content_sha256"]
    actions = ["lock_test", "unlock_test"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DatasetVersion]:
        counts = {"image_count": Count("images"), "test_count": Count("images", filter=Q(images__split=Split.TEST))}
        rows: QuerySet[DatasetVersion] = super().get_queryset(request)
        return rows.annotate(**counts)

    @admin.display(description=_("images"), ordering="image_count")
    def images(self, version: DatasetVersion) -> int:
        return int(getattr(version, "image_count", 0))

    @admin.display(description=_("tested on"), ordering="test_count")
    def tested(self, version: DatasetVersion) -> int:
        return int(getattr(version, "test_count", 0))

    @admin.display(description=_("test split"))
    def locked(self, version: DatasetVersion) -> str:
        return gettext("locked") if version.dataset.locked_test_id == version.pk else "–"

    @admin.display(description=_("content hash"), ordering="content_sha256")
    def content(self, version: DatasetVersion) -> str:
        return version.content_sha256[:12]

    @admin.action(description=_("Lock the test split to this version"), permissions=["manage"])
    def lock_test(self, request: HttpRequest, chosen: QuerySet[DatasetVersion]) -> None:
        if len({version.dataset_id for version in chosen}) < len(chosen):
            self.message_user(request, _("Choose one version of a dataset."), messages.WARNING)
            return
        for version in chosen:
            splits.test_split_lock(version=version, by=person(request))
            self.message_user(request, _("Test split locked to %s.") % version)

    @admin.action(description=_("Unlock the test split"), permissions=["manage"])
    def unlock_test(self, request: HttpRequest, chosen: QuerySet[DatasetVersion]) -> None:
        for dataset in {version.dataset for version in chosen}:
            splits.test_split_unlock(dataset=dataset, by=person(request))
            self.message_user(request, _("The test split of %s is unlocked.") % dataset)
