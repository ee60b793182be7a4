"""Images in the administration: found, seen with their boxes, and worked on many at a time."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from labelling.admin.bulk import answer_to_change
from labelling.admin.filters import ClassShown, Disagrees, Edited, FixedSplit, HasPicture, NewestSplit
from labelling.admin.history import ShowsHistory
from labelling.admin.pages import AsksFirst, ByRole, NotAdded, asked, linked
from labelling.downloads import export_answer
from labelling.exporting import FORMATS
from labelling.formats.content import content_of
from labelling.gallery import with_boxes
from labelling.models import Box, BulkAction, Dataset, Image, Split, VersionImage
from labelling.services import image_change, images_change, images_delete, prelabel_start
from labelling.services.bulk import MOST_IMAGES
from labelling.services.prelabelling import LEAST_SCORE
from labelling.templatetags.labelling import picture_with_boxes

TOLD: Final = 50  # rows that the page of a deletion names


class SplitForm(forms.Form):
    split = forms.ChoiceField(
        label=_("Split"),
        choices=[*Split.choices, ("", _("none: dealt out by each new version"))],
        required=False,
        widget=forms.RadioSelect,
        initial=Split.TRAIN,
    )


class PreLabelForm(forms.Form):
    least_score = forms.FloatField(
        label=_("Least score"), initial=LEAST_SCORE, min_value=0, max_value=1, widget=forms.NumberInput({"step": 0.05})
    )
    proposes = forms.BooleanField(
        label=_("Propose boxes"),
        initial=True,
        required=False,
        help_text=_("Otherwise the release only gives its opinion of the labels that are there."),
    )


class FormatForm(forms.Form):
    export_format = forms.ChoiceField(
        label=_("Format"),
        choices=[(key, each.label) for key, each in FORMATS.items()],
        widget=forms.RadioSelect,
        initial="voc",
    )


@admin.register(Image)
class ImageAdmin(ShowsHistory, ByRole, AsksFirst, NotAdded, admin.ModelAdmin[Image]):
    list_display = ["picture", "external_id", "dataset", "size", "box_count", "fixed_split", "labelled", "edited_at"]
    list_display_links = ["external_id"]
    list_filter = ["dataset", ClassShown, NewestSplit, FixedSplit, HasPicture, "labelled", Edited, Disagrees]
    list_per_page = 50
    list_select_related = ["dataset"]
    show_full_result_count = False
    search_fields = ["external_id", "sha256"]
    readonly_fields = [
        "picture",
        "page",
        "dataset",
        "external_id",
        "size",
        "depth",
        "sha256",
        "fixed_split",
        "box_history",
    ]
    fields = [*readonly_fields[:-1], "seconds_to_label", "labelled", "box_history"]
    actions = ["put_into_split", "prelabel", "export", "mark_labelled", "mark_unlabelled", "delete_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        return with_boxes(Image.objects.visible().defer("source_row"))

    @admin.display(description=_("picture"))
    def picture(self, image: Image) -> SafeString | str:
        if image.is_pending:
            return "–"
        drawing = picture_with_boxes(image, reverse("labelling:thumbnail", args=[image.pk]), image.boxes.all())
        return format_html('<div class="mw-admin-picture">{}</div>', drawing)

    @admin.display(description=_("size"), ordering="width")
    def size(self, image: Image) -> str:
        return f"{image.width} × {image.height}" if image.width else "–"

    @admin.display(description=_("boxes"))
    def box_count(self, image: Image) -> int:
        return len(image.boxes.all())

    @admin.display(description=_("page"))
    def page(self, image: Image) -> SafeString:
        return linked("labelling:image", image.pk, _("See the image with its boxes"))

    @admin.action(description=_("Put into split …"), permissions=["manage"])
    def put_into_split(self, request: HttpRequest, chosen: QuerySet[Image]) -> HttpResponseBase | None:
        form = SplitForm(request.POST if asked(request) else None)
        if form.is_valid():
            split = form.cleaned_data["split"]
            label = Split(split).label if split else gettext("no fixed split")
            return self._change(request, chosen, BulkAction.FIX_SPLIT, _PUT % {"split": label}, split=split)
        sentence = _("New versions put these images there, whatever their seed. Frozen versions stay as they are.")
        return self.ask(request, chosen, form, title=_("Put into split"), button=_("Put there"), sentence=sentence)

    @admin.action(description=_("Pre-label with the active release …"), permissions=["label"])
    def prelabel(self, request: HttpRequest, chosen: QuerySet[Image]) -> HttpResponseBase | None:
        dataset = self._one_dataset(request, chosen)
        if dataset is None:
            return None
        form = PreLabelForm(request.POST if asked(request) else None)
        if form.is_valid():
            row = prelabel_start(dataset=dataset, images=chosen, by=person(request), **form.cleaned_data)
            return redirect("labelling:prelabel", pk=row.pk)
        sentence = _("A job looks at the pictures; its boxes are proposals, to be accepted or thrown away.")
        return self.ask(request, chosen, form, title=_("Pre-label"), button=_("Pre-label"), sentence=sentence)

    @admin.action(description=_("Export …"), permissions=["view"])
    def export(self, request: HttpRequest, chosen: QuerySet[Image]) -> HttpResponseBase | None:
        dataset = self._one_dataset(request, chosen)
        if dataset is None:
            return None
        form = FormatForm(request.POST if asked(request) else None)
        if form.is_valid():
            return export_answer(request, content_of(dataset, images=chosen), form.cleaned_data["export_format"])
        sentence = _("Pictures that are pending or not labelled yet stay out.")
        return self.ask(request, chosen, form, title=_("Export"), button=_("Download the zip"), sentence=sentence)

    @admin.action(description=_("Mark as labelled"), permissions=["label"])
    def mark_labelled(self, request: HttpRequest, chosen: QuerySet[Image]) -> HttpResponseBase | None:
        told = gettext("%(count)d images now count as labelled.")
        return self._change(request, chosen, BulkAction.MARK, told, labelled=True)

    @admin.action(description=_("Mark as not labelled"), permissions=["label"])
    def mark_unlabelled(self, request: HttpRequest, chosen: QuerySet[Image]) -> HttpResponseBase | None:
        told = gettext("%(count)d images now count as not labelled; new versions leave them out.")
        return self._change(request, chosen, BulkAction.MARK, told, labelled=False)

    @admin.action(description=_("Delete the chosen images …"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, chosen: QuerySet[Image]) -> HttpResponseBase | None:
        """Few as everywhere in the administration, with all their names; many by a job, after asking too."""
        if chosen.order_by().count() <= MOST_IMAGES:
            return delete_selected(self, request, chosen)
        form = forms.Form(request.POST if asked(request) else None)
        if form.is_valid():
            return self._change(request, chosen, BulkAction.DELETE, gettext("%(count)d images are deleted."))
        return self.ask(
            request, chosen, form, title=_("Delete images"), button=_("Delete"), sentence=_DELETED, harmful=True
        )

    def _change(
        self, request: HttpRequest, chosen: QuerySet[Image], action: BulkAction, told: str, **parameters: Any
    ) -> HttpResponseBase | None:
        """Change the chosen images, as many as they are; `told` says of how many that was news."""
        images = Image.objects.filter(pk__in=chosen.order_by().values("pk"))
        made = images_change(images=images, action=action, by=person(request), parameters=parameters)
        return answer_to_change(self, request, made, told)

    def _one_dataset(self, request: HttpRequest, chosen: QuerySet[Image]) -> Dataset | None:
        """The dataset of all the images; None, with a message, where they are of several."""
        datasets = list(Dataset.objects.filter(pk__in=chosen.order_by().values("dataset"))[:2])
        if len(datasets) == 1:
            return datasets[0]
        self.message_user(request, _("Choose images of one dataset."), messages.WARNING)
        return None

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """The images by name, what goes with them in numbers, and which of them versions hold."""
        images = Image.objects.filter(pk__in=[image.pk for image in objs])
        names = list(images.order_by("external_id").values_list("external_id", flat=True)[: TOLD + 1])
        told = [*names[:TOLD], *(["…"] if len(names) > TOLD else [])]
        counts = {
            Image._meta.verbose_name_plural: images.count(),
            Box._meta.verbose_name_plural: Box.objects.filter(image__in=images).count(),
        }
        missing = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        return told, counts, missing, _holders(images)

    def save_model(self, request: HttpRequest, obj: Image, form: ModelForm[Image], change: bool) -> None:
        image_change(image=obj, by=person(request))

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        images_delete(images=Image.objects.filter(pk=obj.pk), by=person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        images_delete(images=Image.objects.filter(pk__in=queryset.order_by().values("pk")), by=person(request))


_PUT = _("%%(count)d images: %(split)s.")
_DELETED = _(
    "Pictures, boxes and proposals go as well, by a job. This cannot be undone. If a version holds one of these "
    "images, none is deleted."
)


def _holders(images: QuerySet[Image]) -> list[str]:
    """`a.jpg is frozen in masks v1, masks v2` for each image that versions hold."""
    frozen = VersionImage.objects.filter(image__in=images).order_by("image__external_id", "version__number")
    rows = frozen.values_list("image__external_id", "version__dataset__name", "version__number")
    held: dict[str, list[str]] = {}
    for name, dataset, number in rows.iterator():
        if name not in held and len(held) == TOLD:
            return [*_said(held), "…"]
        held.setdefault(name, []).append(f"{dataset} v{number}")
    return _said(held)


def _said(held: Mapping[str, Sequence[str]]) -> list[str]:
    sentence = gettext("%(image)s is frozen in %(versions)s")
    return [sentence % {"image": image, "versions": ", ".join(versions)} for image, versions in held.items()]
