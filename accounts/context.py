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
    label: Promise
    url_name: str
    icon: str
    right: Right | None  # None: everyone signed in


ENTRIES = (
    Entry(_("Overview"), "detection:overview", "dashboard", Right.VIEW_CAMERAS),
    Entry(_("Cameras"), "detection:cameras", "camera", Right.VIEW_CAMERAS),
    Entry(_("Clips"), "detection:clips", "video", Right.VIEW_CAMERAS),
    Entry(_("Datasets"), "labelling:datasets", "photo", Right.VIEW_DATASETS),
    Entry(_("Training"), "training:runs", "school", Right.VIEW_TRAINING),
    Entry(_("Models"), "releases:releases", "box", Right.VIEW_RELEASES),
    Entry(_("Settings"), "accounts:settings", "settings", None),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"navigation": [], "may_manage_people": False}
    entries = [
        {
            "label": entry.label,
            "url": reverse(entry.url_name),
            "icon": entry.icon,
            "current": _is_current(request.path, reverse(entry.url_name)),
        }
        for entry in entries_of(user)
    ]
    return {"navigation": entries, "may_manage_people": user.may(Right.MANAGE_PEOPLE)}


def entries_of(user: User) -> list[Entry]:
    """The entries that a person's role opens; there is always one."""
    return [entry for entry in ENTRIES if entry.right is None or user.may(entry.right)]


def _is_current(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
