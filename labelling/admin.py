"""Datasets in the administration. What people change goes through the services; what is frozen stays."""

from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import Count, Prefetch, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from labelling.models import Box, BoxClass, Dataset, DatasetVersion, Image, LabelImport
from labelling.services import (
    box_change,
    box_check,
    boxes_delete,
    dataset_change,
    dataset_create,
    dataset_delete,
    image_change,
    images_delete,
)
from labelling.summaries import with_counts
from labelling.templatetags.labelling import picture_with_boxes

BOXES: Final = Prefetch("boxes", queryset=Box.objects.select_related("box_class"))


def linked(url_name: str, pk: int, text: object) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(url_name, args=[pk]), text)


class NotAdded:
    """Rows that come by an import or a service, never by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LookedAt(NotAdded):
    """Rows that nobody changes or deletes either."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Dataset)
class DatasetAdmin(admin.ModelAdmin[Dataset]):
    list_display = ["name", "images", "boxes", "pending", "version", "created_at", "created_by"]
    list_filter = ["created_at"]
    list_select_related = ["created_by"]
    search_fields = ["name", "description"]
    fields = ["name", "description", "created_at", "created_by"]
    readonly_fields = ["created_at", "created_by"]
    actions = ["import_export"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dataset]:
        return with_counts(super().get_queryset(request))

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

    @admin.action(description=_("Import an export into this dataset"))
    def import_export(self, request: HttpRequest, chosen: QuerySet[Dataset]) -> HttpResponse | None:
        if len(chosen) == 1:
            return redirect("labelling:dataset", pk=chosen[0].pk)
        self.message_user(request, _("Choose one dataset to import into."), messages.WARNING)
        return None

    def save_model(self, request: HttpRequest, obj: Dataset, form: ModelForm[Dataset], change: bool) -> None:
        if change:
            dataset_change(dataset=obj, name=obj.name, description=obj.description, by=person(request))
        else:
            obj.pk = dataset_create(name=obj.name, description=obj.description, by=person(request)).pk

    def delete_model(self, request: HttpRequest, obj: Dataset) -> None:
        dataset_delete(dataset=obj, by=person(request))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without the deletion of several: one at a time is told why it has to stay."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_delete_permission(self, request: HttpRequest, obj: Dataset | None = None) -> bool:
        busy = obj is not None and obj.imports.underway().exists()
        return not busy and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """With a dataset its imports go as well, though nobody deletes them by themselves."""
        deleted, counts, missing_rights, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, missing_rights - {LabelImport._meta.verbose_name}, protected


@admin.register(BoxClass)
class BoxClassAdmin(NotAdded, admin.ModelAdmin[BoxClass]):
    list_display = ["name", "dataset", "position", "boxes"]
    list_filter = ["dataset"]
    list_select_related = ["dataset"]
    search_fields = ["name", "dataset__name"]
    readonly_fields = ["dataset", "name", "position"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BoxClass]:
        return super().get_queryset(request).annotate(box_count=Count("boxes"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("boxes"), ordering="box_count")
    def boxes(self, box_class: BoxClass) -> int:
        return int(getattr(box_class, "box_count", 0))


class HasPicture(admin.SimpleListFilter):
    title = _("picture")
    parameter_name = "picture"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("here", _("here")), ("pending", _("pending"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        match self.value():
            case "here":
                return queryset.exclude(file="")
            case "pending":
                return queryset.filter(file="")
        return queryset


@admin.register(Image)
class ImageAdmin(NotAdded, admin.ModelAdmin[Image]):
    list_display = ["picture", "external_id", "dataset", "width", "height", "box_count", "seconds_to_label", "labelled"]
    list_display_links = ["external_id"]
    list_filter = ["dataset", HasPicture, "labelled", "boxes__box_class__name"]
    list_per_page = 50
    list_select_related = ["dataset"]
    search_fields = ["external_id", "sha256"]
    readonly_fields = ["picture", "page", "dataset", "external_id", "width", "height", "depth", "sha256"]
    fields = [*readonly_fields, "seconds_to_label", "labelled"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        return Image.objects.visible().prefetch_related(BOXES)

    @admin.display(description=_("picture"))
    def picture(self, image: Image) -> SafeString | str:
        if image.is_pending:
            return "–"
        drawing = picture_with_boxes(image, reverse("labelling:thumbnail", args=[image.pk]), image.boxes.all())
        return format_html('<div class="mw-admin-picture">{}</div>', drawing)

    @admin.display(description=_("boxes"))
    def box_count(self, image: Image) -> int:
        return len(image.boxes.all())

    @admin.display(description=_("page"))
    def page(self, image: Image) -> SafeString:
        return linked("labelling:image", image.pk, _("See the image with its boxes"))

    def save_model(self, request: HttpRequest, obj: Image, form: ModelForm[Image], change: bool) -> None:
        image_change(image=obj, by=person(request))

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        images_delete(images=Image.objects.filter(pk=obj.pk), by=person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        images_delete(images=Image.objects.filter(pk__in=queryset.values("pk")), by=person(request))

    class Media:
        css = {"all": ["css/admin.css"]}


class BoxForm(ModelForm[Box]):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            for name in ("box_class", "x_min", "y_min", "x_max", "y_max"):
                setattr(self.instance, name, cleaned[name])
            box_check(self.instance)
        return cleaned


@admin.register(Box)
class BoxAdmin(NotAdded, admin.ModelAdmin[Box]):
    form = BoxForm
    list_display = ["box_class", "image_page", "x_min", "y_min", "x_max", "y_max"]
    list_filter = ["image__dataset", "box_class__name"]
    list_select_related = ["box_class", "image"]
    search_fields = ["image__external_id"]
    readonly_fields = ["image_page"]
    fields = ["image_page", "box_class", "x_min", "y_min", "x_max", "y_max"]

    @admin.display(description=_("image"), ordering="image__external_id")
    def image_page(self, box: Box) -> SafeString:
        return linked("labelling:image", box.image_id, box.image.external_id)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the classes of the box's own dataset, named without asking for each dataset again."""
        found = request.resolver_match
        if db_field.name == "box_class" and found and "object_id" in found.kwargs:
            kwargs["queryset"] = BoxClass.objects.filter(dataset__images__boxes=found.kwargs["object_id"])
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Box, form: ModelForm[Box], change: bool) -> None:
        box_change(box=obj, by=person(request))

    def delete_model(self, request: HttpRequest, obj: Box) -> None:
        boxes_delete(boxes=Box.objects.filter(pk=obj.pk), by=person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Box]) -> None:
        boxes_delete(boxes=Box.objects.filter(pk__in=queryset.values("pk")), by=person(request))


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


@admin.register(DatasetVersion)
class DatasetVersionAdmin(LookedAt, admin.ModelAdmin[DatasetVersion]):
    list_display = ["__str__", "images", "seed", "note", "content_sha256", "created_at", "created_by"]
    list_filter = ["dataset"]
    list_select_related = ["dataset", "created_by"]
    search_fields = ["dataset__name", "note", "content_sha256"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DatasetVersion]:
        return super().get_queryset(request).annotate(image_count=Count("images"))

    @admin.display(description=_("images"), ordering="image_count")
    def images(self, version: DatasetVersion) -> int:
        return int(getattr(version, "image_count", 0))
