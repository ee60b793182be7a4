"""What every template of every app must keep to, so that the strict content policy holds."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template

ROOT = settings.BASE_DIR / "templates"
TEMPLATES = sorted(ROOT.rglob("*.html"))
INLINE = {
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an on… attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\shx-on\b", re.IGNORECASE),
    "a javascript: address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "a script without src": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "a file of another host": re.compile(
        r"<(?:script|link|img|video|iframe)\b[^>]*(?:src|href)=\"(?:https?:)?//", re.I
    ),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def what_is_inline(source: str) -> list[str]:
    return [what for what, pattern in INLINE.items() if pattern.search(source)]


@pytest.mark.parametrize(
    "source",
    [
        "<style>a{}</style>",
        '<p class="a" style="color: red">',
        "<p\n  onclick='x()'>",
        '<div hx-on:click="x">',
        '<a href="javascript:x()">',
        "<script>x()</script>",
        '<script type="module">x()</script>',
        '<script src="https://cdn.example/x.js"></script>',
    ],
)
def test_the_patterns_find_what_they_look_for(source):
    assert what_is_inline(source)


def test_the_patterns_leave_alone_what_is_allowed():
    assert not what_is_inline(
        '<script src="{% static \'js/app.js\' %}" type="module"></script>\n<p class="once">a = b</p>'
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_it_holds_nothing_inline(path):
    assert what_is_inline(path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_it_compiles_and_names_only_static_files_that_exist(path):
    get_template(name_of(path))
    for file in re.findall(r"\{% static ['\"]([^'\"]+)['\"] %\}", path.read_text()):
        assert finders.find(file), file


def test_every_icon_named_in_templates_and_navigation_is_in_the_sprite():
    from accounts.context import ENTRIES
    from accounts.templatetags.maskweb import LOOKS

    sprite = (settings.BASE_DIR / "static" / "vendor" / "icons" / "sprite.svg").read_text()
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    source = "\n".join(path.read_text() for path in TEMPLATES)
    named = set(re.findall(r"\{% icon ['\"]([^'\"]+)['\"]", source))
    named |= set(re.findall(r"\b(?:icon_name|action_icon)=['\"]([^'\"]+)['\"]", source))
    named |= {entry.icon for entry in ENTRIES} | {look.icon for look in LOOKS.values()}
    assert named - there == set()


def test_every_sentence_of_a_template_can_be_translated():
    bare = re.compile(r">\s*([A-Z][a-z]+(?: [a-z]+)+[.!?]?)\s*<")
    found = {name_of(path): bare.findall(path.read_text()) for path in TEMPLATES}
    assert {name: texts for name, texts in found.items() if texts} == {}
