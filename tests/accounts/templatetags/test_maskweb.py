"""The tags that every page uses."""

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from accounts.templatetags import maskweb


def render(source, **context):
    return Template("{% load maskweb %}" + source).render(Context(context))


def test_an_icon_that_stands_alone_is_named():
    assert render('{% icon "camera" label %}', label="Camera <1>") == (
        '<svg class="mw-icon" role="img" aria-label="Camera &lt;1&gt;">'
        '<use href="/static/vendor/icons/sprite.svg#camera"></use></svg>'
    )
    assert 'aria-hidden="true"' in render('{% icon "camera" %}')


@pytest.mark.parametrize(
    ("verdict", "style", "word"),
    [
        ("with_mask", "mw-verdict-with", "with mask"),
        ("without_mask", "mw-verdict-without", "without mask"),
        ("worn_incorrectly", "mw-verdict-incorrect", "worn incorrectly"),
        ("unknown", "mw-verdict-unknown", "unknown"),
    ],
)
def test_a_verdict_has_colour_icon_and_word(verdict, style, word):
    badge = render("{% verdict_badge verdict 1234 %}", verdict=verdict)
    assert style in badge
    assert "<svg" in badge
    assert f"1,234 {word}" in badge


@pytest.mark.parametrize(
    ("share", "digits", "expected"),
    [(0.9126, 0, "91%"), (0.9126, 1, "91.3%"), (0, 0, "0%"), (1, 0, "100%"), (None, 0, "–")],
)
def test_a_share_is_shown_in_percent(share, digits, expected):
    assert maskweb.percent(share, digits) == expected


def test_an_interval_is_shown_in_percent():
    assert maskweb.interval(0.839, 0.951) == "84–95%"
    assert maskweb.interval(None, 0.9) == "–"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0:00"), (7.9, "0:07"), (750, "12:30"), (3723, "1:02:03"), (timedelta(minutes=61), "1:01:00"), (None, "–")],
)
def test_a_length_is_shown_as_a_clock(seconds, expected):
    assert maskweb.duration_hms(seconds) == expected


def test_a_bar_never_passes_its_end_and_without_a_total_has_no_value():
    assert 'max="10" value="10"' in maskweb.progress_bar(12, 10)
    assert "value" not in maskweb.progress_bar(3, None)


def test_a_time_is_told_relative_to_now_with_the_exact_one_in_the_title():
    moment = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    with timezone.override("Asia/Tokyo"):
        shown = maskweb.since(moment)
    assert 'datetime="2026-03-01T12:30:00+00:00"' in shown
    assert 'title="2026-03-01 21:30 JST"' in shown
    assert "3\N{NO-BREAK SPACE}hours ago" in maskweb.since(timezone.now() - timedelta(hours=3, minutes=1))
    assert maskweb.since(None) == "–"


class ExampleForm(forms.Form):
    name = forms.CharField(widget=forms.TextInput(attrs={"class": "mine"}))
    colour = forms.ChoiceField(choices=[("r", "red")])
    sure = forms.BooleanField()


@pytest.mark.parametrize(
    ("field", "expected"), [("name", "mine form-control"), ("colour", "form-select"), ("sure", "form-check-input")]
)
def test_a_control_wears_the_classes_of_its_kind(field, expected):
    assert f'class="{expected}"' in maskweb.control(ExampleForm()[field])


def test_a_control_with_an_error_says_so():
    assert "is-invalid" in maskweb.control(ExampleForm({})["name"])
