"""Tags for pictures with boxes. `{% load labelling %}`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.templatetags.maskweb import verdict_badge
from labelling.class_names import OUR_CLASSES
from labelling.downloads import thumbnail_address
from labelling.models import Box, BoxClass, Image

register = template.Library()


@register.simple_tag
def class_badge(shown: BoxClass | str, count: int | None = None) -> SafeString:
    """A class in its colour, with a count before it when one is given; of a mere name only ours have one."""
    name = str(shown)
    if name in OUR_CLASSES:
        return verdict_badge(name, count)
    text = name if count is None else f"{formats.number_format(count, force_grouping=True)} {name}"
    style = shown.style if isinstance(shown, BoxClass) else "unknown"
    return format_html('<span class="mw-verdict mw-verdict-{}">{}</span>', style, text)


@register.simple_tag
def picture_with_boxes(image: Image, address: str, boxes: Iterable[Box]) -> SafeString:
    """An SVG of the picture at an address with boxes drawn over it, in pixels of the upright picture."""
    boxes = list(boxes)
    return format_html(
        '<svg class="mw-picture" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">'
        '<image href="{address}" width="{width}" height="{height}"></image>{rectangles}</svg>',
        width=str(image.width),
        height=str(image.height),
        label=_label(image, boxes),
        address=address,
        rectangles=_rectangles(boxes),
    )


@register.simple_tag
def thumbnail_with_boxes(image: Image, boxes: Iterable[Box]) -> SafeString:
    """The thumbnail, which browsers ask for when it comes into sight, under an SVG of the boxes."""
    boxes = list(boxes)
    return format_html(
        '<span class="mw-thumbnail"><img src="{address}" alt="{label}" loading="lazy" decoding="async">'
        '<svg viewBox="0 0 {width} {height}" aria-hidden="true">{rectangles}</svg></span>',
        address=thumbnail_address(image),
        label=_label(image, boxes),
        width=str(image.width),
        height=str(image.height),
        rectangles=_rectangles(boxes),
    )


def _label(image: Image, boxes: Sequence[Box]) -> str:
    return f"{image.external_id}: {counts_in_words(boxes)}"


def _rectangles(boxes: Iterable[Box]) -> SafeString:
    return format_html_join(
        "",
        '<rect class="mw-box" data-verdict="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        (
            (
                box.box_class.name if box.box_class.name in OUR_CLASSES else box.box_class.style,
                f"{box.x_min:.2f}",
                f"{box.y_min:.2f}",
                f"{box.width:.2f}",
                f"{box.height:.2f}",
                box.box_class.name,
            )
            for box in boxes
        ),
    )


@register.filter
def class_counts(boxes: Iterable[Box]) -> list[tuple[BoxClass, int]]:
    """Classes with the number of boxes of each, most first."""
    return Counter(box.box_class for box in boxes).most_common()


@register.filter
def counts_in_words(boxes: Iterable[Box]) -> str:
    """`3 with_mask, 1 without_mask`: how many boxes of each class."""
    return ", ".join(f"{count} {name}" for name, count in class_counts(boxes)) or "–"


@register.filter
def doubt_in_words(doubt: Mapping[str, Any]) -> str:
    """One entry of Opinion.doubts: what the release says against the labels, and how strongly."""
    sentences = {
        "missing": _("%(said)s without a box (%(score).2f)"),
        "class": _("labelled %(class)s, looks like %(said)s (%(score).2f)"),
        "extra": _("nothing seen in a box of %(class)s (%(score).2f)"),
    }
    return sentences[doubt["kind"]] % doubt
