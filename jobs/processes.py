"""The process of a job: started in a session of its own, dying with its worker, ended as a whole group."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
from django.conf import settings

from jobs.attempts import Attempt

MARKER = "MASKWEB_JOB"
PR_SET_PDEATHSIG = 1  # linux/prctl.h
AUTOGROUP, VMSTAT = Path("/proc/self/autogroup"), Path("/proc/vmstat")
AUTOGROUP_TRIES = 5


def process_start(attempt: Attempt) -> "subprocess.Popen[bytes]":
    """Start `manage.py run_job` for an attempt, as the leader of a new session."""
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "run_job"]
    return subprocess.Popen(
        [*command, str(attempt.job_id), str(attempt.number), "--parent", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, MARKER: attempt.marker},
    )


def autogroup_follow(path: Path = AUTOGROUP) -> None:
    """Give this session's share of the processor the niceness of this process, where the kernel shares by session.

    With `kernel.sched_autogroup_enabled` niceness counts only among the processes of one session, and each job has a
    session of its own: without this a training would take half of the processor from a clip. The disk needs nothing:
    Linux derives the priority there from niceness. Elsewhere quietly nothing.
    """
    nice = os.nice(0)
    if nice > 0 and path.exists():
        for _ in range(AUTOGROUP_TRIES):
            try:
                path.write_text(f"{nice}")
            except BlockingIOError:  # the kernel takes ten changes a second from all who are not root
                time.sleep(0.15)
            except OSError:
                return
            else:
                return


def memory_kills(path: Path = VMSTAT) -> int:
    """How many processes the kernel has killed for want of memory since it started; 0 where it does not tell."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))


def group_members(group: int, attempt: Attempt) -> list[psutil.Process]:
    """The living processes of a group that really belong to the attempt: numbers are used again."""
    return [process for process in psutil.process_iter() if _belongs(process, group, attempt.marker)]


def group_end(group: int, attempt: Attempt) -> int:
    """Kill what is left of an attempt's process group; the number of processes that were."""
    members = group_members(group, attempt)
    for process in members:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    return len(members)


def _belongs(process: psutil.Process, group: int, marker: str) -> bool:
    try:
        return os.getpgid(process.pid) == group and process.environ().get(MARKER) == marker
    except (psutil.Error, ProcessLookupError, PermissionError):
        return False


def die_with_parent(parent: int) -> None:
    """Have this process killed when the given parent dies; at once if it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch_parent, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)
