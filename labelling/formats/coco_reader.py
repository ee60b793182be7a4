"""Reads COCO: JSON files with `images`, `annotations` and `categories`. Plain Python.

A record is one row of `images`. `bbox` is left, top, width, height in pixels; without one the bounds of
the polygons are the box (https://cocodataset.org/#format-data). `coco_url` or `flickr_url` is kept as the address.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from labelling.formats.coco_index import CocoIndex, key_of
from labelling.formats.records import checked_name, each_picture_once, label_object, number
from labelling.formats.trees import FileTree
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
from labelling.labelbox.text import encoding_of, text_pieces
from labelling.labelbox.values import ADDRESS, clean, size_kept, size_of, text_of

SNIFFED: Final = 64 * 1024
IMAGES: Final = re.compile(r'"images"\s*:\s*\[\s*\{[^{}]*"file_name"\s*:')
FIRST_KEY: Final = re.compile(r'\{\s*"(info|licenses|images|annotations|categories|type)"\s*:')


class CocoAnnotations:
    """The records of all COCO files of a tree, in their order. Raises ExportError for a file that is none."""

    def __init__(self, tree: FileTree) -> None:
        self._files = [_CocoFile(name, tree) for name in _coco_names(tree)]
        if not self._files:
            raise ExportError("There is no COCO file: no JSON with images, annotations and categories.")

    def __len__(self) -> int:
        return sum(len(file) for file in self._files)

    def __iter__(self) -> Iterator[RecordOutcome]:
        starts = [1 + sum(len(file) for file in self._files[:i]) for i in range(len(self._files))]
        rows = (file.outcomes(start) for file, start in zip(self._files, starts, strict=True))
        return each_picture_once(chain.from_iterable(rows))


def looks_like_coco(tree: FileTree) -> bool:
    return bool(_coco_names(tree))


def _coco_names(tree: FileTree) -> list[str]:
    return [name for name in tree.names if name.lower().endswith(".json") and _is_coco(tree.read(name, SNIFFED))]


def _is_coco(start: bytes) -> bool:
    text = encoding_of(start).decode_start(start)
    return bool(FIRST_KEY.match(text)) or (text.startswith("{") and bool(IMAGES.search(text)))


class _CocoFile:
    """One file: its images, and the annotations of each."""

    def __init__(self, name: str, tree: FileTree) -> None:
        self._name = name
        encoding = encoding_of(tree.read(name, SNIFFED))
        try:
            with tree.open(name) as file:
                self._index = CocoIndex(text_pieces(file, encoding))
        except ExportError as error:
            raise ExportError(f"{name}: {error}") from error

    def __len__(self) -> int:
        return len(self._index) + bool(self._index.astray)

    def outcomes(self, start: int) -> Iterator[RecordOutcome]:
        for row, (image, annotations) in enumerate(self._index.images(), start=start):
            try:
                yield self._record(row, image, annotations)
            except RecordError as error:
                identity = key_of(image.get("id")) if isinstance(image, dict) else ""
                yield skipped(row, clean(identity), error.reason, error.detail)
        if self._index.astray:
            detail = f"{self._index.astray} annotations in {self._name} belong to no picture listed there"
            yield skipped(start + len(self._index), "", "malformed", detail)

    def _record(self, row: int, image: object, annotations: Iterator[object]) -> LabelRecord:
        if not isinstance(image, dict):
            raise RecordError("malformed", str(image))
        objects: list[LabelObject] = []
        left_out: list[SkippedObject] = []
        external_id = checked_name(text_of(image.get("file_name")))
        for annotation in annotations:
            try:
                objects.append(_object(annotation, self._index.categories))
            except ObjectError as error:
                left_out.append(skipped_object(row, error.reason, error.detail))
        size = size_of(image)
        return LabelRecord(
            row=row,
            id=clean(key_of(image.get("id"))),
            external_id=external_id,
            objects=tuple(objects),
            skipped_objects=tuple(left_out),
            size=size,
            source={"Format": "COCO", "File": self._name, **_address(image), **size_kept(size)},
        )


def _address(image: Mapping[str, Any]) -> dict[str, str]:
    """Where the picture may be read, under the name that Labelbox has for it."""
    address = text_of(image.get("coco_url")) or text_of(image.get("flickr_url"))
    return {ADDRESS: address} if address else {}


def _object(annotation: object, categories: Mapping[str, str]) -> LabelObject:
    if not isinstance(annotation, dict):
        raise ObjectError("malformed-object", str(annotation))
    name = categories.get(key_of(annotation.get("category_id")))
    if name is None:
        raise ObjectError("malformed-object", "its category is not listed")
    if annotation.get("iscrowd") in (1, True):
        raise ObjectError("crowd-region")
    return label_object(name, *_corners(annotation))


def _corners(annotation: Mapping[str, Any]) -> tuple[float, float, float, float]:
    bbox, polygons = annotation.get("bbox"), annotation.get("segmentation")
    if isinstance(bbox, list) and len(bbox) == 4:
        left, top, width, height = (number(value) for value in bbox)
        return left, top, left + width, top + height
    bbox = bbox or None  # some programs write an empty list
    if bbox is None and isinstance(polygons, dict):
        raise ObjectError("mask-picture-only")
    if bbox is None and isinstance(polygons, list) and polygons:
        flat = [number(value) for polygon in polygons if isinstance(polygon, list) for value in polygon]
        if len(flat) >= 6 and len(flat) % 2 == 0:
            return min(flat[::2]), min(flat[1::2]), max(flat[::2]), max(flat[1::2])
    raise ObjectError("malformed-object", "it has no box of four numbers")
