"""Reads a Pascal VOC folder: one XML file of objects for each picture.

Both the layout of the PASCAL challenge (Annotations/, JPEGImages/) and the usual lower-case
one (annotations/, images/) are known. XML is read by defusedxml: entities are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from yolo.samples import Sample

KNOWN_NAMES: Final[Mapping[str, str]] = {"mask_weared_incorrect": "worn_incorrectly"}
"""Names the public face-mask data uses for what we call otherwise."""

ANNOTATION_FOLDERS: Final = ("annotations", "Annotations")
PICTURE_FOLDERS: Final = ("images", "JPEGImages", "Images")
PICTURE_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG", ".bmp", ".webp")


class VocError(Exception):
    """A folder or file is not Pascal VOC; the message is a sentence for people."""


@dataclass(frozen=True)
class VocObject:
    """One object of a file: its class, renamed where wished, and `xyxy` in pixels."""

    name: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class VocFolder:
    """What a folder holds. `problems` are sentences about files that were left out."""

    samples: tuple[Sample, ...]
    classes: tuple[str, ...]
    problems: tuple[str, ...]


def read_voc(
    folder: Path,
    *,
    classes: Sequence[str] | None = None,
    mapping: Mapping[str, str] = KNOWN_NAMES,
) -> VocFolder:
    """Read all annotations below `folder`, sorted by file name.

    `mapping` renames classes. Without `classes` they are the names found, sorted; with them,
    objects of other classes become problems. A file that cannot be read is a problem and the
    others still count. Raises VocError when there is nothing to read at all.
    """
    annotations = _subfolder(folder, ANNOTATION_FOLDERS)
    pictures = _subfolder(folder, PICTURE_FOLDERS)
    files = sorted(annotations.glob("*.xml"))
    if not files:
        raise VocError(f"{annotations} holds no XML file.")
    found: list[tuple[Path, list[VocObject]]] = []
    problems: list[str] = []
    for file in files:
        try:
            objects, wrong = _read_objects(file, mapping)
            found.append((_picture_of(file, pictures), objects))
            problems += wrong
        except VocError as error:
            problems.append(str(error))
    names = tuple(classes or sorted({each.name for _, objects in found for each in objects}))
    samples = [_sample(path, objects, names, problems) for path, objects in found]
    return VocFolder(tuple(samples), names, tuple(problems))


def _sample(path: Path, objects: list[VocObject], classes: tuple[str, ...], problems: list[str]) -> Sample:
    known = [each for each in objects if each.name in classes]
    problems += [
        f"{path.name}: class '{each.name}' is not one of {', '.join(classes)}."
        for each in objects
        if each.name not in classes
    ]
    boxes = np.array([each.box for each in known], np.float32)
    labels = np.array([classes.index(each.name) for each in known], np.int64)
    return Sample(path, boxes, labels)


def _subfolder(folder: Path, names: tuple[str, ...]) -> Path:
    for name in names:
        if (folder / name).is_dir():
            return folder / name
    raise VocError(f"{folder} has no folder named {' or '.join(names)}.")


def _read_objects(file: Path, mapping: Mapping[str, str]) -> tuple[list[VocObject], list[str]]:
    """Objects of one file, and sentences about those that make no sense."""
    root = _root(file)
    width, height = _size(root)
    objects, problems = [], []
    for number, node in enumerate(root.findall("object"), start=1):
        try:
            objects.append(_object(node, mapping, width, height))
        except ValueError as error:
            problems.append(f"{file.name}: object {number} {error}.")
    return objects, problems


def _root(file: Path) -> Element:
    try:
        root = parse(file).getroot()
    except DefusedXmlException as error:
        raise VocError(f"{file.name} defines XML entities, which we do not read.") from error
    except (ParseError, UnicodeError, ValueError, LookupError) as error:
        raise VocError(f"{file.name} is not well-formed XML: {error}.") from error
    except OSError as error:
        raise VocError(f"{file.name} cannot be read: {error.strerror or error}.") from error
    if root is None or root.tag != "annotation":
        raise VocError(f"{file.name} has no <annotation> at its root.")
    return root


def _size(root: Element) -> tuple[float, float]:
    """Width and height the file claims; infinite where it claims nothing sensible."""
    return _claimed(root, "size/width"), _claimed(root, "size/height")


def _claimed(root: Element, path: str) -> float:
    try:
        value = float(root.findtext(path) or 0)
    except ValueError:
        return np.inf
    return value if value > 0 else np.inf


def _object(node: Element, mapping: Mapping[str, str], width: float, height: float) -> VocObject:
    """Raises ValueError with the end of a sentence that begins with the object."""
    name = (node.findtext("name") or "").strip()
    if not name:
        raise ValueError("has no name")
    edges = [_edge(node, edge) for edge in ("xmin", "ymin", "xmax", "ymax")]
    left, right = (min(max(edges[i], 0.0), width) for i in (0, 2))
    top, bottom = (min(max(edges[i], 0.0), height) for i in (1, 3))
    if right <= left or bottom <= top:
        raise ValueError("has a box without area in the picture")
    return VocObject(mapping.get(name, name), (left, top, right, bottom))


def _edge(node: Element, name: str) -> float:
    text = node.findtext(f"bndbox/{name}")
    try:
        value = float(text or "")
    except ValueError:
        raise ValueError(f"has no number as {name}") from None
    if not np.isfinite(value):
        raise ValueError(f"has no finite number as {name}")
    return value


def _picture_of(file: Path, pictures: Path) -> Path:
    """The picture a file speaks of: by its <filename>, else by the annotation's own name.

    Only the last part of <filename> counts, so that no path leads out of the folder.
    """
    claimed = PurePosixPath(PureWindowsPath(_root(file).findtext("filename") or "").name).name
    if claimed and (pictures / claimed).is_file():
        return pictures / claimed
    for suffix in PICTURE_SUFFIXES:
        if (pictures / f"{file.stem}{suffix}").is_file():
            return pictures / f"{file.stem}{suffix}"
    raise VocError(f"{file.name}: its picture {claimed or file.stem} is missing.")
