"""`manage.py up`: everything the site needs, from one command."""

import fcntl
import logging
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from accounts.services import first_administrator_create
from accounts.staff import roles_sync
from jobs.data_folder import data_folder_prepare, migrations_wait
from jobs.startup import start_actions_run
from jobs.supervisor.supervision import Server, Supervisor

HIGHEST_PORT = 65535


class Command(BaseCommand):
    help = "Migrates, serves the pages and runs the queues, until Ctrl-C."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="port to serve on (default %(default)s)")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        logging.getLogger("django-q").setLevel(logging.WARNING)  # the terminal is for people
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        data_dir = Path(settings.DATA_DIR)
        with only_one(data_dir / "up.lock"):
            port_check(host, port)
            self._prepare()
            server = Server(host, port, Path(settings.BASE_DIR), data_dir / "logs", settings.REDIS_URL)
            if not stop.is_set():
                Supervisor(server, say=self._say, stop=stop).run()

    def _prepare(self) -> None:
        if data_folder_prepare():
            self._say(f"The tables in {settings.DATA_DIR} are up to date.")
        if migrations_wait():
            raise CommandError("The database is not up to date. Run `manage.py migrate` first.")
        call_command("collectstatic", interactive=False, verbosity=0)
        roles_sync()
        made = first_administrator_create()
        if made is not None:
            user, password = made
            self._say(f"The first administrator is {user.username!r} with the password {password} (shown only now).")
        start_actions_run()
        connections.close_all()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Refuse a second server on the same data folder."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"maskweb already runs on the data folder {lock.parent}.") from None
        yield


def port_check(host: str, port: int) -> None:
    """Refuse, with a sentence, an address that cannot be served on."""
    if not 1 <= port <= HIGHEST_PORT:
        raise CommandError(f"A port is a number from 1 to {HIGHEST_PORT}, not {port}.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise CommandError(f"{host!r} is no address of this machine.") from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(f"Cannot serve on {host}:{port} ({reason}). Choose another with --port.") from None
