"""What a person hands in to the pages of batches."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from releases.batches.services import KEEP_DAYS


class BatchForm(forms.Form):
    """A new batch."""

    name = forms.CharField(label=_("Name"), max_length=100, required=False, help_text=_("Such as “Gate, Monday”."))
    keep_days = forms.TypedChoiceField(
        label=_("Delete after"), coerce=int, choices=[(1, _("one day")), (KEEP_DAYS, _("one week"))], initial=KEEP_DAYS
    )
    score = forms.FloatField(
        label=_("Least score"),
        min_value=0.001,
        max_value=1,
        required=False,
        help_text=_("Boxes count from it on. Empty: the model's own thresholds, which suit most photographs."),
        widget=forms.NumberInput(attrs={"step": "any"}),
    )


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files of one input, as a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = list(data) if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files or [None]]


class PicturesForm(forms.Form):
    """Photographs and zips for a batch, where the page's module does not run."""

    pictures = ManyFilesField(
        label=_("Photographs, folders or zips"), widget=ManyFiles(attrs={"accept": "image/*,.zip", "multiple": True})
    )
