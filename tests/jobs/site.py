"""A whole server in a data folder of its own: `manage.py up` as people start it, watched from outside."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings

from tests.jobs.runners import ACTION, CHUNK, CHUNKS

PAUSE = 0.15
EVERY_LINE_ONCE = list(range(CHUNK * CHUNKS))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what: str, found: Callable[[], Any], *, seconds: float) -> Any:
    """What `found` returns as soon as that is true; an error naming `what` when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds} s")


def still_alive(processes: list[psutil.Process], *, seconds: float) -> list[psutil.Process]:
    """Those that still run after so long; one that only waits to be buried by init does not."""
    alive = psutil.wait_procs(processes, timeout=seconds)[1]
    return [process for process in alive if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


class Site:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self._output = data_dir / "printed.txt"
        drop = {"DATABASE_URL", "REDIS_URL", "Q_CLUSTER_NAME", "DJANGO_SETTINGS_MODULE"}
        self.env = {name: value for name, value in os.environ.items() if name not in drop}
        self.env |= {
            "MASKWEB_DATA_DIR": str(data_dir),
            "MASKWEB_EXTRA_KINDS": "tests.jobs.kinds.KINDS",
            "TESTS_PAUSE": str(PAUSE),
        }
        self.process: subprocess.Popen[bytes]
        self._console: subprocess.Popen[str] | None = None

    # The server

    def start(self) -> None:
        command = [*self._manage("up"), "--port", str(self.port)]
        with self._output.open("ab") as output:
            self.process = subprocess.Popen(
                command, env=self.env, cwd=settings.BASE_DIR, stdout=output, stderr=subprocess.STDOUT
            )
        starts = self.printed().count("maskweb is at")
        wait_for("the server", lambda: self.printed().count("maskweb is at") > starts, seconds=180)

    def printed(self) -> str:
        """All that this and earlier starts have printed."""
        return self._output.read_text()

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End the server as a person or the system does."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(timeout=60)

    def close(self) -> None:
        """Leave nothing behind, whatever the tests did."""
        self.stop()
        for process in self.members():
            process.kill()
        if self._console is not None:
            self._console.kill()
            self._console.communicate()

    def members(self) -> list[psutil.Process]:
        """Every process that carries the data folder of this site in its environment, but for the console."""
        console = self._console.pid if self._console else None
        return [process for process in psutil.process_iter() if process.pid != console and self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get("MASKWEB_DATA_DIR") == str(self.data_dir)
        except psutil.Error:
            return False

    def web(self) -> psutil.Process:
        return next(process for process in self.members() if "uvicorn" in process.cmdline())

    def idle_worker(self, queue: str) -> psutil.Process:
        """The last worker that the cluster of a queue says it started."""
        log = (self.data_dir / "logs" / f"{queue}.log").read_text()
        return psutil.Process(int(re.findall(r"ready for work at (\d+)", log)[-1]))

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._manage(*arguments), env=self.env, cwd=settings.BASE_DIR, text=True, capture_output=True, timeout=180
        )

    def _manage(self, *arguments: str) -> list[str]:
        return [sys.executable, "manage.py", *arguments]

    # The database

    def enqueue(self, kind: str, target_id: int, *, entries: int = 1) -> int:
        """Queue a job with so many broker entries; its primary key."""
        if self._console is None:
            self._console = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.console"],
                env=self.env,
                cwd=settings.BASE_DIR,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        assert self._console.stdin is not None
        assert self._console.stdout is not None
        print(kind, target_id, entries, file=self._console.stdin, flush=True)
        return int(self._console.stdout.readline())

    def job(self, pk: int) -> dict[str, Any]:
        [row] = self.sql("SELECT * FROM jobs_job WHERE id = ?", pk)
        return row

    def wait_for_job(self, pk: int, *, seconds: float = 30, **wanted: Any) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            row = self.job(pk)
            return row if all(row[name] == value for name, value in wanted.items()) else None

        return wait_for(f"job {pk} with {wanted}", found, seconds=seconds)

    def lines(self, target_id: int) -> list[int]:
        """The numbers of the lines that are there, sorted."""
        query = "SELECT detail FROM accounts_auditentry WHERE action = ? AND target_id = ?"
        return sorted(json.loads(row["detail"])["line"] for row in self.sql(query, ACTION, str(target_id)))

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        with sqlite3.connect(self.data_dir / "db.sqlite3", timeout=20) as connection:
            connection.row_factory = sqlite3.Row
            rows = [dict(row) for row in connection.execute(statement, values)]
        connection.close()
        return rows
