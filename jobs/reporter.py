"""What a runner is given: it reports progress, asks whether to stop, and guards its writes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from jobs.attempts import Attempt
from jobs.notify import job_changed

WRITE_EVERY = 0.2  # seconds


class JobFailure(Exception):
    """A sentence for the person whose job it is. Each app subclasses it."""


class JobCancelled(Exception):
    """Somebody asked for the job to be stopped. A runner may tidy up for less than a second and let it pass."""


class JobLost(Exception):
    """Another attempt has taken the job over: write nothing more."""


@dataclass(frozen=True)
class Progress:
    """How far a job is."""

    done: int = 0
    total: int | None = None
    message: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


class Reporter:
    """The way from a runner to the row of its job.

    Every write asks in the same statement whether this attempt still holds the job.
    """

    def __init__(self, attempt: Attempt, *, on_progress: Callable[[Progress], None] | None = None) -> None:
        self.job_id = attempt.job_id
        self._attempt = attempt
        self._on_progress = on_progress
        self._progress = Progress()
        self._pending: dict[str, Any] = {}
        self._written_at = float("-inf")
        self._asked_at = float("-inf")

    def progress(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        message: str | None = None,
        detail: dict[str, Any] | None = None,
        force: bool = False,
    ) -> None:
        """Report how far the job is; what is left out stays. At most five writes a second, unless forced.

        Raises JobCancelled when a stop was asked for, JobLost when another attempt holds the job.
        """
        given = {"done": done, "total": total, "message": message and message[:300], "detail": detail}
        values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        self._progress = replace(self._progress, **values)
        self._pending |= values
        if self._on_progress is not None:
            self._on_progress(self._progress)
        if force or time.monotonic() - self._written_at >= WRITE_EVERY:
            self._write()

    @contextmanager
    def safe_point(self, *, landmark: bool = False) -> Iterator[None]:
        """A transaction around a write that must happen once: the chunk and what marks it done.

        Its first statement updates the job's row on the condition that this attempt holds it, which also keeps
        anybody else from taking the job over before the transaction ends. At a landmark so much is done that earlier
        deaths of the process no longer count.
        Raises JobCancelled or JobLost before anything is written.
        """
        if landmark:
            self._pending["crashes"] = 0
        with transaction.atomic():
            self._write()
            yield

    def should_stop(self) -> bool:
        """Whether a stop was asked for, or the job lost; asks the database at most five times a second."""
        if time.monotonic() - self._asked_at < WRITE_EVERY:
            return False
        self._asked_at = time.monotonic()
        return not self._attempt.row.filter(cancel_requested_at=None).exists()

    def unwritten(self) -> dict[str, Any]:
        """What was reported since the last write: the end of the job writes it."""
        return dict(self._pending)

    def _write(self) -> None:
        values = {"heartbeat_at": timezone.now(), **self._pending}
        if not self._attempt.row.filter(cancel_requested_at=None).update(**values):
            raise JobCancelled if self._attempt.row.exists() else JobLost
        self._pending = {}
        self._written_at = time.monotonic()
        job_changed(self.job_id)
