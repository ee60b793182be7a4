"""What people type about themselves and others."""

import zoneinfo
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import ApiToken, User
from accounts.services import login_failure_record
from accounts.throttling import login_wait


def address_of(request: Any) -> str:
    """Where a request came from; a proxy in front must set it, as docs/deploy.md says."""
    return str(request.META.get("REMOTE_ADDR", ""))


class LoginForm(AuthenticationForm):
    """The login, which makes a name wait after several failures at one address."""

    def clean(self) -> dict[str, Any]:
        name, address = self.cleaned_data.get("username", ""), address_of(self.request)
        wait = login_wait(name=name, address=address)
        if wait is not None:
            minutes = -(-int(wait.total_seconds()) // 60) or 1
            raise ValidationError(
                ngettext(
                    "Too many failed attempts. Wait %(minutes)d minute and try again.",
                    "Too many failed attempts. Wait %(minutes)d minutes and try again.",
                    minutes,
                ),
                code="wait",
                params={"minutes": minutes},
            )
        try:
            return super().clean()
        except ValidationError:
            login_failure_record(name=name, address=address)
            raise


def time_zone_choices() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(zoneinfo.available_timezones())]


class ProfileForm(forms.ModelForm[User]):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zone_choices,
        help_text=_("Times are shown in it. Those of clips follow their camera."),
    )

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "time_zone"]


class TokenForm(forms.ModelForm[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ["name"]
        labels = {"name": _("What is it for?")}


class PersonForm(forms.ModelForm[User]):
    """A new person; the password is made by us."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "role"]
        labels = {"username": _("Login name")}


class PersonChangeForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "role", "is_active"]
        labels = {"is_active": _("May log in")}
        help_texts = {"is_active": _("Take the tick away instead of deleting: what the person did stays on record.")}
