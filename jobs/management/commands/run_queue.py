"""`Q_CLUSTER_NAME=detection manage.py run_queue`: the django-q cluster of one queue.

Unlike `qcluster`, it leaves nothing running when one of its processes is killed: each dies with its parent.
"""

import ctypes
import os
import signal
import sys
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from jobs.processes import PR_SET_PDEATHSIG


class Command(BaseCommand):
    help = "Serves the queue named by Q_CLUSTER_NAME (short, detection or training). Started by `manage.py up`."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if sys.platform == "linux":
            libc = ctypes.CDLL(None)
            os.register_at_fork(after_in_child=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        call_command("qcluster")
