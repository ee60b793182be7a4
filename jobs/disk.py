"""What happens when the disk is full: noticed whatever it comes out of, and there is still room to say so.

The embedded database lies on the same disk as the data, so that a job which ends for want of room could not even
write down that it did. A small file is kept in reserve for that, and given up then.
"""

import contextlib
import errno
import os
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError

FULL: Final = (errno.ENOSPC, errno.EDQUOT)
DATABASE_WORDS: Final = ("database or disk is full", "No space left on device", "disk full")
"""How SQLite and PostgreSQL say it."""
RESERVE: Final = "reserve"
RESERVE_BYTES: Final = 2**21


def is_disk_full(error: BaseException | None) -> bool:
    """Whether an error, or one that led to it, says that a disk is full."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        if isinstance(error, DatabaseError) and any(words in str(error) for words in DATABASE_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False


def reserve_keep() -> None:
    """Take the reserve, where there is room and the database is the embedded one; quietly nothing otherwise."""
    path = _reserve()
    if not settings.EMBEDDED or path.exists():
        return
    unfinished = path.with_suffix(".part")
    try:
        with unfinished.open("wb") as file:
            file.write(os.urandom(RESERVE_BYTES))  # what no file system compresses
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def reserve_give_up() -> None:
    """Make the room for a few last words."""
    with contextlib.suppress(OSError):
        _reserve().unlink(missing_ok=True)


def _reserve() -> Path:
    return Path(settings.DATA_DIR) / RESERVE
