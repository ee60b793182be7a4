"""The one task in the queues: start a job's process, keep its heartbeat, end it when asked, notice its death."""

import logging
import os
import signal
import subprocess
import time

from django.db import DatabaseError

from jobs.attempts import Attempt, attempt_beat, attempt_claim, attempt_crashed
from jobs.processes import group_end, memory_kills, process_start
from jobs.running import BEAT_EVERY

logger = logging.getLogger(__name__)

POLL_EVERY = 0.25  # seconds
GRACE = 1.0  # seconds a runner has to stop by itself


def job_start(pk: int, attempt_number: int) -> None:
    """Run one attempt at a job. Delivered twice, or too late, it does nothing."""
    attempt = Attempt(job_id=pk, number=attempt_number)
    if not attempt_claim(attempt, process_group=os.getpgrp()):
        return
    killed_before = memory_kills()
    process = process_start(attempt)
    attempt_beat(attempt, process_group=process.pid)
    _watch(process, attempt)
    group_end(process.pid, attempt)
    out_of_memory = process.returncode == -signal.SIGKILL and memory_kills() > killed_before
    attempt_crashed(attempt, out_of_memory=out_of_memory)  # only if the process did not say how it ended


def _watch(process: "subprocess.Popen[bytes]", attempt: Attempt) -> None:
    """Return once the process is gone: by itself, or killed because a stop was asked for or the job was lost."""
    beaten_at = time.monotonic()
    while True:
        try:
            process.wait(POLL_EVERY)
            return
        except subprocess.TimeoutExpired:
            pass
        if _must_stop(attempt):
            _end(process, attempt)
            return
        if time.monotonic() - beaten_at >= BEAT_EVERY:
            beaten_at = time.monotonic()
            _beat(attempt)


def _must_stop(attempt: Attempt) -> bool:
    try:
        return not attempt.row.filter(cancel_requested_at=None).exists()
    except DatabaseError as error:
        logger.warning("cannot see whether job %s shall stop: %s", attempt.job_id, error)
        return False


def _beat(attempt: Attempt) -> None:
    try:
        attempt_beat(attempt)
    except DatabaseError as error:
        logger.warning("no heartbeat for job %s this time: %s", attempt.job_id, error)


def _end(process: "subprocess.Popen[bytes]", attempt: Attempt) -> None:
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        group_end(process.pid, attempt)
        process.wait()
