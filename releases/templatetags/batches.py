"""Tags for photographs of batches. `{% load batches %}`."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.templatetags.maskweb import LOOKS, verdict_badge, verdict_label
from releases.batches.gallery import Part, Show
from releases.batches.models import BatchPicture

register = template.Library()


@register.simple_tag
def found_badge(name: str, count: int | None = None) -> SafeString:
    """A class in its colour where it is one of ours, with how often it was found."""
    if name in LOOKS:
        return verdict_badge(name, count)
    text = name if count is None else f"{count:,} {name}"
    return format_html('<span class="mw-verdict mw-verdict-unknown">{}</span>', text)


@register.simple_tag
def photograph(picture: BatchPicture) -> SafeString:
    """The thumbnail of a picture that was looked at, under its boxes."""
    return format_html(
        '<span class="mw-thumbnail"><img src="{address}" alt="{label}" loading="lazy" decoding="async">'
        '<svg viewBox="0 0 {width} {height}" aria-hidden="true">{rectangles}</svg></span>',
        address=reverse("releases:batch_thumbnail", args=[picture.pk]),
        label=f"{picture.name}: {counts_in_words(picture.counts)}",
        width=str(picture.width),
        height=str(picture.height),
        rectangles=_rectangles(picture.boxes),
    )


@register.filter
def counts_in_words(counts: Mapping[str, int]) -> str:
    """`3 with mask, 1 without mask`."""
    return ", ".join(f"{count} {verdict_label(name)}" for name, count in counts.items()) or _("nothing found")


@register.filter
def part_name(part: Part) -> str:
    """What a part of a batch is called."""
    return verdict_label(part.value) if part.parameter == "class" else str(Show(part.value).label)


@register.filter
def box_size(xyxy: list[float]) -> str:
    """`34 × 40`: width and height of a box in whole pixels."""
    left, top, right, bottom = xyxy
    return f"{round(right - left)} × {round(bottom - top)}"


def _rectangles(boxes: Iterable[Mapping[str, Any]]) -> SafeString:
    return format_html_join(
        "",
        '<rect class="mw-box" data-verdict="{}" x="{}" y="{}" width="{}" height="{}"></rect>',
        (
            (box["class"] if box["class"] in LOOKS else "unknown", f"{left:.2f}", f"{top:.2f}", *_extent(box["xyxy"]))
            for box in boxes
            for left, top in [box["xyxy"][:2]]
        ),
    )


def _extent(xyxy: list[float]) -> tuple[str, str]:
    left, top, right, bottom = xyxy
    return f"{right - left:.2f}", f"{bottom - top:.2f}"
