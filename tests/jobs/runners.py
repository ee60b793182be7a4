"""What the kinds of the tests do. `lines` writes numbered rows, chunk by chunk, into the audit log."""

import os
import subprocess
import sys
import time

from django.utils import timezone

from accounts.models import AuditEntry
from jobs.models import Job
from jobs.reporter import JobFailure, Reporter

CHUNKS = 8
CHUNK = 5
ACTION = "tests.line"


def lines(reporter: Reporter, target_id: int) -> None:
    """Write CHUNKS chunks of CHUNK numbered lines, going on after the last chunk that is there.

    TESTS_PAUSE: seconds before each line and between chunks.
    """
    pause = float(os.environ.get("TESTS_PAUSE", "0"))
    first = AuditEntry.objects.filter(action=ACTION, target_id=target_id).count() // CHUNK
    for chunk in range(first, CHUNKS):
        reporter.progress(done=chunk * CHUNK, total=CHUNKS * CHUNK, message=f"between {chunk}", force=True)
        time.sleep(pause)
        with reporter.safe_point():
            for line in range(chunk * CHUNK, (chunk + 1) * CHUNK):
                AuditEntry.objects.create(action=ACTION, target_id=target_id, detail={"line": line})
                time.sleep(pause / CHUNK)
    reporter.progress(done=CHUNKS * CHUNK)


def short(reporter: Reporter, target_id: int) -> None:
    reporter.progress(done=1, total=2, message="half", detail={"target": target_id})
    reporter.progress(done=2)


def stuck(reporter: Reporter, target_id: int) -> None:
    """Never looks at the reporter again, and has a child of its own."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    reporter.progress(message="stuck", force=True)
    time.sleep(600)


def failing(reporter: Reporter, target_id: int) -> None:
    raise JobFailure("The file is no video.")


def broken(reporter: Reporter, target_id: int) -> None:
    raise ZeroDivisionError("broken on purpose")


def stopping(reporter: Reporter, target_id: int) -> None:
    """Somebody asks it to stop while it works."""
    Job.objects.update(cancel_requested_at=timezone.now())
    reporter.progress(message="trimmings", force=True)
