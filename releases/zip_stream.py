"""A zip that is sent while it is made. Plain Python but for what an ASGI response needs."""

import io
import time
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Protocol

from asgiref.sync import sync_to_async


class Packable(Protocol):
    """One file of a zip."""

    @property
    def path(self) -> str:
        """Its path within the zip."""

    @property
    def is_packed(self) -> bool:
        """Whether it is compressed already, as pictures are, so that it is only stored."""

    @property
    def is_endless(self) -> bool:
        """Whether it may grow beyond 2 GB."""

    def pieces(self) -> Iterator[bytes]:
        """The content in pieces that fit into memory."""


def zip_stream(entries: Iterable[Packable]) -> Iterator[bytes]:
    """The bytes of a zip of the files, piece by piece: no file is ever whole in memory."""
    pipe = _Pipe()
    now = time.localtime()[:6]
    with zipfile.ZipFile(pipe, mode="w") as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.path, date_time=now)
            info.compress_type = zipfile.ZIP_STORED if entry.is_packed else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with archive.open(info, mode="w", force_zip64=entry.is_endless) as member:
                for piece in entry.pieces():
                    member.write(piece)
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
