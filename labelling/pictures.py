"""Pictures on their way in: found by name in a folder or zip, and checked by their content.

Worker-side: it decodes pictures. Names inside a zip only ever serve to look pictures up; nothing
is extracted under them.
"""

import hashlib
import io
import os
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, Protocol
from unicodedata import normalize
from urllib.parse import unquote_plus

import imagehash
from PIL import Image, ImageOps, UnidentifiedImageError

from labelling.labelbox.values import clean
from labelling.orientation import AS_STORED, exif_orientation
from releases.zips import UNPACKING_ERRORS, ZipLimitError, is_harmless, name_of, open_zip

MOST_BYTES: Final = 100 * 1024 * 1024
MOST_PIXELS: Final = 100_000_000
TOO_LARGE: Final = f"it has more than {MOST_PIXELS // 10**6} megapixels"
FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP")  # those that browsers show and OpenCV reads
NO_PICTURE: Final = "it is not a JPEG, PNG, WebP or BMP picture"
SUFFIXES: Final = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "BMP": ".bmp"}
"""MPO is what Pillow calls the JPEG of cameras that put a second picture inside."""


class PictureError(Exception):
    """A picture cannot be used; the message is the end of a sentence for people."""


class AmbiguousPicture(Exception):
    """More than one picture has the name looked for."""

    def __init__(self, names: list[str]) -> None:
        self.names = tuple(names)
        super().__init__(", ".join(map(clean, names[:3])) + (", …" if len(names) > 3 else ""))


class PicturesError(Exception):
    """There is no usable folder or zip of pictures; the message is a sentence for people."""


@dataclass(frozen=True)
class Picture:
    """A checked picture. `width` and `height` are those of the upright picture; `content` is the file as it came."""

    content: bytes
    suffix: str
    width: int
    height: int
    depth: int
    sha256: str
    perceptual_hash: str
    orientation: int = AS_STORED


class PictureSource(Protocol):
    """Files to take pictures from. `names` are those of all files, None where there is nothing to take them from."""

    names: Sequence[str] | None

    def find(self, external_id: str) -> str | None:
        """The name of the picture meant, None if there is none; raises AmbiguousPicture."""

    def read(self, name: str) -> bytes:
        """The file of that name; raises PictureError."""


class NoPictures:
    """What an import without pictures has."""

    names: Sequence[str] | None = None

    def find(self, external_id: str) -> str | None:
        return None

    def read(self, name: str) -> bytes:
        raise PictureError("there are no pictures")


class PictureNames:
    """Looks names up: the whole path first, then a path that ends with it, then the file name alone.

    Case makes no difference, nor in how many characters an accent is written. What is not found so is looked
    for with `%20` and `+` read as spaces, and a name without an ending by the name before the ending.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.all = tuple(sorted(set(names)))
        self._exact = frozenset(self.all)

    def find(self, external_id: str) -> str | None:
        wanted = external_id.replace("\\", "/").strip("/")
        if wanted in self._exact:
            return wanted
        found = self._spelled.find(wanted) or self._decoded.find(wanted)
        if found is None and wanted and not PurePosixPath(wanted).suffix:
            return self._unended.find(wanted)
        return found

    @cached_property
    def _spelled(self) -> "_Names":
        return _Names(self.all, _spelled)

    @cached_property
    def _decoded(self) -> "_Names":
        return _Names(self.all, lambda name: _spelled(unquote_plus(name)))

    @cached_property
    def _unended(self) -> "_Names":
        return _Names(self.all, lambda name: _spelled(name.removesuffix(PurePosixPath(name).suffix)))


class _Names:
    """Names by a key that all spellings of one have in common."""

    def __init__(self, names: Iterable[str], key: Callable[[str], str]) -> None:
        self._key = key
        self._by_path: dict[str, list[str]] = {}
        self._by_name: dict[str, list[str]] = {}
        for name in names:
            path = key(name)
            self._by_path.setdefault(path, []).append(name)
            self._by_name.setdefault(path.rpartition("/")[2], []).append(name)

    def find(self, wanted: str) -> str | None:
        """The name meant, None if there is none; raises AmbiguousPicture."""
        path = self._key(wanted)
        same_name = self._by_name.get(path.rpartition("/")[2], [])
        same_end = [name for name in same_name if self._key(name).endswith("/" + path)]
        return _only(self._by_path.get(path, [])) or _only(same_end) or _only(same_name)


def _spelled(name: str) -> str:
    return normalize("NFC", name).casefold()


def _only(candidates: list[str]) -> str | None:
    if len(candidates) > 1:
        raise AmbiguousPicture(candidates)
    return candidates[0] if candidates else None


class PictureFolder:
    """Pictures in a folder and the folders below it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        found = (Path(parent) / name for parent, _, names in os.walk(folder) for name in names)
        self._names = PictureNames([path.relative_to(folder).as_posix() for path in found])
        self.names: Sequence[str] | None = self._names.all

    def find(self, external_id: str) -> str | None:
        return self._names.find(external_id)

    def read(self, name: str) -> bytes:
        path = self._folder / name
        try:
            if path.stat().st_size > MOST_BYTES:
                raise PictureError(f"it is larger than {MOST_BYTES // 2**20} MB")
            return path.read_bytes()
        except OSError as error:
            raise PictureError(f"it cannot be read ({error.strerror})") from error


class PictureZip:
    """Pictures in a zip. Entries with an absolute path or with `..` in it are left alone."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos = {name_of(info): info for info in archive.infolist() if is_harmless(info)}
        self._names = PictureNames(self._infos)
        self.names: Sequence[str] | None = self._names.all

    def find(self, external_id: str) -> str | None:
        return self._names.find(external_id)

    def read(self, name: str) -> bytes:
        try:
            with self._archive.open(self._infos[name]) as file:
                content = file.read(MOST_BYTES + 1)
        except UNPACKING_ERRORS as error:
            raise PictureError("it is damaged or locked inside the zip") from error
        if len(content) > MOST_BYTES:
            raise PictureError(f"it is larger than {MOST_BYTES // 2**20} MB")
        return content


@contextmanager
def open_pictures(path: Path | None) -> Iterator[PictureSource]:
    """The pictures of a folder or a zip; PicturesError when `path` is neither."""
    if path is None:
        yield NoPictures()
    elif path.is_dir():
        yield PictureFolder(path)
    else:
        with _opened(path) as file, _opened_zip(file, path.name) as archive:
            yield PictureZip(archive)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise PicturesError(f"The pictures at {path.name} cannot be opened: {error.strerror}.") from error


def _opened_zip(file: BinaryIO, name: str) -> zipfile.ZipFile:
    try:
        return open_zip(file)
    except ZipLimitError as error:
        raise PicturesError(f"{name} cannot be used: {error}. Pack the pictures in several zips.") from error
    except UNPACKING_ERRORS as error:
        raise PicturesError(f"{name} is neither a folder nor a zip of pictures.") from error


def examine_picture(content: bytes) -> Picture:
    """Decode a picture whole and measure it upright (EXIF orientation applied); PictureError if it is none."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise PictureError(TOO_LARGE)
            opened.load()
            suffix, depth = SUFFIXES[opened.format or ""], _depth(opened)
            orientation = exif_orientation(opened)
            upright = ImageOps.exif_transpose(opened)
            fingerprint = str(imagehash.dhash(upright.convert("RGB")))
    except Image.DecompressionBombError as error:  # from twice Image.MAX_IMAGE_PIXELS on it is not even opened
        raise PictureError(TOO_LARGE) from error
    except UnidentifiedImageError as error:
        raise PictureError(NO_PICTURE) from error
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise PictureError("its file is damaged or cut off") from error
    return Picture(
        content=content,
        suffix=suffix,
        width=upright.width,
        height=upright.height,
        depth=depth,
        sha256=hashlib.sha256(content).hexdigest(),
        perceptual_hash=fingerprint,
        orientation=orientation,
    )


def _depth(picture: Image.Image) -> int:
    """Colour channels of the file; a palette counts as its three colours."""
    return 3 if picture.mode == "P" else len(picture.getbands())
