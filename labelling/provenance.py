"""What Labelbox knew of an image, as a person may see it.

Annotators appear under pseudonyms, except to those who manage datasets.
"""

from typing import Any, Final

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.rights import Right
from labelling.labelbox.values import mapping_of, text_of
from labelling.models import Image

ANNOTATOR: Final = "Created By"
REVIEWS: Final = "Reviews"
REVIEWER_KEYS: Final = ("createdBy", "created_by", "reviewed_by", "reviewedBy")


def provenance_of(image: Image, user: User) -> list[tuple[str, str]]:
    """Names and values of what the export said of the record, in the order of the names."""
    named = user.may(Right.MANAGE_DATASETS)
    found = []
    for name, value in sorted(image.source_row.items()):
        shown = _shown(name, value, image.dataset_id, named)
        if shown:
            found.append((name, shown))
    return found


def pseudonym(dataset_id: int, annotator: str) -> str:
    """The same for the same person throughout a dataset, another in every other; not to be turned back."""
    key = f"{dataset_id}:{annotator.strip().casefold()}"
    return _("Annotator %(code)s") % {"code": salted_hmac("labelling.annotator", key).hexdigest()[:6].upper()}


def _shown(name: str, value: Any, dataset_id: int, named: bool) -> str:
    if name == ANNOTATOR:
        return text_of(value) if named else pseudonym(dataset_id, text_of(value))
    if name == REVIEWS:
        return _reviews(value, dataset_id, named)
    return str(value)


def _reviews(value: Any, dataset_id: int, named: bool) -> str:
    """How many reviews there were, and whose; a text, as CSV exports have it, only to those who may read names."""
    if not isinstance(value, list):
        return str(value) if named else ""
    count = ngettext("%(n)d review", "%(n)d reviews", len(value)) % {"n": len(value)}
    people = sorted({person for each in value if (person := _reviewer(each))})
    names = [person if named else pseudonym(dataset_id, person) for person in people]
    return f"{count} ({', '.join(names)})" if names else count


def _reviewer(review: Any) -> str:
    return next((text_of(mapping_of(review).get(key)) for key in REVIEWER_KEYS if mapping_of(review).get(key)), "")
