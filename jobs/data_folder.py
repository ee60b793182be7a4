"""Prepares the data folder of the embedded default: folders, tables."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def data_folder_prepare() -> bool:
    """Make what is missing; True when tables were made or changed.

    With a database of its own (DATABASE_URL) migrating is a command that somebody gives on purpose.
    """
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)
    if not settings.EMBEDDED or not migrations_wait():
        return False
    with _alone(Path(settings.DATA_DIR) / "migrate.lock"):
        call_command("migrate", verbosity=0, interactive=False)
    return True


def migrations_wait() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Two commands started together migrate one after the other."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
