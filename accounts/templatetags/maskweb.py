"""Tags that every page uses: icons, verdicts, numbers, times and form controls. `{% load maskweb %}`."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.forms import BoundField, widgets
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

NOTHING = "–"


class Look(NamedTuple):
    """How a verdict is shown: never by its colour alone."""

    style: str
    icon: str
    label: Promise


LOOKS = {
    "with_mask": Look("with", "face-mask", _("with mask")),
    "without_mask": Look("without", "face-mask-off", _("without mask")),
    "worn_incorrectly": Look("incorrect", "alert-triangle", _("worn incorrectly")),
    "unknown": Look("unknown", "question-mark", _("unknown")),
}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A Tabler icon; one that stands alone needs a label for those who do not see it."""
    href = f"{static('vendor/icons/sprite.svg')}#{name}"
    if label:
        return format_html('<svg class="mw-icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href)
    return format_html('<svg class="mw-icon" aria-hidden="true"><use href="{}"></use></svg>', href)


@register.simple_tag
def verdict_badge(verdict: str, count: int | None = None) -> SafeString:
    """A verdict as icon and word in its colour, with a count before it when one is given."""
    look = LOOKS.get(verdict, LOOKS["unknown"])
    text = str(look.label) if count is None else f"{formats.number_format(count, force_grouping=True)} {look.label}"
    return format_html('<span class="mw-verdict mw-verdict-{}">{}{}</span>', look.style, icon(look.icon), text)


@register.simple_tag
def verdict_style(verdict: str) -> str:
    """The suffix of a verdict's CSS classes and tokens: with, without, incorrect, unknown."""
    return LOOKS.get(verdict, LOOKS["unknown"]).style


@register.filter
def verdict_label(verdict: str) -> str:
    return str(LOOKS[verdict].label) if verdict in LOOKS else verdict


@register.simple_tag
def percent(value: float | None, digits: int = 0) -> str:
    """A share between 0 and 1 as a percentage."""
    if value is None:
        return NOTHING
    return gettext("%(number)s%%") % {"number": _rounded(value * 100, digits)}


@register.simple_tag
def interval(low: float | None, high: float | None, digits: int = 0) -> str:
    """Two shares between 0 and 1 as an interval of percentages."""
    if low is None or high is None:
        return NOTHING
    return gettext("%(low)s–%(high)s%%") % {"low": _rounded(low * 100, digits), "high": _rounded(high * 100, digits)}


@register.simple_tag
def duration_hms(value: float | timedelta | None) -> str:
    """Seconds or a timedelta as 0:07, 12:30 or 1:02:03, rounded down to the second."""
    if value is None:
        return NOTHING
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    minutes, rest = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.simple_tag
def progress_bar(done: int | None, total: int | None, label: str = "") -> SafeString:
    """A <progress>; one without a total only tells that something moves."""
    name = label or gettext("Progress")
    if not total:
        return format_html('<progress class="mw-progress" aria-label="{}"></progress>', name)
    return format_html(
        '<progress class="mw-progress" max="{}" value="{}" aria-label="{}"></progress>',
        total,
        min(done or 0, total),
        name,
    )


@register.simple_tag
def since(moment: datetime | None) -> SafeString | str:
    """A time told relative to now; the exact one is in the title and in the datetime attribute."""
    if moment is None:
        return NOTHING
    local = timezone.localtime(moment)
    exact = f"{local:%Y-%m-%d %H:%M %Z}"
    return format_html(
        '<time datetime="{}" title="{}" tabindex="0" data-since>{}</time>',
        moment.isoformat(),
        exact,
        naturaltime(moment),
    )


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """A form field's widget, dressed in the classes that Tabler wants for its kind."""
    classes = [str(field.field.widget.attrs.get("class", "")), _control_class(field.field.widget)]
    if field.errors:
        classes.append("is-invalid")
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, widgets.CheckboxInput)


def _rounded(value: float, digits: int) -> str:
    """In the reader's notation; rounded first, as number_format only cuts digits off."""
    return formats.number_format(round(value, digits), decimal_pos=digits)


def _control_class(widget: widgets.Widget) -> str:
    if isinstance(widget, (widgets.CheckboxInput, widgets.RadioSelect, widgets.CheckboxSelectMultiple)):
        return "form-check-input"
    return "form-select" if isinstance(widget, widgets.Select) else "form-control"
