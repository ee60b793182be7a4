"""Classes in the administration: given another name, and merged."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from labelling.admin.bulk import answer_to_change
from labelling.admin.pages import AsksFirst, ByRole, NotAdded, asked
from labelling.models import BoxClass, ClassAlias, Dataset
from labelling.services import class_alias_forget, class_rename, classes_unite


class ClassForm(ModelForm[BoxClass]):
    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        taken = BoxClass.objects.filter(dataset=self.instance.dataset_id, name=name).exclude(pk=self.instance.pk)
        if taken.exists():
            classes = reverse("admin:labelling_boxclass_changelist")
            raise ValidationError(
                format_html(
                    '{} <a href="{}?dataset__id__exact={}">{}</a>',
                    _("There is a class of this name already."),
                    classes,
                    self.instance.dataset_id,
                    _("Merge the two in the list of classes."),
                )
            )
        return name


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(BoxClass.objects.none(), label=_("Into the class"), empty_label=None)

    def __init__(self, data: Any, *, dataset: Dataset, chosen: QuerySet[BoxClass]) -> None:
        super().__init__(data)
        field = self.fields["into"]
        if isinstance(field, forms.ModelChoiceField):
            keys = [box_class.pk for box_class in chosen]
            field.queryset = dataset.classes.exclude(pk__in=keys) if len(keys) == 1 else dataset.classes.all()
            field.initial = chosen.annotate(n=Count("boxes")).order_by("-n").first()


@admin.register(BoxClass)
class BoxClassAdmin(ByRole, AsksFirst, NotAdded, admin.ModelAdmin[BoxClass]):
    form = ClassForm
    list_display = ["name", "dataset", "boxes"]
    list_filter = ["dataset"]
    list_select_related = ["dataset"]
    search_fields = ["name", "dataset__name"]
    fields = ["dataset", "name", "boxes"]
    readonly_fields = ["dataset", "boxes"]
    actions = ["merge"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BoxClass]:
        rows: QuerySet[BoxClass] = super().get_queryset(request)
        return rows.annotate(box_count=Count("boxes"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("boxes"), ordering="box_count")
    def boxes(self, box_class: BoxClass) -> int:
        return int(getattr(box_class, "box_count", 0))

    @admin.action(description=_("Merge classes into …"), permissions=["manage"])
    def merge(self, request: HttpRequest, chosen: QuerySet[BoxClass]) -> HttpResponseBase | None:
        datasets = list(Dataset.objects.filter(classes__in=chosen.values("pk")).distinct()[:2])
        if len(datasets) > 1:
            self.message_user(request, _("Only classes of one dataset can be merged."), messages.WARNING)
            return None
        if datasets[0].classes.count() == 1:
            self.message_user(request, _("The dataset has no other class to merge this one into."), messages.WARNING)
            return None
        form = MergeForm(request.POST if asked(request) else None, dataset=datasets[0], chosen=chosen)
        if form.is_valid():
            into = form.cleaned_data["into"]
            sources = BoxClass.objects.filter(pk__in=chosen.values("pk")).exclude(pk=into.pk)
            made = classes_unite(sources=sources, into=into, by=person(request))
            told = gettext("%%(count)d boxes are now %(name)s.") % {"name": into.name.replace("%", "%%")}
            return answer_to_change(self, request, made, told)
        return self.ask(
            request, chosen, form, title=_("Merge classes"), button=_("Merge"), sentence=_MERGED, harmful=True
        )

    def save_model(self, request: HttpRequest, obj: BoxClass, form: ModelForm[BoxClass], change: bool) -> None:
        class_rename(box_class=obj, name=obj.name, by=person(request))


@admin.register(ClassAlias)
class ClassAliasAdmin(NotAdded, admin.ModelAdmin[ClassAlias]):
    """Names that imports know a class by besides its own; deleted, the next import makes a class of that name."""

    list_display = ["name", "box_class", "dataset"]
    list_filter = ["dataset"]
    list_select_related = ["dataset", "box_class"]
    search_fields = ["name", "box_class__name"]
    fields = ["dataset", "name", "box_class"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: ClassAlias) -> None:
        class_alias_forget(alias=obj, by=person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ClassAlias]) -> None:
        for alias in queryset.select_related("box_class"):
            class_alias_forget(alias=alias, by=person(request))


_MERGED = _(
    "All boxes and proposals of the chosen classes become those of one class, each change is put on record, and the "
    "other classes are deleted. Frozen versions stay as they are. Later imports put boxes of the deleted classes into "
    "it. Very many boxes are changed by a job."
)
