"""Reads COCO: JSON files with `images`, `annotations` and `categories`. Plain Python.

A record is one row of `images`. `bbox` is left, top, width, height in pixels; without one the bounds of
the polygons are the box (https://cocodataset.org/#format-data).
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from labelling.formats.records import (
    ObjectError,
    RecordError,
    checked_name,
    each_picture_once,
    label_object,
    number,
    skipped,
    skipped_object,
)
from labelling.formats.trees import FileTree
from labelling.labelbox import ExportError, LabelObject, LabelRecord, RecordOutcome, SkippedObject

SNIFFED: Final = 64 * 1024
FIRST_KEY: Final = re.compile(rb'\{\s*"(info|licenses|images|annotations|categories|type)"\s*:')


class CocoAnnotations:
    """The records of all COCO files of a tree, in their order. Raises ExportError for a file that is none."""

    def __init__(self, tree: FileTree) -> None:
        self._files = [_CocoFile(name, tree.read(name)) for name in _coco_names(tree)]
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
    return bool(FIRST_KEY.match(start.lstrip(b"\xef\xbb\xbf \t\r\n")))


class _CocoFile:
    """One file: its images, and the annotations of each."""

    def __init__(self, name: str, content: bytes) -> None:
        self._name = name
        values = _loaded(name, content)
        self._images = _listed(values, "images")
        self._categories = _categories(_listed(values, "categories"))
        self._by_image: defaultdict[str, list[Any]] = defaultdict(list)
        for annotation in _listed(values, "annotations"):
            key = annotation.get("image_id") if isinstance(annotation, dict) else None
            self._by_image[_key(key)].append(annotation)
        keys = {_key(image.get("id")) for image in self._images if isinstance(image, dict)}
        self._astray = sum(len(rows) for key, rows in self._by_image.items() if key not in keys)

    def __len__(self) -> int:
        return len(self._images) + bool(self._astray)

    def outcomes(self, start: int) -> Iterator[RecordOutcome]:
        for row, image in enumerate(self._images, start=start):
            try:
                yield self._record(row, image)
            except RecordError as error:
                yield skipped(row, _key(image.get("id")) if isinstance(image, dict) else "", error)
        if self._astray:
            detail = f"{self._astray} annotations in {self._name} belong to no picture listed there"
            yield skipped(start + len(self._images), "", RecordError("malformed", detail))

    def _record(self, row: int, image: Any) -> LabelRecord:
        if not isinstance(image, dict):
            raise RecordError("malformed", "it is not a JSON object")
        file_name = image.get("file_name")
        objects: list[LabelObject] = []
        left_out: list[SkippedObject] = []
        external_id = checked_name(file_name if isinstance(file_name, str) else "")
        for annotation in self._by_image.get(_key(image.get("id")), []):
            try:
                objects.append(_object(annotation, self._categories))
            except ObjectError as error:
                left_out.append(skipped_object(row, error))
        return LabelRecord(
            row=row,
            id=_key(image.get("id")),
            external_id=external_id,
            objects=tuple(objects),
            skipped_objects=tuple(left_out),
            size=_size(image),
            source={"Format": "COCO", "File": self._name},
        )


def _loaded(name: str, content: bytes) -> dict[str, Any]:
    try:
        values = json.loads(content.decode("utf-8-sig"), object_hook=_without_needless_polygons)
    except UnicodeDecodeError as error:
        raise ExportError(f"{name} is not UTF-8 text: byte {error.start} cannot be read.") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ExportError(f"{name} is not valid JSON: {error.msg} at {place}.") from error
    except (ValueError, RecursionError) as error:
        raise ExportError(f"{name} is not JSON of a sensible kind: too deep, or a number too long.") from error
    if not isinstance(values, dict):
        raise ExportError(f"{name} is JSON, but not a COCO object.")
    return values


def _without_needless_polygons(values: dict[str, Any]) -> dict[str, Any]:
    """Drops the bulk of most files while they are read."""
    if isinstance(values.get("bbox"), list):
        values.pop("segmentation", None)
    return values


def _listed(values: Mapping[str, Any], name: str) -> list[Any]:
    found = values.get(name, [])
    if not isinstance(found, list):
        raise ExportError(f"The {name} of the COCO file are not a list.")
    return found


def _categories(rows: Sequence[Any]) -> dict[str, str]:
    named = [row for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)]
    return {_key(row.get("id")): row["name"] for row in named}


def _object(annotation: Any, categories: Mapping[str, str]) -> LabelObject:
    if not isinstance(annotation, dict):
        raise ObjectError("malformed-object", "it is not a JSON object")
    name = categories.get(_key(annotation.get("category_id")))
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
    if bbox is None and isinstance(polygons, dict):
        raise ObjectError("mask-picture-only")
    if bbox is None and isinstance(polygons, list) and polygons:
        flat = [number(value) for polygon in polygons if isinstance(polygon, list) for value in polygon]
        if len(flat) >= 6 and len(flat) % 2 == 0:
            return min(flat[::2]), min(flat[1::2]), max(flat[::2]), max(flat[1::2])
    raise ObjectError("malformed-object", "it has no box of four numbers")


def _size(image: Mapping[str, Any]) -> tuple[int, int] | None:
    width, height = image.get("width"), image.get("height")
    if not (isinstance(width, int | float) and isinstance(height, int | float)):
        return None
    return (int(width), int(height)) if 0 < width < 1e6 and 0 < height < 1e6 else None


def _key(value: object) -> str:
    """An ID as text: some writers give numbers in one place and text in the other."""
    return str(value) if isinstance(value, int | str) else ""
