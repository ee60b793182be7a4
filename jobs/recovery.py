"""Finds the jobs whose process died unnoticed, because its worker died too, and queues them again."""

import logging
import socket
import time
from datetime import timedelta

from django.utils import timezone

from jobs.attempts import Attempt, attempt_crashed, attempt_put_back
from jobs.broker import broker_repair
from jobs.models import Job
from jobs.processes import group_end, group_members

logger = logging.getLogger(__name__)

STALE_AFTER = timedelta(seconds=8)  # four missed heartbeats
GOING_TAKES = 3.0  # seconds


def recover() -> list[Job]:
    """End and queue again the jobs whose heartbeat stopped, and repair the broker's entries."""
    stale = list(Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=timezone.now() - STALE_AFTER))
    for job in stale:
        logger.warning("job %s (attempt %s) has no heartbeat since %s", job.pk, job.attempt, job.heartbeat_at)
        attempt = Attempt(job_id=job.pk, number=job.attempt)
        if _is_here(job):
            group_end(job.process_group or 0, attempt)
        attempt_crashed(attempt)
    broker_repair()
    return stale


def put_back_stopped() -> int:
    """At a shutdown, once the clusters are gone: queue again what their workers were running on this machine.

    A job's process dies with its worker, and what it started itself is ended here. A job whose process stays alive
    belongs to another server on this machine.
    """
    number = 0
    for job in Job.objects.filter(state=Job.State.RUNNING, process_group__isnull=False):
        attempt = Attempt(job_id=job.pk, number=job.attempt)
        if _is_here(job) and _leader_gone(job.process_group or 0, attempt):
            group_end(job.process_group or 0, attempt)
            attempt_put_back(attempt)
            number += 1
    return number


def _leader_gone(group: int, attempt: Attempt) -> bool:
    """Whether the attempt's own process is gone; that of a killed worker needs a moment to go."""
    deadline = time.monotonic() + GOING_TAKES
    while any(process.pid == group for process in group_members(group, attempt)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _is_here(job: Job) -> bool:
    return job.process_group is not None and job.host == socket.gethostname()
