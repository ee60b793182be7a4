"""Labelbox NDJSON."""

import json
from dataclasses import replace

from labelling.formats.content import ExportBox
from labelling.formats.labelbox_writer import labelbox_entries
from labelling.models import Split
from tests.labelling.formats.makers import content, image, texts


def rows_of(*images) -> list[dict]:
    return [json.loads(line) for line in texts(labelbox_entries(content(*images)))["export.ndjson"].splitlines()]


def test_a_data_row_names_its_picture_its_size_and_its_boxes():
    given = replace(image("d/a.jpg", [ExportBox(1, (20, 30.5, 60, 40))]), external_id="d:a", seconds_to_label=4.5)
    (row,) = rows_of(given)
    assert (row["data_row"]["external_id"], row["data_row"]["row_data"]) == ("d:a", "images/d/a.jpg")
    assert row["media_attributes"] == {
        "height": 100,
        "width": 200,
        "asset_type": "image",
        "mime_type": "image/jpeg",
        "exif_rotation": 1,
    }
    (label,) = row["projects"]["masks"]["labels"]
    assert label["performance_details"]["seconds_to_create"] == 4.5
    (drawn,) = label["annotations"]["objects"]
    assert (drawn["name"], drawn["annotation_kind"]) == ("without_mask", "ImageBoundingBox")
    assert drawn["bounding_box"] == {"top": 30.5, "left": 20, "height": 9.5, "width": 40}


def test_the_split_is_the_metadata_that_labelbox_reserves_for_it():
    (row,) = rows_of(image(split=Split.VALIDATION))
    assert row["metadata_fields"] == [{"schema_name": "split", "value": "valid"}]


def test_who_labelled_is_not_handed_on():
    (row,) = rows_of(image())
    assert "created_by" not in json.dumps(row)


def test_every_picture_is_a_line():
    assert [row["data_row"]["id"] for row in rows_of(image("a.jpg", key=1), image("b.jpg", key=2))] == [
        "image-1",
        "image-2",
    ]
