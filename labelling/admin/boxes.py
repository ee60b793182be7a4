"""Boxes in the administration, drawn and changed by numbers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from labelling.admin.filters import ClassOfBox
from labelling.admin.pages import AsksFirst, linked
from labelling.models import Box, BoxChange, BoxClass
from labelling.services import box_change, box_check, box_create, boxes_delete

EDGES = ("x_min", "y_min", "x_max", "y_max")


class ClassOfSomeDataset(forms.ModelChoiceField[BoxClass]):
    def label_from_instance(self, obj: BoxClass) -> str:
        return f"{obj.dataset}: {obj}"


class BoxForm(ModelForm[Box]):
    """Remembers which revision of a box it shows, so that nobody overwrites what somebody else has changed."""

    seen_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_revision"].initial = self.instance.revision

    def clean_seen_revision(self) -> int | None:
        seen: int | None = self.cleaned_data["seen_revision"]
        if self.instance.pk and seen is not None and seen != self.instance.revision:
            raise ValidationError(gettext("Somebody else has changed this box meanwhile. Open it again to see how."))
        return seen

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            for name in {"image", "box_class", *EDGES} & cleaned.keys():
                setattr(self.instance, name, cleaned[name])
            box_check(self.instance)
        return cleaned


@admin.register(Box)
class BoxAdmin(AsksFirst, admin.ModelAdmin[Box]):
    form = BoxForm
    list_display = ["box_class", "image_page", *EDGES]
    list_filter = ["image__dataset", ClassOfBox]
    list_select_related = ["box_class", "image"]
    show_full_result_count = False
    search_fields = ["image__external_id"]
    raw_id_fields = ["image"]

    def get_fields(self, request: HttpRequest, obj: Box | None = None) -> Any:
        return ["image_page" if obj else "image", "box_class", *EDGES, "seen_revision"]

    def get_readonly_fields(self, request: HttpRequest, obj: Box | None = None) -> list[str]:
        return ["image_page"] if obj else []

    @admin.display(description=_("image"), ordering="image__external_id")
    def image_page(self, box: Box) -> SafeString:
        return linked("labelling:image", box.image_id, box.image.external_id)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the classes of the box's own dataset, named without asking for each dataset again."""
        found = request.resolver_match
        if db_field.name == "box_class" and found and "object_id" in found.kwargs:
            kwargs["queryset"] = BoxClass.objects.filter(dataset__images__boxes=found.kwargs["object_id"])
        elif db_field.name == "box_class":
            kwargs["queryset"] = BoxClass.objects.select_related("dataset").order_by("dataset__name", "position")
            kwargs["form_class"] = ClassOfSomeDataset
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Box, form: ModelForm[Box], change: bool) -> None:
        if change:
            box_change(box=obj, by=person(request))
            return
        drawn = box_create(
            image=obj.image,
            box_class=obj.box_class,
            xyxy=obj.xyxy,
            by=person(request),
            source=BoxChange.Source.ADMIN,
        )
        obj.pk = drawn.pk

    def delete_model(self, request: HttpRequest, obj: Box) -> None:
        boxes_delete(boxes=Box.objects.filter(pk=obj.pk), by=person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Box]) -> None:
        boxes_delete(boxes=Box.objects.filter(pk__in=queryset.values("pk")), by=person(request))
