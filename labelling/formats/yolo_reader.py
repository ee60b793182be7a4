"""Reads YOLO: a text file for each picture, the names of the classes in a YAML or text file. Plain Python.

Boxes are shares of the picture's width and height, so that the pictures are needed: `size_of` tells a
picture's name and upright size. Known are the layouts `images/PART/` with `labels/PART/`,
`PART/images/` with `PART/labels/`, and text files beside the pictures. A picture without a text file is
a negative, as it is to those who train with this form.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from pathlib import PurePosixPath
from typing import Final, Self

import yaml

from labelling.formats.records import checked_name, each_picture_once, label_object, number
from labelling.formats.trees import PICTURE_SUFFIXES, FileTree, is_picture
from labelling.labelbox import (
    ExportError,
    LabelObject,
    LabelRecord,
    ObjectError,
    RecordError,
    RecordOutcome,
    SkippedObject,
    skipped,
    skipped_object,
)

MOST_YAML: Final = 1024 * 1024
MOST_LABELS: Final = 16 * 1024 * 1024
NAME_FILES: Final = ("classes.txt", "obj.names", "_darknet.labels")
NO_LABELS: Final = frozenset({*NAME_FILES, "train.txt", "val.txt", "valid.txt", "test.txt", "readme.txt"})
PARTS: Final = frozenset({"train", "val", "valid", "validation", "test"})
DECIMALS: Final = 3  # of a pixel; shares with six digits are exact to less

FoundSize = tuple[str, tuple[int, int]]
SizeOf = Callable[[Sequence[str]], FoundSize | None]


class YoloAnnotations:
    """The records of a tree of text files, one for each picture or text file, in the order of their names."""

    def __init__(self, tree: FileTree, size_of: SizeOf) -> None:
        """`size_of` takes names a picture may have and gives the one that is there with its upright width and
        height, None without; it raises RecordError. Raises ExportError when no class has a name."""
        self._tree, self._size_of, self._there = tree, size_of, frozenset(tree.names)
        self._classes = class_names(tree)
        self._labels = label_files(tree.names)
        short = Counter(_short(name) for name in self._labels)
        self._stems = {name: _short(name) if short[_short(name)] == 1 else _long(name) for name in self._labels}

    def sized_by(self, size_of: SizeOf) -> Self:
        """The same records, asking for sizes elsewhere."""
        other = copy(self)
        other._size_of = size_of
        return other

    def __len__(self) -> int:
        return len(self._labels)

    def __iter__(self) -> Iterator[RecordOutcome]:
        return each_picture_once(self._outcome(row, name) for row, name in enumerate(self._labels, start=1))

    def _outcome(self, row: int, name: str) -> RecordOutcome:
        try:
            return self._record(row, name)
        except RecordError as error:
            return skipped(row, name, error.reason, error.detail)

    def _record(self, row: int, name: str) -> LabelRecord:
        stem, picture = self._stems[name], self._labels[name]
        suffixes = [PurePosixPath(picture).suffix] if picture else sorted(PICTURE_SUFFIXES)
        lines = self._lines(name)
        found = self._size_of([checked_name(stem + suffix) for suffix in suffixes])
        if found is None and lines:
            raise RecordError("size-unknown")
        external_id, size = found or (checked_name(stem + suffixes[0]), (1, 1))
        objects, left_out = self._objects(row, lines, size)
        return LabelRecord(
            row=row,
            id=name,
            external_id=external_id,
            objects=objects,
            skipped_objects=left_out,
            source={"Format": "YOLO", "File": name},
        )

    def _lines(self, name: str) -> list[str]:
        if name not in self._there:
            return []
        text = self._tree.read(name, MOST_LABELS).decode("utf-8-sig", "replace")
        return [line for line in text.splitlines() if line.strip()]

    def _objects(
        self, row: int, lines: Sequence[str], size: tuple[int, int]
    ) -> tuple[tuple[LabelObject, ...], tuple[SkippedObject, ...]]:
        objects: list[LabelObject] = []
        left_out: list[SkippedObject] = []
        for line in lines:
            try:
                objects.append(object_of(line.split(), self._classes, size))
            except ObjectError as error:
                left_out.append(skipped_object(row, error.reason, error.detail))
        return tuple(objects), tuple(left_out)


def object_of(fields: Sequence[str], classes: Mapping[int, str], size: tuple[int, int]) -> LabelObject:
    """`class x y width height [score]`, or `class x1 y1 x2 y2 x3 y3 …` for a polygon, whose bounds are its box."""
    index = number(fields[0]) if fields[0].isascii() else -1.0  # some programs write 0.0
    if index not in classes:
        raise ObjectError("malformed-object", f"its class {fields[0][:20]!r} has no name")
    shares = [number(field) for field in fields[1:]]
    width, height = size
    if len(shares) in (4, 5):
        x, y, w, h = shares[:4]
        corners = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
    elif len(shares) >= 6 and len(shares) % 2 == 0:
        xs, ys = shares[::2], shares[1::2]
        corners = (min(xs), min(ys), max(xs), max(ys))
    else:
        raise ObjectError("malformed-object", f"its line has {len(fields)} fields")
    pixels = [round(share * side, DECIMALS) for share, side in zip(corners, (width, height) * 2, strict=True)]
    return label_object(classes[int(index)], *pixels)


def label_files(names: Sequence[str]) -> dict[str, str]:
    """Each text file of labels, and the picture it belongs to where that is in the tree.

    Text files that pictures of a folder `images` lack are among them: those pictures are negatives.
    """
    pictures = {_label_of(name): name for name in names if is_picture(name)}
    texts = [name for name in names if name.lower().endswith(".txt")]
    labels = [name for name in texts if PurePosixPath(name).name.lower() not in NO_LABELS]
    lacking = [label for label, name in pictures.items() if "images" in _folders(name)]
    return {label: pictures.get(label, "") for label in sorted({*labels, *lacking})}


def looks_like_yolo(tree: FileTree) -> bool:
    """Whether the classes have names, in a YAML or text file, and there are text files."""
    try:
        class_names(tree)
    except ExportError:
        return False
    return bool(label_files(tree.names))


def class_names(tree: FileTree) -> dict[int, str]:
    """The names of the classes by index. Raises ExportError when there are none."""
    for name in sorted(tree.names, key=lambda name: (name.count("/"), name)):
        if name.lower().endswith((".yaml", ".yml")):
            if found := _names_in_yaml(tree.read(name, MOST_YAML)):
                return found
        elif PurePosixPath(name).name.lower() in NAME_FILES:
            lines = tree.read(name, MOST_YAML).decode("utf-8-sig", "replace").splitlines()
            return dict(enumerate(line.strip() for line in lines if line.strip()))
    raise ExportError("There are no names of classes: no data.yaml with names, and no classes.txt.")


def _names_in_yaml(content: bytes) -> dict[int, str]:
    try:
        values = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    names = values.get("names") if isinstance(values, dict) else None
    if isinstance(names, list):
        names = dict(enumerate(names))
    if not isinstance(names, dict):
        return {}
    plain = {str(index): str(name) for index, name in names.items() if isinstance(name, str | int | float)}
    return {int(index): name for index, name in plain.items() if index.isascii() and index.isdigit()}


def _label_of(picture: str) -> str:
    """The text file of a picture: under `labels` where the picture is under `images`, else beside it."""
    parts = list(PurePosixPath(picture).with_suffix(".txt").parts)
    for i in reversed(range(len(parts) - 1)):
        if parts[i].lower() == "images":
            parts[i] = "labels"
            break
    return "/".join(parts)


def _folders(name: str) -> list[str]:
    return [part.lower() for part in PurePosixPath(name).parts[:-1]]


def _long(name: str) -> str:
    """The path of a text file's picture without suffix, in whole."""
    parts = list(PurePosixPath(name).with_suffix("").parts)
    last = max((i for i, part in enumerate(_folders(name)) if part == "labels"), default=None)
    if last is not None:
        parts[last] = "images"
    return "/".join(parts)


def _short(name: str) -> str:
    """The path from below the folders of labels and parts, without suffix."""
    path = PurePosixPath(name).with_suffix("")
    start = max((i + 1 for i, part in enumerate(_folders(name)) if part == "labels"), default=0)
    parts = list(path.parts[start:])
    if not start:
        return path.name
    return "/".join(parts[1:] if len(parts) > 1 and parts[0].lower() in PARTS else parts)
