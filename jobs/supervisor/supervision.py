"""The supervisor: which processes there are, the round it makes, and how it leaves."""

import contextlib
import http.client
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from jobs.models import Job, Queue
from jobs.recovery import put_back_stopped, recover
from jobs.startup import companions
from jobs.supervisor.children import Child, ChildSpec
from jobs.supervisor.chores import Chores
from jobs.supervisor.valkey import valkey_spec

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.5  # seconds between looks at the processes
RECOVER_EVERY = 5.0  # seconds between looks at the jobs
UNSERVED_AFTER = 8.0  # seconds a queue may stand still with work in it
CLUSTER_STARTS_IN = 20.0  # seconds in which a new cluster is not judged
TRAINING_NICE = 19


@dataclass(frozen=True)
class Server:
    """host, port: where the pages are served. redis_url: a server of one's own, empty for the embedded one."""

    host: str
    port: int
    base_dir: Path
    log_dir: Path
    redis_url: str = ""


class Supervisor:
    def __init__(self, server: Server, *, say: Callable[[str], None], stop: threading.Event) -> None:
        self._server = server
        self._say = say
        self._stop = stop
        self._children = [Child(spec) for spec in _specs(server)]
        self._recovered_at = float("-inf")
        self._chores = Chores()

    def run(self) -> None:
        """Serve until told to stop; afterwards no process is left, and what was running is queued again."""
        with self._running():
            if self._wait_for_pages():
                self._say(f"maskweb is at http://{_shown(self._server.host)}:{self._server.port}/ (Ctrl-C stops it).")
            while not self._stop.wait(LOOK_EVERY):
                self._look()

    @contextlib.contextmanager
    def _running(self) -> Iterator[None]:
        try:
            for child in self._children:
                child.start()
            yield
        finally:
            self._say("Stopping …")
            for child in reversed(self._children):  # the clusters, the pages, what they talk through
                child.end()
            put_back_stopped()

    def _look(self) -> None:
        for child in self._children:
            sentence = child.look()
            if sentence:
                self._say(sentence)
        if time.monotonic() - self._recovered_at >= RECOVER_EVERY:
            self._recovered_at = time.monotonic()
            self._look_at_jobs()
            self._chores.look()

    def _look_at_jobs(self) -> None:
        try:
            for job in recover():
                self._say(f"Job {job.pk} had stopped; it goes on from its last safe point.")
            unserved = queues_unserved()
        except DatabaseError as error:
            logger.warning("could not look at the jobs this time: %s", error)
            return
        for child in self._children:
            if child.spec.name in unserved and child.age > CLUSTER_STARTS_IN:
                self._say(f"The {child.spec.name} queue stands still; its cluster is started again.")
                child.restart()

    def _wait_for_pages(self) -> bool:
        """Wait for the first answer; meanwhile look after the processes."""
        while not self._stop.wait(0.1):
            self._look()
            if _answers(self._server):
                return True
        return False


def queues_unserved() -> set[str]:
    """Queues that hold a job which could have begun, while nothing has moved in them.

    A worker killed while idle takes the lock of its cluster's queue with it, and the cluster waits for ever.
    """
    since = timezone.now() - timedelta(seconds=UNSERVED_AFTER)
    waiting = Job.objects.filter(state=Job.State.QUEUED, queued_at__lt=since)
    moving = Job.objects.filter(Q(state=Job.State.RUNNING) | Q(started_at__gt=since) | Q(finished_at__gt=since))
    return set(waiting.values_list("queue", flat=True)) - set(moving.values_list("queue", flat=True))


def _specs(server: Server) -> list[ChildSpec]:
    """In the order in which they start."""
    specs = []
    redis_url = server.redis_url
    if not redis_url:
        valkey, redis_url = valkey_spec(server.log_dir)
        specs.append(valkey)
    env = {"REDIS_URL": redis_url}
    specs.append(_web_spec(server, env))
    manage = (sys.executable, str(server.base_dir / "manage.py"))
    for name, command in companions().items():
        specs.append(ChildSpec(name, (*manage, command), server.log_dir, env, patience=2.0))
    for queue in Queue.values:
        cluster_env = {**env, "Q_CLUSTER_NAME": queue}
        nice = TRAINING_NICE if queue == Queue.TRAINING else 0
        specs.append(ChildSpec(queue, (*manage, "run_queue"), server.log_dir, cluster_env, nice=nice))
    return specs


def _web_spec(server: Server, env: dict[str, str]) -> ChildSpec:
    command = (sys.executable, "-m", "uvicorn", "maskweb.asgi:application", "--app-dir", str(server.base_dir))
    options = ("--host", server.host, "--port", str(server.port), "--lifespan", "off", "--no-server-header")
    quiet = ("--log-level", "warning", "--timeout-graceful-shutdown", "2")
    # An upload is first kept whole: beside the media, not in a /tmp that may be memory.
    env = {**env, "TMPDIR": str(settings.FILE_UPLOAD_TEMP_DIR)}
    return ChildSpec("web", (*command, *options, *quiet), server.log_dir, env, patience=4.0)


def _answers(server: Server) -> bool:
    """Whether the server answers at all; whatever it says, it is up."""
    host = "127.0.0.1" if server.host in {"0.0.0.0", "::"} else server.host  # noqa: S104 - compared, not bound
    client = http.client.HTTPConnection(host, server.port, timeout=2)
    try:
        client.request("GET", "/health/")
        client.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
    return True


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
