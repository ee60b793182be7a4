"""A job's row as the JSON that pages and sockets show."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from jobs.kinds import kind_of
from jobs.models import Job


def job_snapshot(job: Job) -> dict[str, Any]:
    """What anybody who may see the job is told; the traceback is not among it."""
    return {
        "id": job.pk,
        "kind": job.kind,
        "title": job.title,
        "state": job.state,
        "state_label": str(job.get_state_display()),
        "done": job.done,
        "total": job.total,
        "unit": job.unit,
        "message": job.message,
        "detail": job.detail,
        "started_at": _moment(job.started_at),
        "finished_at": _moment(job.finished_at),
        "stopping": job.state == Job.State.RUNNING and job.cancel_requested_at is not None,
        "failure": job.failure,
        "rate": rate(job),
        "seconds_left": seconds_left(job),
        "page": result_page(job),
    }


def rate(job: Job) -> float | None:
    """Units a second of this attempt while it runs, None before the first one."""
    if job.state != Job.State.RUNNING or job.started_at is None:
        return None
    done = job.done - job.done_at_start
    seconds = (timezone.now() - job.started_at).total_seconds()
    return round(done / seconds, 2) if done > 0 and seconds > 0 else None


def seconds_left(job: Job) -> int | None:
    """How long the rest takes at the speed of this attempt, None while that cannot be told."""
    speed = rate(job)
    if not speed or job.total is None:
        return None
    return max(0, round((job.total - job.done) / speed))


def result_page(job: Job) -> str:
    """The address where the job's result is seen, empty when its kind has none."""
    page = kind_of(job.kind).page
    return reverse(page, args=[job.target_id]) if page and job.target_id is not None else ""


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
