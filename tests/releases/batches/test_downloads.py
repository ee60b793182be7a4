"""What a batch gives back."""

import csv
import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from releases.batches.downloads import csv_pieces, entries_of, json_pieces, picture_json
from releases.zip_stream import zip_stream
from tests.releases.batches.makers import BLACK, BLUE, LEFT_HALF, RED, judged, picture

pytestmark = pytest.mark.django_db(transaction=True)


def packed(batch) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(zip_stream(entries_of(batch)))))


def test_the_zip_holds_drawn_pictures_json_and_csv(dan, tiny_release):
    batch = judged(dan, {"in/red.png": picture(RED), "note.txt": b"x", "blue.jpg": picture(BLUE, kind="JPEG")})
    with packed(batch) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["boxes.json", "boxes.csv", "drawn/in/red.png.jpg", "drawn/blue.jpg"]
        drawn = np.array(Image.open(io.BytesIO(archive.read("drawn/in/red.png.jpg"))))
    assert drawn.shape == (40, 60, 3)
    red, _green, blue = np.moveaxis(drawn.astype(int), -1, 0)
    assert (blue > red + 60).sum() > 100  # the words on the blue of with_mask, on a picture that is red


def test_the_json_tells_the_release_and_every_picture(dan, tiny_release):
    batch = judged(dan, {"red.png": picture(RED), "note.txt": b"x"})
    told = json.loads(b"".join(json_pieces(batch)))
    assert (told["release"], told["thresholds"]["with_mask"], told["report"]["seen"]) == ("tiny-random", 0.5, 1)
    assert told["pictures"] == [
        {
            "picture": "red.png",
            "state": "seen",
            "width": 60,
            "height": 40,
            "boxes": [{"class": "with_mask", "score": 0.9, "chance": None, "xyxy": LEFT_HALF}],
            "drawn": "drawn/red.png.jpg",
        },
        {
            "picture": "note.txt",
            "state": "unreadable",
            "reason": "This is not a JPEG, PNG, WebP, BMP or TIFF picture.",
            "drawn": "",
        },
    ]


def test_the_csv_has_a_row_for_each_box_and_runs_no_formula(dan, tiny_release):
    batch = judged(dan, {"=1+1.png": picture(BLUE), "black.png": picture(BLACK), "@note.txt": b"x"})
    rows = list(csv.DictReader(io.StringIO(b"".join(csv_pieces(batch)).decode())))
    assert [(row["picture"], row["state"], row["class"], row["score"], row["right"]) for row in rows] == [
        ("'=1+1.png", "seen", "without_mask", "0.9", "30.0"),
        ("'=1+1.png", "seen", "without_mask", "0.6", "30.0"),
        ("black.png", "seen", "", "", ""),
        ("'@note.txt", "unreadable", "", "", ""),
    ]


def test_the_csv_tells_the_chance_of_each_box_where_the_json_does(dan, tiny_release):
    batch = judged(dan, {"blue.png": picture(BLUE), "black.png": picture(BLACK)})
    blue = batch.pictures.first()
    blue.boxes[0]["chance"] = 0.97531
    blue.save()
    rows = list(csv.reader(io.StringIO(b"".join(csv_pieces(batch)).decode())))
    assert rows[0] == [
        *("picture", "state", "reason", "width", "height", "class", "score", "chance"),
        *("left", "top", "right", "bottom"),
    ]
    assert [row[5:8] for row in rows[1:]] == [
        ["without_mask", "0.9", "0.97531"],
        ["without_mask", "0.6", ""],
        ["", "", ""],
    ]
    assert {len(row) for row in rows} == {12}


def test_a_picture_whose_file_is_gone_is_left_out_and_the_rest_comes(dan, tiny_release):
    batch = judged(dan, {"red.png": picture(RED), "blue.png": picture(BLUE)})
    batch.pictures.first().path.unlink()
    with packed(batch) as archive:
        assert archive.namelist() == ["boxes.json", "boxes.csv", "drawn/blue.png.jpg"]


def test_the_json_beside_a_picture_reads_box_by_box(dan, tiny_release):
    batch = judged(dan, {"blue.png": picture(BLUE), "black.png": picture(BLACK), "note.txt": b"x"})
    blue, black, note = batch.pictures.all()
    assert len(json.loads(picture_json(blue))["boxes"]) == 2
    assert picture_json(blue).count("\n") == 9  # {, four values, "boxes": [, two boxes, ], }
    assert json.loads(picture_json(black))["boxes"] == []
    assert json.loads(picture_json(note))["state"] == "unreadable"
