"""Datasets in the administration: filled, frozen and handed on from their own pages."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from accounts.rights import Right
from labelling.admin.pages import AsksFirst, ByRole, row_form
from labelling.downloads import export_answer
from labelling.formats.content import content_of
from labelling.forms import ExportForm, ImportForm, VersionForm
from labelling.models import Dataset
from labelling.services import dataset_change, dataset_create, dataset_delete, import_start
from labelling.summaries import remembered_class_map, with_counts
from labelling.versions import version_create
from labelling.views.datasets import frozen_sentence


@admin.register(Dataset)
class DatasetAdmin(ByRole, AsksFirst, admin.ModelAdmin[Dataset]):
    list_display = ["name", "doors", "images", "boxes", "pending", "version", "created_at", "created_by"]
    list_select_related = ["created_by"]
    search_fields = ["name", "description"]
    fields = ["name", "description", "created_at", "created_by", "locked_test", "doors"]
    readonly_fields = ["created_at", "created_by", "locked_test", "doors"]
    actions = ["import_export"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dataset]:
        return with_counts(super().get_queryset(request))

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(f"<int:object_id>/{name}/", self.admin_site.admin_view(view), name=f"labelling_dataset_{name}")
            for name, view in (("import", self.import_page), ("export", self.export_page), ("freeze", self.freeze_page))
        ]
        return [*pages, *super().get_urls()]

    @admin.display(description=_("images"), ordering="image_count")
    def images(self, dataset: Dataset) -> SafeString:
        address = reverse("admin:labelling_image_changelist")
        count = getattr(dataset, "image_count", 0)
        return format_html('<a href="{}?dataset__id__exact={}">{}</a>', address, dataset.pk, count)

    @admin.display(description=_("boxes"), ordering="box_count")
    def boxes(self, dataset: Dataset) -> int:
        return int(getattr(dataset, "box_count", 0))

    @admin.display(description=_("pending"), ordering="pending_count")
    def pending(self, dataset: Dataset) -> int:
        return int(getattr(dataset, "pending_count", 0))

    @admin.display(description=_("newest version"), ordering="newest_version")
    def version(self, dataset: Dataset) -> str:
        newest = getattr(dataset, "newest_version", None)
        return f"v{newest}" if newest else "–"

    @admin.display(description=_("go to"))
    def doors(self, dataset: Dataset) -> SafeString | str:
        if dataset.pk is None:
            return "–"
        return format_html(
            '<span class="mw-admin-doors"><a href="{}">{}</a> <a href="{}">{}</a> <a href="{}">{}</a></span>',
            reverse("admin:labelling_dataset_import", args=[dataset.pk]),
            _("Import"),
            reverse("admin:labelling_dataset_export", args=[dataset.pk]),
            _("Export"),
            reverse("admin:labelling_dataset_freeze", args=[dataset.pk]),
            _("Freeze"),
        )

    @admin.action(description=_("Import an export into this dataset"), permissions=["manage"])
    def import_export(self, request: HttpRequest, chosen: QuerySet[Dataset]) -> HttpResponse | None:
        if len(chosen) == 1:
            return redirect("admin:labelling_dataset_import", object_id=chosen[0].pk)
        self.message_user(request, _("Choose one dataset to import into."), messages.WARNING)
        return None

    def import_page(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        dataset = _dataset(request, object_id, Right.MANAGE_DATASETS)
        initial = {"class_map": remembered_class_map(dataset)}
        form = ImportForm(request.POST or None, request.FILES or None, initial=initial)

        def act(typed: dict[str, Any]) -> HttpResponse:
            return redirect("labelling:import", pk=import_start(dataset=dataset, by=person(request), **typed).pk)

        return row_form(self, request, dataset, form, title=_("Import"), button=_("Import"), act=act)

    def export_page(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        dataset = _dataset(request, object_id, Right.VIEW_DATASETS)
        form = ExportForm(request.POST or None, dataset=dataset, initial={"export_format": "voc"})

        def act(typed: dict[str, Any]) -> HttpResponseBase:
            return export_answer(request, content_of(dataset, typed["version"]), typed["export_format"])

        sentence = _("Pictures that are pending or not labelled yet stay out.")
        return row_form(
            self,
            request,
            dataset,
            form,
            title=_("Export"),
            button=_("Download the zip"),
            sentence=sentence,
            act=act,
        )

    def freeze_page(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        dataset = _dataset(request, object_id, Right.MANAGE_DATASETS)
        form = VersionForm(request.POST or None)

        def act(typed: dict[str, Any]) -> HttpResponse:
            version = version_create(dataset=dataset, by=person(request), **typed)
            self.message_user(request, frozen_sentence(version))
            return redirect("admin:labelling_datasetversion_changelist")

        sentence = _("Images, boxes and split stay as they are now, for trainings to name.")
        return row_form(
            self, request, dataset, form, title=_("Freeze a version"), button=_("Freeze"), sentence=sentence, act=act
        )

    def save_model(self, request: HttpRequest, obj: Dataset, form: ModelForm[Dataset], change: bool) -> None:
        if change:
            dataset_change(dataset=obj, name=obj.name, description=obj.description, by=person(request))
        else:
            obj.pk = dataset_create(name=obj.name, description=obj.description, by=person(request)).pk

    def delete_model(self, request: HttpRequest, obj: Dataset) -> None:
        dataset_delete(dataset=obj, by=person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Dataset]) -> None:
        for dataset in queryset:
            dataset_delete(dataset=dataset, by=person(request))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without the deletion of several: one at a time is told why it has to stay."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_delete_permission(self, request: HttpRequest, obj: Dataset | None = None) -> bool:
        busy = obj is not None and obj.imports.underway().exists()
        return not busy and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """With a dataset all goes that is in it, though nobody may delete some of that by itself."""
        deleted, counts, _missing, protected = super().get_deleted_objects(objs, request)
        missing = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        return deleted, counts, missing, protected


def _dataset(request: HttpRequest, pk: int, right: Right) -> Dataset:
    """The dataset of a page of the administration, for those with the right."""
    if not person(request).may(right):
        raise PermissionDenied
    return get_object_or_404(Dataset.objects.for_user(person(request)), pk=pk)
