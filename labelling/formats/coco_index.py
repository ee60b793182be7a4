"""The images and annotations of a COCO file, put aside in a temporary database while the file is read once.

Annotations stand apart from their images, in any order. To bring them together without holding the
file, both go into a private SQLite database, which spills to disk. Plain Python.
"""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, Final

from labelling.labelbox.json_records import read_lists
from labelling.labelbox.records import ExportError, Unreadable

LISTS: Final = ("images", "annotations", "categories")
IMAGE_KEYS: Final = ("id", "file_name", "width", "height", "coco_url", "flickr_url")
ANNOTATION_KEYS: Final = ("category_id", "iscrowd", "bbox")
NO_OBJECT: Final = "it is not a JSON object"
BATCH: Final = 1000
TABLES: Final = """
    PRAGMA journal_mode = OFF;
    PRAGMA cache_size = -16384;
    CREATE TABLE image (position INTEGER PRIMARY KEY, key TEXT, said TEXT NOT NULL);
    CREATE TABLE annotation (key TEXT NOT NULL, said TEXT NOT NULL);
"""
INDEXES: Final = """
    CREATE INDEX annotation_key ON annotation (key);
    CREATE INDEX image_key ON image (key);
"""


class CocoIndex:
    """What a file holds. `categories` are names by ID; images are numbered from 0.

    Making one reads the text through; ExportError with the place where it is no JSON.
    """

    def __init__(self, pieces: Iterator[str]) -> None:
        self._database = sqlite3.connect("", check_same_thread=False)  # "": on disk, nameless, gone when closed
        self._database.executescript(TABLES)
        self.categories: dict[str, str] = {}
        self._images = 0
        self._waiting: dict[str, list[tuple[Any, ...]]] = {"image": [], "annotation": []}
        seen: set[str] = set()
        for name, element in read_lists(pieces, LISTS, seen):
            self._put(name, element)
        if "annotations" not in seen:
            raise ExportError("The file lists pictures and has no annotations: they are not labelled yet.")
        for table in self._waiting:
            self._write(table)
        self._database.executescript(INDEXES)
        self._database.commit()
        self.astray = self._count_astray()

    def __len__(self) -> int:
        return self._images

    def images(self) -> Iterator[tuple[object, Iterator[object]]]:
        """Each element of `images` with the annotations that name it; a text says why one is no object."""
        for key, said in self._database.execute("SELECT key, said FROM image ORDER BY position"):
            yield json.loads(said), self._annotations(key)

    def _annotations(self, key: str | None) -> Iterator[object]:
        for (said,) in self._database.execute("SELECT said FROM annotation WHERE key = ? ORDER BY rowid", (key,)):
            yield json.loads(said)

    def _put(self, name: str, element: object) -> None:
        if name == "categories":
            if isinstance(element, dict) and isinstance(element.get("name"), str):
                self.categories[key_of(element.get("id"))] = element["name"]
        elif name == "images":
            key = key_of(element.get("id")) if isinstance(element, dict) else None
            self._add("image", (self._images, key, _said(element, IMAGE_KEYS)))
            self._images += 1
        else:
            key = key_of(element.get("image_id")) if isinstance(element, dict) else ""
            self._add("annotation", (key, _said(element, _annotation_keys(element))))

    def _add(self, table: str, row: tuple[Any, ...]) -> None:
        self._waiting[table].append(row)
        if len(self._waiting[table]) == BATCH:
            self._write(table)

    def _write(self, table: str) -> None:
        rows = self._waiting[table]
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - our own names
            rows.clear()

    def _count_astray(self) -> int:
        """How many annotations name no image of the file."""
        question = "SELECT count(*) FROM annotation WHERE key NOT IN (SELECT key FROM image WHERE key IS NOT NULL)"
        return int(self._database.execute(question).fetchone()[0])


def key_of(value: object) -> str:
    """An ID as text: some writers give numbers in one place and text in the other, or 1 as 1.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int | str) else ""


def _annotation_keys(annotation: object) -> tuple[str, ...]:
    """Polygons are the bulk of most files, and needless where there is a box."""
    has_box = isinstance(annotation, dict) and isinstance(annotation.get("bbox"), list) and len(annotation["bbox"]) == 4
    return ANNOTATION_KEYS if has_box else (*ANNOTATION_KEYS, "segmentation")


def _said(element: object, keys: tuple[str, ...]) -> str:
    """What is kept of an element, as JSON."""
    if isinstance(element, Unreadable):
        return json.dumps(element.detail)
    if not isinstance(element, dict):
        return json.dumps(NO_OBJECT)
    return json.dumps({key: element[key] for key in keys if key in element})
