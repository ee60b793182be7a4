"""Writes Pascal VOC: `JPEGImages/` with the pictures, `Annotations/` with one XML file for each.

Boxes are whole pixels counted from 0, right and bottom exclusive, as our own boxes are (the
challenge's development kit counts from 1, inclusive; what reads this project's VOC does not).
Sizes and boxes are those of the upright picture. Class names are the dataset's. The split of a
version stands in `ImageSets/Main/`, as in Everingham et al., The PASCAL VOC Challenge (2012).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from labelling.formats.content import ExportContent, ExportImage
from labelling.formats.entries import ExportEntry, Spool
from labelling.formats.file_names import FileNames, flat
from labelling.models import Split

NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LISTS: Final = {Split.TRAIN: "train", Split.VALIDATION: "val", Split.TEST: "test"}


def voc_entries(content: ExportContent) -> Iterator[ExportEntry]:
    """Two entries for each picture, the picture and its annotation; then the lists of the split."""
    names = FileNames()
    lists: defaultdict[Split, Spool] = defaultdict(Spool)
    for image in content.images():
        file_name = names.new(flat(image.name), image.name, image.key)
        stem = str(PurePosixPath(file_name).with_suffix(""))
        yield ExportEntry(f"JPEGImages/{file_name}", picture=image.file)
        annotation = voc_annotation(image, content.classes, file_name=file_name)
        yield ExportEntry(f"Annotations/{stem}.xml", content=annotation)
        if image.split:
            lists[image.split].add(f"{stem}\n")
    for split, spool in lists.items():
        yield ExportEntry(f"ImageSets/Main/{LISTS[split]}.txt", content=spool.pieces())


def voc_annotation(image: ExportImage, classes: Sequence[str], *, file_name: str) -> bytes:
    """The XML of one picture: its file name, width, height and depth, and an object for each box."""
    root = Element("annotation")
    _text(root, "folder", "JPEGImages")
    _text(root, "filename", file_name)
    size = SubElement(root, "size")
    for name, value in (("width", image.width), ("height", image.height), ("depth", image.depth)):
        _text(size, name, str(value))
    _text(root, "segmented", "0")
    for box in image.boxes:
        node = SubElement(root, "object")
        _text(node, "name", classes[box.label])
        _text(node, "pose", "Unspecified")
        _text(node, "truncated", "0")
        _text(node, "difficult", "0")
        edges = SubElement(node, "bndbox")
        for name, edge in zip(("xmin", "ymin", "xmax", "ymax"), whole_pixels(box.xyxy), strict=True):
            _text(edges, name, str(edge))
    indent(root)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def whole_pixels(xyxy: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """A box rounded to whole pixels, at least one pixel wide and high."""
    left, top, right, bottom = (round(value) for value in xyxy)
    if right == left:
        left, right = int(xyxy[0]), int(xyxy[0]) + 1
    if bottom == top:
        top, bottom = int(xyxy[1]), int(xyxy[1]) + 1
    return left, top, right, bottom


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = NOT_IN_XML.sub("", text)
