"""The files that an export consists of."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

IN_MEMORY: Final = 4 * 1024 * 1024
PIECE: Final = 256 * 1024


class Spool:
    """A file of an export that grows while pictures go by: in memory while small, else in a temporary file."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed once it was read
        self.rows = 0

    def add(self, row: str) -> None:
        self._file.write(row.encode())
        self.rows += 1

    def pieces(self) -> Iterator[bytes]:
        """All that was written, once; the spool is closed after it."""
        self._file.seek(0)
        with self._file:
            while piece := self._file.read(PIECE):
                yield piece


@dataclass(frozen=True)
class ExportEntry:
    """One file: its path within the export, and either the picture on disk it is a copy of, or its content."""

    path: str
    picture: Path | None = None
    content: bytes | Iterator[bytes] = b""

    @property
    def is_packed(self) -> bool:
        return self.picture is not None

    @property
    def is_endless(self) -> bool:
        return not isinstance(self.content, bytes)

    def pieces(self) -> Iterator[bytes]:
        """The content in pieces that fit into memory."""
        if self.picture is not None:
            with self.picture.open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        elif isinstance(self.content, bytes):
            yield self.content
        else:
            yield from self.content
