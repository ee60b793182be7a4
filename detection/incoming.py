"""A file on its way in: on disk, with its size and hash known, not yet stored."""

import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

BLOCK = 1024 * 1024
ABANDONED = 3600  # seconds


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Writable(Protocol):
    def write(self, block: bytes, /) -> object: ...


@dataclass(frozen=True)
class Incoming:
    path: Path
    size: int
    sha256: str


@contextmanager
def incoming(file: "File[bytes]") -> Iterator[Incoming]:
    """Hash a file a block at a time; one that is not yet alone on disk is copied beside the media.

    The copy is gone afterwards, unless it was moved away. Raises ValidationError when the file is too large.
    """
    path = getattr(file, "temporary_file_path", None)
    if path is not None:
        with Path(path()).open("rb") as source:
            yield Incoming(Path(path()), *_hashed(source))
        return
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".clip", delete=False) as copy:
        kept = Path(copy.name)
        try:
            file.seek(0)
            size, digest = _hashed(file, copy)
            copy.flush()
            yield Incoming(kept, size, digest)
        finally:
            kept.unlink(missing_ok=True)


def incoming_sweep() -> None:
    """Remove what processes that were killed left of uploads: files that nobody has written to for an hour."""
    for left in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*"):
        with suppress(FileNotFoundError):
            if left.is_file() and time.time() - left.stat().st_mtime > ABANDONED:
                left.unlink()


def too_large() -> str:
    """The sentence about a file of more than MAX_CLIP_BYTES."""
    return _("This file is too large: %(most)s at most.") % {"most": filesizeformat(settings.MAX_CLIP_BYTES)}


class MovableFile(File[bytes]):
    """A file that the storage may move into place instead of copying it, as it moves large uploads."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def _hashed(source: Readable, copy: Writable | None = None) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while block := source.read(BLOCK):
        size += len(block)
        if size > settings.MAX_CLIP_BYTES:
            raise ValidationError(too_large(), code="too_large")
        digest.update(block)
        if copy is not None:
            copy.write(block)
    return size, digest.hexdigest()
