"""One attempt at a job, and the guarded changes of its row.

An attempt owns the row while the row is running with the attempt's number. Every write of an attempt carries that
condition, so an attempt that was given up for dead, and is not, can do no harm.
"""

import socket
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.broker import broker_put
from jobs.kinds import achievement, kind_of
from jobs.models import Job, JobQuerySet
from jobs.notify import job_changed


@dataclass(frozen=True)
class Attempt:
    job_id: int
    number: int

    @property
    def row(self) -> JobQuerySet:
        """The job's row, empty when this attempt no longer holds it."""
        return Job.objects.held_by(pk=self.job_id, attempt=self.number)

    @property
    def marker(self) -> str:
        """What the environment of the attempt's processes carries, so that none is taken for another."""
        return f"{self.job_id}:{self.number}"


def attempt_claim(attempt: Attempt, *, process_group: int | None) -> bool:
    """Turn the queued job into a running one. Of several that try, one wins.

    process_group: the group that works on it, None for a command that runs the job itself.
    """
    now = timezone.now()
    waiting = Job.objects.filter(pk=attempt.job_id, attempt=attempt.number, state=Job.State.QUEUED)
    claimed = waiting.update(
        state=Job.State.RUNNING,
        started_at=now,
        heartbeat_at=now,
        done_at_start=F("done"),
        host=socket.gethostname(),
        process_group=process_group,
    )
    job_changed(attempt.job_id)
    return claimed == 1


def attempt_beat(attempt: Attempt, **values: Any) -> bool:
    """Say that the attempt lives; False when it no longer holds the job."""
    return attempt.row.update(heartbeat_at=timezone.now(), **values) == 1


def attempt_end(attempt: Attempt, *, state: Job.State, failure: str = "", traceback: str = "", **values: Any) -> bool:
    """Record how the attempt ended; False when it no longer held the job."""
    ended = attempt.row.update(
        state=state, finished_at=timezone.now(), failure=failure[:500], traceback=traceback, **values
    )
    job_changed(attempt.job_id)
    return ended == 1


def attempt_stopped(attempt: Attempt, **values: Any) -> bool:
    """Record that the attempt ended because somebody asked for it; False when it no longer held the job."""
    job = attempt.row.first()
    return job is not None and attempt_end(attempt, **{**values, **stopped_values(job)})


def attempt_failed(attempt: Attempt, *, failure: str, **values: Any) -> bool:
    """Record that an error ended the attempt, and which; False when it no longer held the job."""
    job = attempt.row.first()
    if job is None:
        return False
    return attempt_end(attempt, failure=failure, **{**values, **_end_values(job, Job.State.FAILED)})


def stopped_values(job: Job) -> dict[str, Any]:
    """How the row of a job that is stopped now ends: cancelled, or done if what it is for is there already."""
    return _end_values(job, Job.State.CANCELLED)


def _end_values(job: Job, state: Job.State) -> dict[str, Any]:
    sentence = achievement(job.kind, job.target_id)
    return {"state": Job.State.SUCCEEDED, "message": sentence} if sentence else {"state": state}


@transaction.atomic
def attempt_crashed(attempt: Attempt, *, out_of_memory: bool = False) -> None:
    """The attempt's process ended without saying how: cancelled if that was asked for, else queued again.

    Not for ever: a job that dies again and again without reaching a landmark fails, and says what may help.
    """
    job = attempt.row.select_for_update().first()
    if job is None:
        return
    if job.cancel_requested_at is not None:
        attempt_stopped(attempt)
    elif job.crashes + 1 >= kind_of(job.kind).max_attempts:
        sentence = _given_up(job, out_of_memory=out_of_memory)
        attempt_failed(attempt, failure=sentence, crashes=F("crashes") + 1)
    else:
        _queue_again(attempt, message=_("Interrupted; goes on from the last safe point."), crashes=F("crashes") + 1)


def _given_up(job: Job, *, out_of_memory: bool) -> str:
    if out_of_memory:
        sentence = _(
            "The system ended it because memory ran out; interrupted %(count)s times, it is not tried again. "
            "What was finished is kept."
        )
    else:
        sentence = _("It was interrupted %(count)s times and is not tried again. What was finished is kept.")
    return f"{sentence % {'count': job.crashes + 1}} {kind_of(job.kind).if_it_dies}".rstrip()


@transaction.atomic
def attempt_put_back(attempt: Attempt) -> None:
    """Queue the job of an attempt that was stopped on purpose, at a shutdown: no crash is counted."""
    job = attempt.row.select_for_update().first()
    if job is None:
        return
    if job.cancel_requested_at is not None:
        attempt_stopped(attempt)
    else:
        _queue_again(attempt, message=_("Stopped with the server; goes on from the last safe point."))


def _queue_again(attempt: Attempt, **values: Any) -> None:
    attempt.row.update(
        state=Job.State.QUEUED, attempt=F("attempt") + 1, queued_at=timezone.now(), process_group=None, **values
    )
    broker_put(Job.objects.get(pk=attempt.job_id))
    job_changed(attempt.job_id)
