"""What the server does every hour, in a thread beside the supervisor's rounds."""

import threading
import time
from typing import Final

from django.db import connections

from jobs.startup import chores_run

EVERY: Final = 3600.0  # seconds


class Chores:
    """Runs the hourly work when it is due; while it still runs, no second time."""

    def __init__(self) -> None:
        self._due_at = float("-inf")
        self._thread: threading.Thread | None = None

    def look(self) -> None:
        now = time.monotonic()
        if now < self._due_at or (self._thread is not None and self._thread.is_alive()):
            return
        self._due_at = now + EVERY
        self._thread = threading.Thread(target=_run, name="chores", daemon=True)
        self._thread.start()


def _run() -> None:
    try:
        chores_run()
    finally:
        connections.close_all()
