"""Zips from strangers: which entries may be looked at, and reading one without being flooded. Plain Python."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO, Final, cast

MOST_BYTES: Final = 4 * 2**30  # unpacked, of one entry
MOST_RATIO: Final = 300  # unpacked to packed; text of exports stays below 100
FREE_BYTES: Final = 64 * 2**20  # before the ratio counts


class ZipLimitError(Exception):
    """An entry is more than it should be; the message is the end of a sentence for people."""


def is_harmless(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is a file inside the zip: no folder, no hidden file, no absolute path, no `..`."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if info.is_dir() or not path.parts:
        return False
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return not (hidden or path.is_absolute() or ".." in path.parts or ":" in path.parts[0])


def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    """An entry to be read; reading raises ZipLimitError once it has unpacked to more than is believable."""
    return cast("BinaryIO", io.BufferedReader(_Measured(archive, info), 2**16))


class _Measured(io.RawIOBase):
    """Counts what an entry has unpacked to, whatever the zip claims its size to be."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        super().__init__()
        self._file = archive.open(info)
        self._packed = max(info.compress_size, 1)
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            piece = self._file.read(len(buffer))
        except (zlib.error, EOFError) as error:
            raise zipfile.BadZipFile("damaged entry") from error
        self._count += len(piece)
        if self._count > MOST_BYTES or self._count > max(FREE_BYTES, MOST_RATIO * self._packed):
            raise ZipLimitError(f"an entry unpacks to more than {self._count // 2**20} MB")
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()
