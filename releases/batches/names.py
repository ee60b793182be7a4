"""What the photographs of a batch are called: the path they came with, made harmless, and once in a batch."""

from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Final

from releases.batches.models import LONGEST_NAME

NAMELESS: Final = "photograph"
JPEG_SUFFIXES: Final = frozenset({".jpg", ".jpeg"})


def clean_name(name: str) -> str:
    """A relative path with slashes, without `..`, drive letters and characters that do not print."""
    parts = [part.strip() for part in printable(name.replace("\\", "/")).split("/")]
    kept = [part for part in parts if part not in {"", ".", ".."} and not _is_drive(part)]
    return "/".join(kept)[-LONGEST_NAME:].lstrip("/") or NAMELESS


def printable(name: str) -> str:
    """The end of a path as it stands, to be told and never opened: without characters that do not print."""
    return "".join(character for character in name if character.isprintable())[-LONGEST_NAME:]


def free_name(wished: str, taken: Collection[str]) -> str:
    """The name itself, or the first of `a (2).jpg`, `a (3).jpg`, … that is free."""
    number, name = 1, wished
    path = PurePosixPath(wished)
    while name in taken:
        number += 1
        mark = f" ({number}){path.suffix}"
        room = LONGEST_NAME - len(mark) - len(str(path.parent)) - 1
        name = str(path.with_name(path.stem[: max(room, 1)] + mark))
    return name


class DrawnNames:
    """Paths of drawn pictures, which are all JPEGs, within the download; the same for the same pictures in order."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def path_of(self, name: str) -> str:
        is_jpeg = PurePosixPath(name).suffix.lower() in JPEG_SUFFIXES
        path = free_name(f"drawn/{name if is_jpeg else name + '.jpg'}", self._taken)
        self._taken.add(path)
        return path


def _is_drive(part: str) -> bool:
    return len(part) == 2 and part[1] == ":"
