"""Hands the files of an export on: into a folder, or as a zip that is sent while it is made."""

import io
import shutil
import zipfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async

from labelling.voc import VocEntry


def write_folder(entries: Iterable[VocEntry], folder: Path, *, on_progress: Callable[[], object]) -> int:
    """Write the files below `folder`, over any of the same name; how many there were."""
    written = 0
    for entry in entries:
        target = folder / entry.path
        target.parent.mkdir(parents=True, exist_ok=True)
        if entry.picture is not None:
            shutil.copyfile(entry.picture, target)
        else:
            target.write_bytes(entry.content or b"")
        on_progress()
        written += 1
    return written


def zip_stream(entries: Iterable[VocEntry]) -> Iterator[bytes]:
    """The bytes of a zip of the files, piece by piece: at no time is more than one file in memory."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, mode="w") as archive:
        for entry in entries:
            if entry.picture is not None:
                archive.writestr(entry.path, entry.picture.read_bytes(), zipfile.ZIP_STORED)
            else:
                archive.writestr(entry.path, entry.content or b"", zipfile.ZIP_DEFLATED)
            yield pipe.taken()
    yield pipe.taken()


async def asynchronously(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same parts for an ASGI response, which would otherwise collect them all before it sends the first."""
    take = sync_to_async(lambda: next(parts, None), thread_sensitive=True)
    while (part := await take()) is not None:
        yield part


class _Pipe(io.RawIOBase):
    """A file that zipfile writes to and cannot seek in; what was written is taken off in turn."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
