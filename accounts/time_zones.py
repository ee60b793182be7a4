"""The time zones that people write."""

import zoneinfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("%(name)s is no time zone; write one like Europe/Berlin."), params={"name": name})


def default_time_zone() -> str:
    return settings.TIME_ZONE
