"""One supervised process: started in a group of its own, restarted with growing pauses, ended with its group."""

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from jobs.processes import PR_SET_PDEATHSIG

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a restart
STEADY_AFTER = 30.0  # seconds after which a process counts as started well
LOG_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class ChildSpec:
    """What to run.

    standard_input: what the process reads at its start, for secrets that no argument list may show.
    patience: seconds it has to end by itself after SIGTERM; 0 kills its group at once.
    """

    name: str
    command: tuple[str, ...]
    log_dir: Path
    env: Mapping[str, str] = field(default_factory=dict)
    standard_input: str = ""
    nice: int = 0
    patience: float = 0.0


class Child:
    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self.started_at = float("-inf")
        self._process: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._start_at: float | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def age(self) -> float:
        """Seconds since the last start."""
        return time.monotonic() - self.started_at

    def start(self) -> None:
        with _log_open(self.spec) as log:
            self._process = subprocess.Popen(
                self.spec.command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.spec.env},
                start_new_session=True,
                preexec_fn=_tied_to(os.getpid(), self.spec.nice),
            )
        with contextlib.suppress(BrokenPipeError):
            if self._process.stdin is not None:
                self._process.stdin.write(self.spec.standard_input.encode())
                self._process.stdin.close()
        self.started_at = time.monotonic()
        self._start_at = None

    def look(self) -> str | None:
        """Start the process again when it is gone and its pause is over; a sentence when it was found gone."""
        now = time.monotonic()
        if self._start_at is not None:
            if now >= self._start_at:
                self.start()
            return None
        if self._process is None or self._process.poll() is None:
            return None
        _kill_group(self._process.pid)
        self._failures = 0 if self.age > STEADY_AFTER else self._failures + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**self._failures)
        self._start_at = now + pause
        log = self.spec.log_dir / f"{self.spec.name}.log"
        return f"{self.spec.name} ended ({_how(self._process.returncode)}); it starts again in {pause:g} s. See {log}"

    def restart(self) -> None:
        self.end()
        self.start()

    def end(self) -> None:
        """Leave no process of this child."""
        process, self._process, self._start_at = self._process, None, None
        if process is None:
            return
        if self.spec.patience:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self.spec.patience)
        _kill_group(process.pid)
        process.wait()


def _log_open(spec: ChildSpec) -> BinaryIO:
    """The child's log, begun anew (the old one kept) once it is large."""
    spec.log_dir.mkdir(parents=True, exist_ok=True)
    path = spec.log_dir / f"{spec.name}.log"
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def _how(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def _tied_to(parent: int, nice: int) -> Callable[[], None]:
    """What the new process does before it becomes the command: be killed with its parent, and be nice."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)
        if nice:
            os.nice(nice)

    return prepare


def _kill_group(group: int) -> None:
    """Kill what is left of a group, and wait a moment for it to be gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
        for _ in range(20):
            time.sleep(0.05)
            os.killpg(group, 0)
