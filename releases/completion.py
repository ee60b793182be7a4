"""Orders an int8 form or a calibration for a release: the writes behind buttons, API and commands."""

from collections.abc import Callable
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from jobs.models import Job
from jobs.reporter import Progress
from jobs.services import job_enqueue, job_run_here
from releases.models import ModelRelease

PARTS: Final = {"int8": "training.int8", "calibration": "training.calibration"}
"""What may lie beside a release, named as the fields of its row, with the kinds of work that make it.

The work itself lies with training, which has the pictures."""
TITLES: Final = {"int8": gettext_lazy("Int8 form of %(name)s"), "calibration": gettext_lazy("Calibration of %(name)s")}


@transaction.atomic
def completion_start(*, release: ModelRelease, part: str, by: User | None) -> Job:
    """Queue the making of a part. Raises ValidationError where the release has it, or it is being made."""
    _refuse_present(release, part)
    if Job.objects.unfinished().filter(kind=PARTS[part], target_id=release.pk).exists():
        raise ValidationError(_("This is being made already."))
    job = job_enqueue(kind=PARTS[part], title=_title(release, part), owner=by, target_id=release.pk)
    audit(actor=by, action=f"release_{part}_start", target=release, name=release.name)
    return job


def completion_run_here(
    *, release: ModelRelease, part: str, on_progress: Callable[[Progress], None] | None = None
) -> ModelRelease:
    """Make a part in this process, for commands. Raises ValidationError where it is there, JobFailed else."""
    _refuse_present(release, part)
    job_run_here(
        kind=PARTS[part], title=_title(release, part), owner=None, target_id=release.pk, on_progress=on_progress
    )
    release.refresh_from_db()
    return release


def completion_jobs(release: ModelRelease) -> dict[str, Job]:
    """The newest job of each part, where there was one; one query."""
    jobs = Job.objects.filter(kind__in=PARTS.values(), target_id=release.pk).order_by("pk")
    by_kind = {job.kind: job for job in jobs}
    return {part: by_kind[kind] for part, kind in PARTS.items() if kind in by_kind}


def _refuse_present(release: ModelRelease, part: str) -> None:
    if part == "int8" and release.int8:
        raise ValidationError(_("%(name)s has an int8 form; it is sealed and stays.") % {"name": release.name})
    if part == "calibration" and release.calibration:
        raise ValidationError(_("%(name)s is calibrated; that is sealed and stays.") % {"name": release.name})


def _title(release: ModelRelease, part: str) -> str:
    return str(TITLES[part]) % {"name": release.name}
