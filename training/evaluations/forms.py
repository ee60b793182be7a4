"""What a person chooses to see releases side by side; the address holds it, so that it can be sent on."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from labelling.models import DatasetVersion
from releases.models import ModelRelease
from training.evaluations.models import Part

MOST_RELEASES = 6


class MeasureForm(forms.Form):
    version = forms.ModelChoiceField(
        label=_("Dataset version"), queryset=DatasetVersion.objects.none(), empty_label=_("Choose a version")
    )
    split = forms.ChoiceField(label=_("Pictures"), choices=Part.choices, initial=Part.TEST)
    release = forms.ModelMultipleChoiceField(
        label=_("Models"),
        queryset=ModelRelease.objects.none(),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        version, release = self.fields["version"], self.fields["release"]
        assert isinstance(version, forms.ModelChoiceField) and isinstance(release, forms.ModelMultipleChoiceField)
        version.queryset = DatasetVersion.objects.for_user(user).select_related("dataset")
        release.queryset = ModelRelease.objects.for_user(user)

    def clean_release(self) -> list[ModelRelease]:
        chosen = list(self.cleaned_data["release"])
        if len(chosen) > MOST_RELEASES:
            raise ValidationError(_("Choose six at most."))
        return chosen
