"""Tags for pages about cameras: times on the camera's own clock. `{% load detection %}`."""

from datetime import datetime

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.templatetags.maskweb import LOOKS, icon
from detection.models import Camera

register = template.Library()


@register.simple_tag
def camera_time(moment: datetime, camera: Camera) -> SafeString:
    """A moment on the camera's clock with the name of its zone in the title."""
    local = moment.astimezone(camera.zone)
    return format_html(
        '<time datetime="{}" title="{} {}">{}</time>',
        moment.isoformat(),
        formats.date_format(local, "DATETIME_FORMAT"),
        f"{local:%Z} ({camera.time_zone})",
        f"{local:%Y-%m-%d %H:%M}",
    )


@register.simple_tag
def camera_since(moment: datetime, camera: Camera) -> SafeString:
    """A moment relative to now; the exact one on the camera's clock is in the title."""
    local = moment.astimezone(camera.zone)
    return format_html(
        '<time datetime="{}" title="{}" tabindex="0">{}</time>',
        moment.isoformat(),
        f"{local:%Y-%m-%d %H:%M:%S %Z}",
        naturaltime(moment),
    )


@register.simple_tag
def offset(seconds: float) -> str:
    """Seconds from a clip's start, to the tenth: 0:07.4."""
    minutes, tenths = divmod(round(seconds * 10), 600)
    return f"{minutes}:{tenths // 10:02}.{tenths % 10}"


@register.simple_tag
def verdict_icon(verdict: str) -> SafeString:
    """A verdict's icon alone, for a button that has its word beside it or hidden."""
    return icon(LOOKS[verdict].icon)


@register.simple_tag
def points(share: float) -> str:
    """A change of a share in percentage points with its sign: +4, −12, 0."""
    whole = round(share * 100)
    return f"{'+' if whole > 0 else '−' if whole < 0 else ''}{abs(whole)}"
