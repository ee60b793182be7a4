"""What is told of a look at an export that was forgotten, as nobody confirmed it."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from labelling.models import LOOK_DISCARD, LOOK_EXPIRE, LOOK_KEPT, Dataset, LabelImport


@dataclass(frozen=True)
class ForgottenLook:
    """A look that is no more. `dataset` is where its export may be sent again, None where that has gone as well."""

    export_name: str
    sentence: str
    dataset: Dataset | None


def forgotten_look(user: User, key: int) -> ForgottenLook | None:
    """The look that had this key; None where there was none. For those who may see imports."""
    entries = AuditEntry.objects.filter(
        action__in=(LOOK_DISCARD, LOOK_EXPIRE), target_type=LabelImport._meta.label_lower, target_id=str(key)
    )
    entry = entries.select_related("actor").first()
    if entry is None:
        return None
    dataset = Dataset.objects.for_user(user).filter(pk=entry.detail["dataset_id"]).first()
    return ForgottenLook(entry.detail["export"], _sentence(entry), dataset)


def _sentence(entry: AuditEntry) -> str:
    if entry.action == LOOK_DISCARD:
        said = _(
            "%(export)s was only looked at. %(person)s discarded the look on %(day)s, with the files that were sent."
            " Nothing of it was stored: to import it, send it again."
        )
    else:
        said = _(
            "%(export)s was only looked at. Nobody imported it within %(days)d days, so that it was forgotten on"
            " %(day)s, with the files that were sent. Nothing of it was stored: to import it, send it again."
        )
    return said % {
        "export": entry.detail["export"],
        "days": LOOK_KEPT.days,
        "day": date_format(timezone.localtime(entry.at), "j F Y"),
        "person": entry.actor or _("Somebody who is no longer here"),
    }
