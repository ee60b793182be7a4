"""The files that releases were converted to, and how they go."""

from typing import Final

from django.db import transaction

from accounts.models import User
from jobs.models import Job
from jobs.services import job_cancel
from releases.models import ModelRelease

CONVERSION_KIND: Final = "releases.conversion"


def conversions_drop(release: ModelRelease, *, by: User | None, forms: list[str] | None = None) -> None:
    """Stop the jobs that convert a release and, once committed, remove its files; part of a deletion."""
    rows = release.conversions.select_related("release")
    rows = rows if forms is None else rows.filter(form__in=forms)
    paths = [row.path for row in rows]
    for job in Job.objects.unfinished().filter(kind=CONVERSION_KIND, target_id__in=[row.pk for row in rows]):
        job_cancel(job=job, by=by)

    def remove() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    transaction.on_commit(remove, robust=True)
