"""Zips from strangers: which entries may be looked at, and reading one without being flooded. Plain Python."""

import io
import lzma
import struct
import zipfile
import zlib
from os import SEEK_END
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, cast

MOST_BYTES: Final = 4 * 2**30  # unpacked, of one entry
MOST_RATIO: Final = 300  # unpacked to packed; text of exports stays below 100
MOST_DIRECTORY_BYTES: Final = 32 * 2**20  # of the list of all entries
END_BYTES: Final = 2**16 + 64  # the end record with the longest comment, and a locator before it
END_RECORD: Final = struct.Struct("<12xL4xH")  # the size of the list of entries
LOCATOR: Final = struct.Struct("<8xQ4x")  # where the end record of zip64 begins
FREE_BYTES: Final = 64 * 2**20  # before the ratio counts
UNPACKING_ERRORS: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(RuntimeError, NotImplementedError, EOFError, ValueError, OSError),
)
"""What opening a zip or reading an entry may raise: damaged, locked by a password, or packed in a way unknown here."""

SAYS_UTF8: Final = 0x800  # APPNOTE.TXT, section 4.4.4, bit 11
STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")  # of a zip, and of one without entries


class ZipLimitError(Exception):
    """An entry is more than it should be; the message is the end of a sentence for people."""


def name_of(info: zipfile.ZipInfo) -> str:
    """The path of an entry, with `/`. Some packers, that of macOS among them, write UTF-8 and do not say so."""
    name = info.filename.replace("\\", "/")
    if info.flag_bits & SAYS_UTF8 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode()
    except UnicodeError:
        return name


def is_clutter(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is nothing that a person packed: a folder, a hidden file, no name, what macOS adds."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    return not path.parts or info.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts


def is_harmless(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is a file that a person packed and lies inside the zip: no absolute path, no `..`."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    return not (is_clutter(info) or path.is_absolute() or ".." in path.parts or ":" in path.parts[0])


def directory_check(path: Path) -> None:
    """Raise ZipLimitError where a zip's list of entries is larger than is believable: zipfile reads it whole."""
    with path.open("rb") as file:
        _directory_check(file)


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """A zip, its list of entries read; ZipLimitError where that is larger than is believable, else as zipfile."""
    _directory_check(file)
    return zipfile.ZipFile(file)


def _directory_check(file: BinaryIO) -> None:
    """APPNOTE 6.3.10, sections 4.3.14 to 4.3.16; what is no zip at all passes, and zipfile says so."""
    file.seek(max(0, file.seek(0, SEEK_END) - END_BYTES))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < END_RECORD.size:
        return
    size = int(END_RECORD.unpack_from(tail, end)[0])
    locator = end - LOCATOR.size
    if size == 0xFFFFFFFF and locator >= 0 and tail[locator : locator + 4] == b"PK\x06\x07":
        file.seek(LOCATOR.unpack_from(tail, locator)[0] + 40)
        size = int.from_bytes(file.read(8), "little")
    if size > MOST_DIRECTORY_BYTES:
        raise ZipLimitError(f"its list of entries has {size // 2**20} MB")


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
        except (zlib.error, lzma.LZMAError, EOFError, ValueError) as error:
            raise zipfile.BadZipFile("damaged entry") from error
        self._count += len(piece)
        if self._count > MOST_BYTES or self._count > max(FREE_BYTES, MOST_RATIO * self._packed):
            raise ZipLimitError(f"an entry unpacks to more than {self._count // 2**20} MB")
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()
