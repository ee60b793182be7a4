"""Records of the other eras, small."""

import json
from typing import Any


def xy(*corners: tuple[Any, Any]) -> list[dict[str, Any]]:
    return [{"x": x, "y": y} for x, y in corners]


SQUARE = xy((5, 2), (9, 2), (9, 8), (5, 8))  # its box is 5, 2, 9, 8


def row(label: Any, **others: Any) -> dict[str, Any]:
    """A record of 2018 or 2019."""
    return {"ID": "id-1", "External ID": "a.jpg", "Label": label, **others}


def v2_label(objects: Any = (), **others: Any) -> dict[str, Any]:
    """One label of a data row."""
    return {"id": "label-1", "annotations": {"objects": list(objects), "classifications": []}, **others}


def v2(*labels: Any, **others: Any) -> dict[str, Any]:
    """A data row of 2023 with these labels in one project."""
    data_row = {"id": "row-1", "external_id": "a.jpg"}
    return {"data_row": data_row, "projects": {"p": {"name": "Street", "labels": list(labels)}}, **others}


def v2_box(name: str, left: Any, top: Any, width: Any, height: Any) -> dict[str, Any]:
    bounding_box = {"left": left, "top": top, "width": width, "height": height}
    return {"name": name, "value": name, "annotation_kind": "ImageBoundingBox", "bounding_box": bounding_box}


def ndjson(*records: Any) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)
