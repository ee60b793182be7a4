"""Names of files in an export: like the pictures' external IDs, but such that no two clash and none leads out."""

import re
from pathlib import PurePosixPath
from typing import Final

KNOWN_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
SAME_SUFFIX: Final = {".jpeg": ".jpg", ".jpe": ".jpg"}
LONGEST_PART: Final = 120  # characters; a file system takes 255 bytes, and a character may take two


class FileNames:
    """Gives each picture its path below the folder of pictures: folders stay, odd characters become hyphens.

    Pictures whose paths differ only in case or suffix get paths that differ in more: their labels
    are files named after them.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def new(self, external_id: str, stored_name: str, key: int) -> str:
        """The path of a picture. `stored_name` says what kind of file it is, `key` tells it from its likes."""
        path = PurePosixPath(external_id.replace("\\", "/"))
        suffix = PurePosixPath(stored_name).suffix
        if _same_kind(path.suffix, suffix):
            suffix = path.suffix
        named = path.with_suffix("") if path.suffix.lower() in KNOWN_SUFFIXES else path
        parts = [part for part in (_harmless(part) for part in named.parts) if part] or [str(key)]
        stem = "/".join(parts)
        if stem.casefold() in self._taken:
            stem = f"{stem}-{key}"
        self._taken.add(stem.casefold())
        return stem + suffix


def flat(name: str) -> str:
    """A path as one file name: `with_mask/1.jpg` is `with_mask-1.jpg`."""
    return name.replace("/", "-")


def _same_kind(one: str, other: str) -> bool:
    one, other = one.lower(), other.lower()
    return SAME_SUFFIX.get(one, one) == SAME_SUFFIX.get(other, other)


def _harmless(part: str) -> str:
    """One part of a path without what file systems and shells stumble over; empty if nothing is left."""
    return re.sub(r"[^\w. ()+-]+", "-", part).strip(".- ")[:LONGEST_PART]
