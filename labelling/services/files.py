"""Files that go when their rows have gone for good."""

from collections.abc import Iterable
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction

from labelling.thumbnails import thumbnail_place


def delete_files_on_commit(names: Iterable[str | None]) -> None:
    """Delete files from storage once nothing points at them any more for good."""
    for name in names:
        if name:
            transaction.on_commit(partial(default_storage.delete, name), robust=True)


def delete_thumbnails_on_commit(digests: Iterable[str]) -> None:
    """Delete the thumbnails of pictures that no image shows any more, named by their SHA-256, once that is for good."""
    for digest in digests:
        if digest:
            transaction.on_commit(partial(thumbnail_place(digest).unlink, missing_ok=True), robust=True)
