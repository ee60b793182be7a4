"""Files that go when their rows have gone for good."""

from collections.abc import Iterable
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction


def delete_files_on_commit(names: Iterable[str | None]) -> None:
    """Delete files from storage once nothing points at them any more for good."""
    for name in names:
        if name:
            transaction.on_commit(partial(default_storage.delete, name), robust=True)
