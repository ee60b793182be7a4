"""Reads Pascal VOC: one XML file of objects for each picture. Plain Python.

XML is read by defusedxml: entities are refused. Boxes are taken as they stand, `xyxy` in pixels.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from labelling.formats.records import checked_name, each_picture_once, label_object, number
from labelling.formats.trees import PICTURE_SUFFIXES, FileTree
from labelling.labelbox import (
    LabelObject,
    LabelRecord,
    ObjectError,
    RecordError,
    RecordOutcome,
    SkippedObject,
    skipped,
    skipped_object,
)
from labelling.labelbox.text import encoding_of

SNIFFED: Final = 4096
MOST_XML: Final = 16 * 1024 * 1024
FOLDERS: Final = ("annotations", "labels", "xml", "xmls")
EDGES: Final = ("xmin", "ymin", "xmax", "ymax")


class VocAnnotations:
    """The records of a tree of XML files, one for each file, in the order of their names."""

    def __init__(self, tree: FileTree) -> None:
        self._tree = tree
        self._names = [name for name in tree.names if name.lower().endswith(".xml")]

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[RecordOutcome]:
        return each_picture_once(self._outcome(row, name) for row, name in enumerate(self._names, start=1))

    def _outcome(self, row: int, name: str) -> RecordOutcome:
        try:
            return _record(row, name, self._tree.read(name, MOST_XML + 1))
        except RecordError as error:
            return skipped(row, name, error.reason, error.detail, picture_names=_beside(_below_annotations(name)))


def looks_like_voc(tree: FileTree) -> bool:
    """Whether one of the first XML files is an annotation."""
    names = [name for name in tree.names if name.lower().endswith(".xml")]
    starts = (tree.read(name, SNIFFED) for name in names[:20])
    return any("<annotation" in encoding_of(start).decode_start(start) for start in starts)


def _record(row: int, name: str, content: bytes) -> LabelRecord:
    root = _root(content)
    stem = _below_annotations(name)
    claimed = checked_name(_text(root, "filename") or _text(root, "path") or stem.name)
    external_id = checked_name(str(stem.parent / PurePosixPath(claimed).name))
    objects: list[LabelObject] = []
    left_out: list[SkippedObject] = []
    for node in root.findall("object"):
        try:
            edges = [number(node.findtext(f"bndbox/{edge}")) for edge in EDGES]
            objects.append(label_object(node.findtext("name") or "", *edges))
        except ObjectError as error:
            left_out.append(skipped_object(row, error.reason, error.detail))
    return LabelRecord(
        row=row,
        id=name,
        external_id=external_id,
        objects=tuple(objects),
        skipped_objects=tuple(left_out),
        file_names=_beside(stem),
        size=_size(root),
        source={"Format": "Pascal VOC", "File": name},
    )


def _beside(stem: PurePosixPath) -> tuple[str, ...]:
    """The names that the picture of a file may have, going by the file's own."""
    return tuple(f"{stem}{suffix}" for suffix in sorted(PICTURE_SUFFIXES))


def _text(root: Element, tag: str) -> str:
    return (root.findtext(tag) or "").strip()


def _root(content: bytes) -> Element:
    if len(content) > MOST_XML:
        raise RecordError("malformed", f"its file is larger than {MOST_XML // 2**20} MB")
    try:
        root: Element = fromstring(content)
    except DefusedXmlException as error:
        raise RecordError("malformed", "its XML defines entities, which are not read") from error
    except ParseError as error:
        raise RecordError("malformed", f"its XML is not well-formed, {error}") from error
    except (ValueError, LookupError) as error:
        raise RecordError("malformed", "its XML is in an encoding that cannot be read") from error
    if root.tag != "annotation":
        raise RecordError("malformed", "its XML has no <annotation> at the root")
    return root


def _below_annotations(name: str) -> PurePosixPath:
    """The file's path without suffix, from below the folder of annotations if there is one."""
    path = PurePosixPath(name).with_suffix("")
    folders = [part.lower() for part in path.parts[:-1]]
    start = max((i + 1 for i, part in enumerate(folders) if part in FOLDERS), default=0)
    return PurePosixPath(*path.parts[start:]) if start else PurePosixPath(path.name)


def _size(root: Element) -> tuple[int, int] | None:
    """Width and height the file states; many state 0, which says nothing."""
    try:
        width, height = (round(number(root.findtext(f"size/{side}"))) for side in ("width", "height"))
    except ObjectError:
        return None
    return (width, height) if width > 0 and height > 0 else None
