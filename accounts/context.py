"""What every page's frame needs: the navigation entries this person may open."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right


@dataclass(frozen=True)
class Entry:
    """`also`: a page that belongs to it although its address lies below another's."""

    label: Promise
    url_name: str
    icon: str
    right: Right | None  # None: everyone signed in
    also: str = ""


ENTRIES = (
    Entry(_("Overview"), "detection:overview", "dashboard", Right.VIEW_CAMERAS),
    Entry(_("Cameras"), "detection:cameras", "camera", Right.VIEW_CAMERAS),
    Entry(_("Clips"), "detection:clips", "video", Right.VIEW_CAMERAS),
    Entry(_("Datasets"), "labelling:datasets", "photo", Right.VIEW_DATASETS),
    Entry(_("Training"), "training:runs", "school", Right.VIEW_TRAINING),
    Entry(_("Models"), "releases:releases", "box", Right.VIEW_RELEASES, also="training:measure"),
    Entry(_("Settings"), "accounts:settings", "settings", None),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"navigation": [], "may_manage_people": False}
    entries = entries_of(user)
    current = _current(request.path, entries)
    shown = [
        {"label": entry.label, "url": reverse(entry.url_name), "icon": entry.icon, "current": entry is current}
        for entry in entries
    ]
    return {"navigation": shown, "may_manage_people": user.may(Right.MANAGE_PEOPLE)}


def entries_of(user: User) -> list[Entry]:
    """The entries that a person's role opens; there is always one."""
    return [entry for entry in ENTRIES if entry.right is None or user.may(entry.right)]


def _current(path: str, entries: list[Entry]) -> Entry | None:
    """The entry that a page belongs to; of several the one whose address it shares most of."""
    addresses = [(reverse(name), entry) for entry in entries for name in (entry.url_name, entry.also) if name]
    found = [(len(url), entry) for url, entry in addresses if (path == url if url == "/" else path.startswith(url))]
    return max(found, key=lambda each: each[0])[1] if found else None
