"""Writes Labelbox's export of 2023 on (v2): `export.ndjson`, one data row a line, and `images/`.

`row_data` is the path of the picture in the export. The split of a version is the data row's metadata
field `split`, whose values Labelbox reserves. Who labelled is not handed on.
"""

import json
import mimetypes
from collections.abc import Iterator
from typing import Any, Final

from labelling.formats.content import ExportBox, ExportContent, ExportImage
from labelling.formats.entries import ExportEntry, Spool
from labelling.models import Split

SPLITS: Final = {Split.TRAIN: "train", Split.VALIDATION: "valid", Split.TEST: "test"}
DECIMALS: Final = 4  # of a pixel


def labelbox_entries(content: ExportContent) -> Iterator[ExportEntry]:
    """An entry for each picture, then the export with a line for each."""
    lines = Spool()
    for image in content.images():
        path = f"images/{image.name}"
        yield ExportEntry(path, picture=image.file)
        lines.add(json.dumps(data_row(image, content, path=path)) + "\n")
    yield ExportEntry("export.ndjson", content=lines.pieces())


def data_row(image: ExportImage, content: ExportContent, *, path: str) -> dict[str, Any]:
    """The line of one picture."""
    row: dict[str, Any] = {
        "data_row": {
            "id": f"image-{image.key}",
            "external_id": image.external_id,
            "row_data": path,
            "details": {"dataset_name": content.dataset},
        },
        "media_attributes": {
            "height": image.height,
            "width": image.width,
            "asset_type": "image",
            "mime_type": mimetypes.guess_type(image.name)[0] or "application/octet-stream",
            "exif_rotation": 1,
        },
        "projects": {content.title: {"name": content.title, "labels": [_label(image, content)]}},
    }
    if image.split:
        row["metadata_fields"] = [{"schema_name": "split", "value": SPLITS[image.split]}]
    return row


def _label(image: ExportImage, content: ExportContent) -> dict[str, Any]:
    times = {"created_at": image.labelled_at, "updated_at": image.labelled_at} if image.labelled_at else {}
    seconds = image.seconds_to_label
    return {
        "label_kind": "Default",
        "version": "1.0.0",
        "id": f"label-{image.key}",
        "label_details": {**times, "reviews": []},
        "performance_details": {} if seconds is None else {"seconds_to_create": seconds, "skipped": False},
        "annotations": {
            "objects": [_object(box, f"image-{image.key}-{i}", content) for i, box in enumerate(image.boxes)],
            "classifications": [],
            "relationships": [],
        },
    }


def _object(box: ExportBox, feature_id: str, content: ExportContent) -> dict[str, Any]:
    left, top, right, bottom = box.xyxy
    edges = {"top": top, "left": left, "height": bottom - top, "width": right - left}
    return {
        "feature_id": feature_id,
        "feature_schema_id": f"class-{box.label}",
        "name": content.classes[box.label],
        "value": content.classes[box.label],
        "annotation_kind": "ImageBoundingBox",
        "classifications": [],
        "bounding_box": {name: round(value, DECIMALS) for name, value in edges.items()},
    }
