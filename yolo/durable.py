"""Sees to it that what was written is on the disk."""

import os
from pathlib import Path


def flush_file(path: Path) -> None:
    """Have the content of a file on the disk. Raises OSError where that fails."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Have the names in a folder on the disk: what was renamed stays so. Raises OSError where that fails."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
