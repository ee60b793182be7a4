"""Every write about jobs that a person or an app asks for."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from jobs.attempts import Attempt, attempt_claim, attempt_stopped, stopped_values
from jobs.broker import broker_put
from jobs.kinds import kind_of
from jobs.models import Job
from jobs.notify import job_changed
from jobs.reporter import JobFailure, Progress
from jobs.running import attempt_run, beating


class JobFailed(JobFailure):
    """A job that was run here and did not succeed; the text is the sentence on its row."""


@transaction.atomic
def job_enqueue(*, kind: str, title: str, owner: User | None, target_id: int, unit: str = "") -> Job:
    """Put a job on record, and into its queue once this transaction is committed.

    `unit` is what it counts, where that is another thing than jobs of its kind mostly do.
    """
    job = _job_create(kind=kind, title=title, owner=owner, target_id=target_id, unit=unit)
    broker_put(job)
    return job


@transaction.atomic
def job_cancel(*, job: Job, by: User | None) -> Job:
    """Cancel a queued job at once; ask a running one to stop, which it does within two seconds.

    One that has achieved what it is for, see `Kind`, ends as done.
    """
    now = timezone.now()
    rows = Job.objects.filter(pk=job.pk)
    cancelled = rows.filter(state=Job.State.QUEUED).update(finished_at=now, **stopped_values(job))
    if not cancelled:
        cancelled = rows.filter(state=Job.State.RUNNING, cancel_requested_at=None).update(cancel_requested_at=now)
    if cancelled:
        audit(actor=by, action="job_cancel", target=job)
        job_changed(job.pk)
    job.refresh_from_db()
    return job


@transaction.atomic
def job_resume(*, job: Job, by: User) -> Job:
    """Queue a cancelled or failed job again; its runner goes on from its last safe point."""
    ended = Job.objects.filter(pk=job.pk, state__in=[Job.State.CANCELLED, Job.State.FAILED])
    resumed = ended.update(
        state=Job.State.QUEUED,
        attempt=F("attempt") + 1,
        crashes=0,
        queued_at=timezone.now(),
        finished_at=None,
        cancel_requested_at=None,
        process_group=None,
        failure="",
        traceback="",
        message="",
    )
    if not resumed:
        raise ValidationError(_("Only a cancelled or failed job can be resumed."))
    audit(actor=by, action="job_resume", target=job)
    job.refresh_from_db()
    broker_put(job)
    job_changed(job.pk)
    return job


def job_run_here(
    *,
    kind: str,
    title: str,
    owner: User | None,
    target_id: int,
    on_progress: Callable[[Progress], None] | None = None,
) -> Job:
    """Run a job in this process, for management commands: the same runner and guards as in a queue.

    Raises JobFailed with the row's sentence when it does not succeed.
    """
    job = _job_create(kind=kind, title=title, owner=owner, target_id=target_id)
    attempt = Attempt(job_id=job.pk, number=job.attempt)
    attempt_claim(attempt, process_group=None)
    try:
        with beating(attempt):
            attempt_run(attempt, on_progress=on_progress)
    except KeyboardInterrupt:
        attempt_stopped(attempt)
        raise
    job.refresh_from_db()
    if job.state != Job.State.SUCCEEDED:
        raise JobFailed(job.failure or _("The job was stopped."))
    return job


def _job_create(*, kind: str, title: str, owner: User | None, target_id: int, unit: str = "") -> Job:
    known = kind_of(kind)
    job = Job(kind=kind, title=title[:200], queue=known.queue, owner=owner, target_id=target_id)
    job.unit = unit or known.unit
    job.full_clean()
    job.save()
    return job
