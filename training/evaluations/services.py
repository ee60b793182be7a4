"""Every write about measurements that a person asks for."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from jobs.services import job_enqueue
from labelling.models import DatasetVersion
from releases.models import ModelRelease
from training.evaluations.models import EVALUATION_KIND, Evaluation, Part


@transaction.atomic
def evaluations_start(
    *, releases: Sequence[ModelRelease], version: DatasetVersion, split: str, by: User | None
) -> list[Evaluation]:
    """Have releases measured in float32 by a job each, except those that were or are being measured so on this part.

    Raises ValidationError, keyed by field, where the version has no such pictures or a release none of its classes.
    """
    _check(releases, version, split)
    rows = []
    for release in releases:
        row, _made = Evaluation.objects.select_for_update().get_or_create(
            release=release, version=version, split=split, defaults={"created_by": by}
        )
        if not row.is_measured and not row.is_under_way:
            title = _("Measure %(subject)s") % {"subject": row}
            row.job = job_enqueue(kind=EVALUATION_KIND, title=title, owner=by, target_id=row.pk)
            row.finished_at = None
            row.save(update_fields=["job", "finished_at"])
            audit(actor=by, action="evaluation_start", target=row, release=release.name, version=str(version))
        rows.append(row)
    return rows


def _check(releases: Sequence[ModelRelease], version: DatasetVersion, split: str) -> None:
    words = {"version": version, "known": ", ".join(Part.values)}
    if split not in Part.values:
        raise ValidationError({"split": _("A part is one of %(known)s.") % words})
    parts = version.images if split == Part.ALL else version.images.filter(split=split)
    if not parts.exists():
        raise ValidationError({"split": _("%(version)s has no picture in this part.") % words})
    for release in releases:
        if not set(version.classes) & set(release.classes):
            sentence = _("%(release)s knows none of the classes of %(version)s.")
            raise ValidationError({"release": sentence % {**words, "release": release}})
