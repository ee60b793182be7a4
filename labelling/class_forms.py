"""What a person typed about the classes of a dataset."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labelling.models import BoxClass, Dataset


class OfDataset(forms.Form):
    """A form whose choices are the classes of one dataset."""

    def __init__(self, data: Any = None, *, dataset: Dataset, prefix: str | None = None) -> None:
        super().__init__(data, prefix=prefix)
        classes = dataset.classes.all()  # read once, or prefetched; a field by itself asks each time it is shown
        choices = [("", "–"), *((each.pk, each.name) for each in classes)]
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset, field.choices = classes, choices


class ClassForm(forms.Form):
    name = forms.CharField(label=_("New class"), max_length=100)


class RenameForm(OfDataset):
    box_class = forms.ModelChoiceField(BoxClass.objects.none(), label=_("Class"))
    name = forms.CharField(label=_("New name"), max_length=100)


class UniteForm(OfDataset):
    source = forms.ModelChoiceField(BoxClass.objects.none(), label=_("Class"))
    into = forms.ModelChoiceField(BoxClass.objects.none(), label=_("Becomes part of"))
    sure = forms.BooleanField(
        label=_("All its boxes change their class and it is deleted. This cannot be undone; frozen versions stay.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("source") and data.get("source") == data.get("into"):
            raise ValidationError(gettext("A class cannot be merged into itself."))
        return data
