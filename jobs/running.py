"""Runs one attempt at a job in this process, and records how it ended."""

import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from jobs.attempts import Attempt, attempt_beat, attempt_end, attempt_failed, attempt_stopped
from jobs.disk import is_disk_full, reserve_give_up, reserve_keep
from jobs.kinds import kind_of
from jobs.models import Job
from jobs.reporter import JobCancelled, JobFailure, JobLost, Progress, Reporter

logger = logging.getLogger(__name__)

BEAT_EVERY = 2.0  # seconds


def attempt_run(attempt: Attempt, *, on_progress: Callable[[Progress], None] | None = None) -> None:
    """Run the claimed attempt to its end. The outcome, good or bad, is on the row afterwards."""
    job = attempt.row.first()
    if job is None or job.target_id is None:
        logger.info("job %s is no longer held by attempt %s", attempt.job_id, attempt.number)
        return
    reporter = Reporter(attempt, on_progress=on_progress)
    reserve_keep()
    try:
        runner = import_string(kind_of(job.kind).runner)
        runner(reporter, job.target_id)
    except JobLost:
        logger.info("job %s was taken over by another attempt", attempt.job_id)
    except JobCancelled:
        attempt_stopped(attempt, **reporter.unwritten())
    except JobFailure as failure:
        logger.info("job %s failed: %s", attempt.job_id, failure)
        _end_badly(attempt, failure, sentence=str(failure), **reporter.unwritten())
    except Exception as error:
        logger.exception("job %s failed", attempt.job_id)
        _end_badly(attempt, error, sentence=_sentence(error), traceback=traceback.format_exc())
    else:
        attempt_end(attempt, state=Job.State.SUCCEEDED, **reporter.unwritten())


def _end_badly(attempt: Attempt, error: Exception, *, sentence: str, **values: Any) -> None:
    if is_disk_full(error):
        reserve_give_up()
    attempt_failed(attempt, failure=sentence, **values)


def _sentence(error: Exception) -> str:
    """What people are told of an error that no runner expected."""
    if is_disk_full(error):
        return _("The disk with the data folder is full. What was finished is kept; free some space, then resume.")
    if isinstance(error, MemoryError):
        return _("There is not enough memory. What was finished is kept; close what else needs much, then resume.")
    return _("Something went wrong here. What was finished is kept; an administrator can see the details of this job.")


@contextmanager
def beating(attempt: Attempt) -> Iterator[None]:
    """Keep the heartbeat of an attempt that runs in this very process, from a thread."""
    over = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(attempt, over), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat_until(attempt: Attempt, over: threading.Event) -> None:
    while not over.wait(BEAT_EVERY):
        try:
            attempt_beat(attempt)
        except DatabaseError as error:
            logger.warning("no heartbeat for job %s this time: %s", attempt.job_id, error)
    connection.close()
