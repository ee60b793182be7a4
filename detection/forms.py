"""What a person typed about cameras and clips."""

import zoneinfo
from datetime import datetime
from pathlib import PurePath
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from detection.incoming import too_large
from detection.local_time import moment_from
from detection.models import Camera, Clip, VerdictChoice
from detection.periods import FIRST_DAY, LAST_DAY
from jobs.models import Job
from releases.models import ModelRelease


def filmed_moment(text: str, zone: zoneinfo.ZoneInfo) -> datetime:
    """What a person typed, read off the zone's clock; of an hour that comes twice, the first.

    Raises:
        ValidationError: with a sentence for what is no time, or one that the change to summer time leaves out.
    """
    try:
        return moment_from(text, zone)
    except ValidationError as error:
        if error.code != "ambiguous_time":
            raise
        return datetime.fromisoformat(text.strip()).replace(tzinfo=zone, fold=0)


def choose_from(field: forms.Field, rows: QuerySet[Any]) -> None:
    """Let a field offer these rows."""
    cast("forms.ModelChoiceField[Any]", field).queryset = rows


class CameraForm(forms.ModelForm[Camera]):
    class Meta:
        model = Camera
        fields = ["name", "place", "time_zone", "frames_per_second", "members"]
        widgets = {
            "name": forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
            "place": forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
            "time_zone": forms.TextInput(attrs={"class": "form-control", "list": "time-zones", "autocomplete": "off"}),
            "frames_per_second": forms.NumberInput(
                attrs={"class": "form-control", "min": "0.2", "max": "60", "step": "any"}
            ),
            "members": forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        }
        help_texts = {
            "place": _("Where it hangs, for people who do not know its name."),
            "time_zone": _("Days of the statistics begin at midnight there."),
            "frames_per_second": _("Five are enough for people who walk by; more cost more time."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self.fields["members"], User.objects.filter(is_active=True).order_by("username"))


class ClipForm(forms.Form):
    """A clip sent from the browser. Whether it is a video is decided later, by its content.

    `known` is the clip that the camera has already, when that is why this one is refused.
    """

    known: Clip | None = None

    camera = forms.ModelChoiceField(
        queryset=Camera.objects.none(),
        label=_("Camera"),
        empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    filmed_at = forms.CharField(
        label=_("Time filmed"),
        help_text=_("When the clip begins, on the clock of the camera's time zone."),
        widget=forms.TextInput(attrs={"class": "form-control", "type": "datetime-local", "step": "1"}),
    )
    file = forms.FileField(
        label=_("Video file"),
        max_length=255,
        widget=forms.FileInput(attrs={"class": "form-control", "accept": "video/*,.mkv,.avi,.ts,.mts"}),
        error_messages={"empty": _("This file is empty: there is no video in it.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self.fields["camera"], Camera.objects.for_user(user))
        limit = {"data-most": settings.MAX_CLIP_BYTES, "data-too-large": too_large()}
        self.fields["file"].widget.attrs.update(limit)  # the page refuses before it sends

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.MAX_CLIP_BYTES:
            raise ValidationError(too_large())
        file.name = PurePath(file.name or "clip").name
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        camera, filmed_at = data.get("camera"), data.get("filmed_at")
        if camera is not None and filmed_at:
            try:
                data["filmed_at"] = filmed_moment(filmed_at, camera.zone)
            except ValidationError as error:
                self.add_error("filmed_at", error)
        return data


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(choices=VerdictChoice.choices)
    note = forms.CharField(required=False, max_length=300)


class JudgeAgainForm(forms.Form):
    release = forms.ModelChoiceField(
        queryset=ModelRelease.objects.all(),
        label=_("Model"),
        empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    frames_per_second = forms.FloatField(
        label=_("Judged frames a second"),
        min_value=0.2,
        max_value=60,
        widget=forms.NumberInput(attrs={"class": "form-control", "step": "any"}),
    )


class PreviewForm(forms.Form):
    clips_per_camera = forms.IntegerField(label=_("Clips of each camera"), min_value=1, max_value=50)


class DayField(forms.DateField):
    """A day of a camera's calendar."""

    widget = forms.DateInput(attrs={"class": "form-control", "type": "date"})
    default_validators = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]


class ClipFilterForm(forms.Form):
    """The filters of the list of clips, as its address holds them."""

    SORTS = ("-filmed_at", "filmed_at", "-duration", "duration", "camera__name", "-camera__name")

    camera = forms.ModelChoiceField(
        queryset=Camera.objects.none(),
        required=False,
        label=_("Camera"),
        empty_label=_("All cameras"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[
            ("", _("Any state")),
            (Job.State.QUEUED, _("waiting")),
            (Job.State.RUNNING, _("being judged")),
            (Job.State.SUCCEEDED, _("judged")),
            (Job.State.FAILED, _("failed")),
            (Job.State.CANCELLED, _("cancelled")),
        ],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    since = DayField(required=False, label=_("From"))
    until = DayField(required=False, label=_("To"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self.fields["camera"], Camera.objects.for_user(user))
