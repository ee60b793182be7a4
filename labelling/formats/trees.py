"""The files of a data set on disk: a folder, a zip, or one file. Plain Python.

Names are paths with `/`. Hidden files and entries of a zip that lead out of it are not seen.
"""

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, Protocol

from labelling.labelbox import ExportError
from labelling.labelbox.text import encoding_of
from releases.zips import STARTS, UNPACKING_ERRORS, ZipLimitError, is_harmless, name_of, open_member, open_zip

PICTURE_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
MOST_TEXT: Final = 1024 * 1024 * 1024


class FileTree(Protocol):
    """Files by name. `names` is sorted."""

    names: tuple[str, ...]

    def read(self, name: str, most: int = MOST_TEXT) -> bytes:
        """At most `most` bytes from the start of a file; raises ExportError when it cannot be read."""

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file to be read piece by piece; raises ExportError when it cannot be, also while it is read."""


class FolderTree:
    def __init__(self, folder: Path) -> None:
        found = (Path(parent) / name for parent, _, names in os.walk(folder) for name in names)
        paths = (path.relative_to(folder) for path in found)
        self._folder = folder
        self.names = tuple(sorted(path.as_posix() for path in paths if not any(p.startswith(".") for p in path.parts)))

    def read(self, name: str, most: int = MOST_TEXT) -> bytes:
        with self.open(name) as file:
            return file.read(most)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        try:
            with (self._folder / name).open("rb") as file:
                yield file
        except OSError as error:
            raise ExportError(f"{name} cannot be read: {error.strerror}.") from error


class ZipTree:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos = {name_of(info): info for info in archive.infolist() if is_harmless(info)}
        self.names = tuple(sorted(self._infos))

    def read(self, name: str, most: int = MOST_TEXT) -> bytes:
        with self.open(name) as file:
            return file.read(most)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        try:
            with open_member(self._archive, self._infos[name]) as file:
                yield file
        except ZipLimitError as error:
            raise ExportError(f"{name} in the zip cannot be used: {error}.") from error
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            raise ExportError(f"{name} is damaged or locked inside the zip.") from error


class OneFile:
    """A file that stands alone; its name says what its content looks like."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.names: tuple[str, ...] = ("annotations.json",)
        start = self.read("", 4096)
        if encoding_of(start).decode_start(start).startswith("<"):
            self.names = ("annotation.xml",)

    def read(self, name: str, most: int = MOST_TEXT) -> bytes:
        with self.open(name) as file:
            return file.read(most)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        self._file.seek(0)
        yield self._file


def tree_of(file: BinaryIO) -> FileTree:
    """What a file holds: the entries of a zip, or itself. The file must stay open. Raises ExportError."""
    file.seek(0)
    if not file.read(4).startswith(STARTS):
        return OneFile(file)
    try:
        return ZipTree(open_zip(file))
    except UNPACKING_ERRORS as error:
        raise ExportError("The zip is damaged.") from error
    except ZipLimitError as error:
        raise ExportError(f"The zip cannot be used: {error}.") from error


@contextmanager
def open_tree(path: Path) -> Iterator[FileTree]:
    """The files of a folder, of a zip, or the file at a path. Raises ExportError when it cannot be opened."""
    if path.is_dir():
        yield FolderTree(path)
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        yield tree_of(file)


def is_picture(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES
