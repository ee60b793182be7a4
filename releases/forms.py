"""What a person hands in to the pages of releases."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PictureForm(forms.Form):
    picture = forms.FileField(
        label=_("Photograph"),
        help_text=_("JPEG, PNG, WebP, BMP or TIFF, up to 50 MB each. They are looked at and not kept."),
        widget=forms.FileInput(attrs={"accept": "image/*,.tif,.tiff"}),
    )
