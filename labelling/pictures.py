"""Pictures on their way in: found by name in a folder or zip, and checked by their content.

Worker-side: it decodes pictures. Names inside a zip only ever serve to look pictures up; nothing
is extracted under them.
"""

import hashlib
import io
import os
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

import imagehash
from PIL import Image, ImageOps, UnidentifiedImageError

from labelling.orientation import AS_STORED, exif_orientation
from releases.zips import UNPACKING_ERRORS, is_harmless

MOST_BYTES: Final = 100 * 1024 * 1024
MOST_PIXELS: Final = 100_000_000
FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP")  # those that browsers show and OpenCV reads
SUFFIXES: Final = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "BMP": ".bmp"}
"""MPO is what Pillow calls the JPEG of cameras that put a second picture inside."""


class PictureError(Exception):
    """A picture cannot be used; the message is the end of a sentence for people."""


class AmbiguousPicture(Exception):
    """More than one picture has the name looked for."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names[:3]) + (", …" if len(names) > 3 else ""))


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
    def find(self, external_id: str) -> str | None:
        """The name of the picture meant, None if there is none; raises AmbiguousPicture."""

    def read(self, name: str) -> bytes:
        """The file of that name; raises PictureError."""


class NoPictures:
    """What an import without pictures has."""

    def find(self, external_id: str) -> str | None:
        return None

    def read(self, name: str) -> bytes:
        raise PictureError("there are no pictures")


class PictureNames:
    """Looks names up: the whole path first, then a path that ends with it, then the file name alone."""

    def __init__(self, names: list[str]) -> None:
        self._exact = set(names)
        self._by_path: dict[str, list[str]] = {}
        self._by_name: dict[str, list[str]] = {}
        for name in sorted(names):
            self._by_path.setdefault(name.casefold(), []).append(name)
            self._by_name.setdefault(PurePosixPath(name).name.casefold(), []).append(name)

    def find(self, external_id: str) -> str | None:
        wanted = external_id.replace("\\", "/").strip("/")
        if wanted in self._exact:
            return wanted
        key = wanted.casefold()
        same_name = self._by_name.get(PurePosixPath(key).name, [])
        same_end = [name for name in same_name if name.casefold().endswith("/" + key)]
        return _only(self._by_path.get(key, [])) or _only(same_end) or _only(same_name)


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
        self._names = PictureNames([info.filename for info in archive.infolist() if is_harmless(info)])

    def find(self, external_id: str) -> str | None:
        return self._names.find(external_id)

    def read(self, name: str) -> bytes:
        try:
            with self._archive.open(name) as file:
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
        with _opened_zip(path) as archive:
            yield PictureZip(archive)


def _opened_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise PicturesError(f"{path.name} is neither a folder nor a zip of pictures.") from error
    except OSError as error:
        raise PicturesError(f"The pictures at {path.name} cannot be opened: {error.strerror}.") from error


def examine_picture(content: bytes) -> Picture:
    """Decode a picture whole and measure it upright (EXIF orientation applied); PictureError if it is none."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise PictureError(f"it has more than {MOST_PIXELS // 10**6} megapixels")
            opened.load()
            suffix, depth = SUFFIXES[opened.format or ""], _depth(opened)
            orientation = exif_orientation(opened)
            upright = ImageOps.exif_transpose(opened)
            fingerprint = str(imagehash.dhash(upright.convert("RGB")))
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise PictureError("it is not a JPEG, PNG, WebP or BMP picture of a sensible size") from error
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
