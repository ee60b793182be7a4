"""What a record is of: a picture, or else a video, a map in tiles, a text, a sound.

Many exports do not say; then the address and the label tell.
"""

import json
import re
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from labelling.labelbox.records import RecordError
from labelling.labelbox.values import mapping_of, text_of

VIDEO_SUFFIXES: Final = frozenset((".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".ogv", ".m3u8"))
OTHER_SUFFIXES: Final = {
    **dict.fromkeys((".txt", ".json", ".html", ".htm", ".md", ".csv", ".xml"), "a text"),
    **dict.fromkeys((".pdf", ".doc", ".docx"), "a document"),
    **dict.fromkeys((".mp3", ".wav", ".flac", ".m4a", ".ogg"), "a sound"),
    **dict.fromkeys((".dcm", ".nii", ".nrrd"), "a medical scan"),
}
TILED: Final = ("tile", "tms", "geospatial")
PREFIX: Final = re.compile(r"(?:c[a-z0-9]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(?=.)")
"""What Labelbox put before the name of an uploaded file: a cuid or a UUID."""


def require_picture(address: object, *kinds: object, name: str = "") -> None:
    """Raise RecordError unless the record may be of a picture.

    `kinds` are media or MIME types, where given; the `name` it goes by tells where its address has no ending.
    """
    _require_no_tiles(address)
    known = [text_of(kind).casefold() for kind in kinds]
    for kind in filter(None, known):
        _require_picture_type(kind)
    suffix = (PurePosixPath(file_name(text_of(address))).suffix or PurePosixPath(name).suffix).casefold()
    if suffix in VIDEO_SUFFIXES:
        raise RecordError("video")
    if any(known):
        return
    if suffix in OTHER_SUFFIXES:
        raise RecordError("unknown-media", OTHER_SUFFIXES[suffix])
    if _is_prose(text_of(address)):
        raise RecordError("unknown-media", "a text")


def _require_picture_type(kind: str) -> None:
    if "video" in kind:
        raise RecordError("video")
    if any(word in kind for word in TILED):
        raise RecordError("tiled-map")
    if "image" not in kind:
        raise RecordError("unknown-media", f'the kind "{kind[:60]}"')


def _require_no_tiles(address: object) -> None:
    """Tiled maps have a JSON object for an address, with the address of their tiles in it."""
    tiles: Any = address
    if isinstance(address, str) and address.lstrip().startswith("{") and len(address) < 100_000:
        try:
            tiles = json.loads(address)
        except (ValueError, RecursionError):
            return
    if "tileLayerUrl" in mapping_of(tiles) or "tile_layer_url" in mapping_of(tiles):
        raise RecordError("tiled-map")


def _is_prose(address: str) -> bool:
    """Whether words stand where an address should: the record of a text holds the text itself."""
    if "://" in address or address.startswith(("/", "gs:", "s3:")):
        return False
    return len(address.split()) > 3 and not re.search(r"\.\w{2,5}$", address)


def file_name(address: str) -> str:
    """The last part of an address, percent-decoded: `…/a%2Fmask-1.jpg?Expires=1` is `mask-1.jpg`."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    return PurePosixPath(unquote(path).replace("\x00", "").replace("\\", "/")).name.strip()


def names_in(address: str) -> tuple[str, ...]:
    """The file name in an address, then the same without what Labelbox put before it."""
    name = file_name(address)
    return tuple(dict.fromkeys(each for each in (name, PREFIX.sub("", name, count=1)) if each))


def names_in_url(name: str) -> tuple[str, ...]:
    """The file names in a name that is an address itself."""
    return names_in(name) if "://" in name else ()
