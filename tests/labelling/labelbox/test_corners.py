"""Single records out of every corner of Labelbox, each with the outcome that was written down before it was read.

A text is the reason for which a record is left out; else there are its boxes and the reasons of its other objects.
"""

import json

import pytest

from labelling.labelbox import LabelRecord, record_of
from tests.labelling.labelbox.makers import SQUARE, row, v2, v2_box, v2_label, xy
from tests.labelling.makers import bbox, record

CAR = ("Car", (5, 2, 9, 8))  # SQUARE as a box
WKT = "POLYGON ((5 2, 9 2, 9 8, 5 8, 5 2))"
POINT = {"title": "Car", "point": {"x": 1, "y": 2}}
OLD, NEW = ({"label_details": {"created_at": f"2023-0{month}-01T00:00:00.000+00:00"}} for month in (1, 2))


def wkt(text: str) -> dict:
    return row({"Car": [{"geometry": text}]})


def kept(*boxes, left_out=()) -> tuple:
    return list(boxes), list(left_out)


def said(raw) -> object:
    outcome = record_of(1, json.loads(json.dumps(raw)))
    if not isinstance(outcome, LabelRecord):
        return outcome.reason
    return [(each.title, each.xyxy) for each in outcome.objects], [each.reason for each in outcome.skipped_objects]


GEOMETRIES = {
    "SRID": (wkt("SRID=4326;" + WKT), kept(CAR)),
    "SRID in a multipolygon": (row({"Car": "srid = 0 ; MULTIPOLYGON (((5 2, 9 2, 9 8)))"}), kept(CAR)),
    "Z": (wkt("POLYGON Z ((5 2 0, 9 2 0, 9 8 1.5, 5 8 0))"), kept(CAR)),
    "Z without a gap": (wkt("POLYGONZ((5 2 0,9 2 0,9 8 0))"), kept(CAR)),
    "ZM": (wkt("MULTIPOLYGON ZM (((5 2 0 1, 9 2 0 1, 9 8 0 1)))"), kept(CAR)),
    "hole": (wkt("POLYGON ((5 2, 9 2, 9 8, 5 8), (6 3, 7 3, 7 4))"), kept(CAR)),
    "lower case": (wkt("multipolygon(((5 2,9 2,9 8)))"), kept(CAR)),
    "blanks": (wkt("\n  POLYGON   (  (  5   2 ,9  2 ,\t9 8  )  )  "), kept(CAR)),
    "exponents": (wkt("POLYGON ((5e0 2, .9E1 2, 9. 8, +5 8))"), kept(CAR)),
    "two polygons": (wkt("MULTIPOLYGON (((5 2, 9 2, 9 8)), ((0 0, 1 0, 1 1)))"), kept(CAR, ("Car", (0, 0, 1, 1)))),
    "collection": (
        wkt("GEOMETRYCOLLECTION (POLYGON ((5 2, 9 2, 9 8)), POINT (1 2), LINESTRING (1 2, 3 4))"),
        kept(CAR, left_out=["line-or-point", "line-or-point"]),
    ),
    "collection in 2018": (row({"Car": "GEOMETRYCOLLECTION (MULTIPOLYGON (((5 2, 9 2, 9 8))))"}), kept(CAR)),
    "collection that is cut off": (wkt("GEOMETRYCOLLECTION (POLYGON ((5 2, 9"), kept(left_out=["malformed-object"])),
    "empty": (wkt("POLYGON EMPTY"), kept(left_out=["degenerate-box"])),
    "empty with SRID and Z": (wkt("SRID=4326;MULTIPOLYGON Z EMPTY"), kept(left_out=["degenerate-box"])),
    "multipoint": (wkt("MULTIPOINT ((1 2), (3 4))"), kept(left_out=["line-or-point"])),
    "one point over and over": (wkt("POLYGON ((5 2, 5 2, 5 2))"), kept(left_out=["degenerate-box"])),
    "there and back": (wkt("POLYGON ((5 2, 9 8, 5 2))"), kept(left_out=["degenerate-box"])),
    "line of two points": (row({"Car": [{"geometry": xy((5, 2), (9, 8))}]}), kept(left_out=["line-or-point"])),
    "polygon of one point": (
        record(objects=[{"title": "Car", "polygon": xy((5, 2))}]),
        kept(left_out=["degenerate-box"]),
    ),
    "numbers as text": (row({"Car": [xy(("5", " 2 "), ("9.0", "2"), ("9e0", "8"))]}), kept(CAR)),
    "text that is no number": (row({"Car": [xy(("5px", 2), (9, 2), (9, 8))]}), kept(left_out=["malformed-object"])),
    "box as text": (record(objects=[bbox("Car", "5", "2", "4", "6")]), kept(CAR)),
    "infinite": (record(objects=[bbox("Car", 5, 2, 1e400, 6)]), kept(left_out=["malformed-object"])),
    "infinite as text": (record(objects=[bbox("Car", 5, 2, "Infinity", 6)]), kept(left_out=["malformed-object"])),
    "no number": (record(objects=[bbox("Car", 5, float("nan"), 4, 6)]), kept(left_out=["malformed-object"])),
    "negative width": (record(objects=[bbox("Car", 9, 2, -4, 6)]), kept(left_out=["degenerate-box"])),
    "other geometries are null": (
        record(objects=[{**POINT, "bbox": None, "polygon": None}, {**bbox("Car", 5, 2, 4, 6), "point": None}]),
        kept(CAR, left_out=["line-or-point"]),
    ),
}

LABELS = {
    "skip": (row("Skip"), "skipped-in-labelbox"),
    "skipped, with blanks": (row(" Skipped "), "skipped-in-labelbox"),
    "skipped by a number": (row({"Car": [SQUARE]}, Skipped=1), "skipped-in-labelbox"),
    "skipped by a text": (row({"Car": [SQUARE]}, Skipped="True"), "skipped-in-labelbox"),
    "not skipped": (row({"Car": [SQUARE]}, Skipped="false"), kept(CAR)),
    "null": (row(None), "no-label"),
    "blank": (row(""), "no-label"),
    "list of nothing": (row([]), "no-label"),
    "object of nothing": (row({}), kept()),
    "JSON in a text": (row(json.dumps({"Car": [{"geometry": WKT}]})), kept(CAR)),
    "JSON in a text in a text": (row(json.dumps(json.dumps({"Car": [SQUARE]}))), kept(CAR)),
    "JSON of objects in a text": (row(json.dumps({"objects": [bbox("Car", 5, 2, 4, 6)]})), kept(CAR)),
    "broken JSON in a text": (row('{"Car": ['), "malformed"),
    "an answer beside": (row({"has_defects": "no", "Car": [SQUARE]}), kept(CAR)),
    "only an answer": (row({"has_defects": "no"}), "only-a-classification"),
    "only answers": (row({"has_defects": True, "kinds": ["scratch", "dent"]}), "only-a-classification"),
    "a point and an answer": (
        row({"box": [{"geometry": {"x": 1259, "y": 1411}}], "select_the_cup_models": ["model_3"]}),
        kept(left_out=["line-or-point"]),
    ),
    "classes of nothing": (row({"Car": [], "Bus": None, "Tree": "", "Sky": {}}), kept()),
    "masks by name": (
        row({"segmentationMasksByName": {"Background": "https://example.com/1", "Iris": "https://example.com/2"}}),
        kept(left_out=["mask-picture-only"] * 2),
    ),
    "masks by name and answers": (
        row({"segmentationMasksByName": {"Graffiti": "https://example.com/1"}, "graffiti_type": "tag"}),
        kept(left_out=["mask-picture-only"]),
    ),
    "masks beside an empty label": (
        row({}, Masks={"Car": "https://example.com/1"}),
        kept(left_out=["mask-picture-only"]),
    ),
    "masks beside geometries": (row({"Car": [SQUARE]}, Masks={"Car": "https://example.com/1"}), kept(CAR)),
    "masks beside no label": (row(None, Masks={"Car": "https://example.com/1"}), kept(left_out=["mask-picture-only"])),
    "no masks": (row(None, Masks={}), "no-label"),
    "nested classifications": (
        record(
            objects=[
                bbox("Car", 5, 2, 4, 6, classifications=[{"title": "Colour", "answer": {"title": "red"}}]),
                bbox("Car", 5, 2, 4, 6, classifications=[[{"title": "Parts", "answers": [{"title": "wheel"}]}]]),
            ]
        ),
        kept(CAR, CAR),
    ),
    "relationships": (
        record(Label={"objects": [bbox("Car", 5, 2, 4, 6)], "classifications": [], "relationships": [{"a": "b"}]}),
        kept(CAR),
    ),
    "a key of later years": (record(Label={"objects": [bbox("Car", 5, 2, 4, 6)], "newest": []}), kept(CAR)),
    "nothing but null": (record(Label={"objects": None, "classifications": None}), kept()),
    "frames at an address": (row({"frames": "https://api.labelbox.com/v1/frames/1"}), "video"),
    "a frame as a record": ({"frameNumber": 1, "objects": [bbox("Car", 5, 2, 4, 6)]}, "video"),
    "a document by its name": (row({"Car": [SQUARE]}, **{"External ID": "report.PDF"}), "unknown-media"),
    "a document by its pages": (
        record(objects=[bbox("boxy", 107, 144, 9, 441, page=0, unit="POINTS")]),
        "unknown-media",
    ),
    "a video by its name": (row({"Car": [SQUARE]}, **{"External ID": "clip.mp4"}), "video"),
    "an annotation on its way in": (
        {"uuid": "c1be3a57", "dataRow": {"id": "ckrb1sf1i"}, "name": "bbox", "bbox": {"top": 28, "left": 38}},
        "unknown-form",
    ),
    "classes by number": (record(objects=[bbox(7, 5, 2, 4, 6)]), kept(("7", CAR[1]))),
    "a class of two lines": (record(objects=[bbox(" With \n mask\t", 5, 2, 4, 6)]), kept(("With mask", CAR[1]))),
    "a class of nothing": (record(objects=[bbox(" ", 5, 2, 4, 6)]), kept(left_out=["malformed-object"])),
    "a class without end": (record(objects=[bbox("C" * 101, 5, 2, 4, 6)]), kept(left_out=["malformed-object"])),
    "a class of HTML": (record(objects=[bbox("<b>=1+1</b>", 5, 2, 4, 6)]), kept(("<b>=1+1</b>", CAR[1]))),
    "an accent in two characters": (record(objects=[bbox("ge\u0301ant", 5, 2, 4, 6)]), kept(("g\u00e9ant", CAR[1]))),
}

DATA_ROWS = {
    "no projects": ({"data_row": {"id": "1", "external_id": "a.jpg"}, "media_attributes": {}}, "no-label"),
    "no media attributes": (v2(v2_label([v2_box("Car", 5, 2, 4, 6)])), kept(CAR)),
    "the newest of two labels": (
        v2(v2_label([v2_box("Car", 5, 2, 4, 6)], **NEW), v2_label([v2_box("Bus", 0, 0, 9, 9)], **OLD)),
        kept(CAR, left_out=["older-label"]),
    ),
    "the newest of two projects": (
        v2()
        | {
            "projects": {
                "p": {"name": "A", "labels": [v2_label([v2_box("Bus", 0, 0, 9, 9)], **OLD)]},
                "q": {"name": "B", "labels": [v2_label([v2_box("Car", 5, 2, 4, 6)], **NEW)]},
            }
        },
        kept(CAR, left_out=["older-label"]),
    ),
    "the newest was skipped": (
        v2(v2_label([v2_box("Car", 5, 2, 4, 6)], **OLD), v2_label(**NEW, performance_details={"skipped": True})),
        kept(CAR),
    ),
    "a model run": (
        {
            "data_row": {"id": "1", "external_id": "a.jpg"},
            "experiments": {
                "e": {"runs": {"r": {"labels": [v2_label([v2_box("Car", 5, 2, 4, 6)])], "predictions": [v2_label()]}}}
            },
        },
        kept(CAR),
    ),
    "a kind tells of a mask": (
        v2(v2_label([{"name": "Car", "annotation_kind": "ImageSegmentationMask"}])),
        kept(left_out=["mask-picture-only"]),
    ),
    "a kind tells of a line": (
        v2(v2_label([{"name": "Car", "annotation_kind": "ImagePolyline"}])),
        kept(left_out=["line-or-point"]),
    ),
    "text entities": (
        v2(v2_label([{"name": "Car", "annotation_kind": "TextEntity", "location": {"start": 1, "end": 5}}])),
        "unknown-media",
    ),
    "a scan in layers": (v2(v2_label(annotations={"groups": {"Axial": {"frames": {}}}})), "video"),
    "a label of a video": (v2(v2_label(label_kind="Video")), "video"),
    "empty frames of a picture": (v2(v2_label([v2_box("Car", 5, 2, 4, 6)], frames={}, segments={})), kept(CAR)),
    "relationships": (
        v2(v2_label(annotations={"objects": [v2_box("Car", 5, 2, 4, 6)], "relationships": [{"name": "on"}]})),
        kept(CAR),
    ),
    "numbers as text": (v2(v2_label([v2_box("Car", "5.0", "2", "4", "6")])), kept(CAR)),
    "only a mask": (
        v2(v2_label([{"name": "Car", "mask": {"url": "https://example.com"}, "composite_mask": None}])),
        kept(left_out=["mask-picture-only"]),
    ),
    "tiles": (
        v2(v2_label([v2_box("Car", 5, 2, 4, 6)])) | {"data_row": {"row_data": {"tile_layer_url": "https://x/{z}"}}},
        "tiled-map",
    ),
}

RECORDS = {
    f"{kind}: {name}": each
    for kind, table in (("geometry", GEOMETRIES), ("label", LABELS), ("data row", DATA_ROWS))
    for name, each in table.items()
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_has_the_outcome_written_down_for_it(name):
    raw, expected = RECORDS[name]
    assert said(raw) == expected


@pytest.mark.parametrize(
    ("others", "external_id", "file_names"),
    [
        ({"External ID": 1234}, "1234", ()),
        ({"External ID": None, "Global Key": "key.jpg"}, "key.jpg", ()),
        ({"External ID": None, "Labeled Data": "https://x.example/a%20b.jpg?Expires=1"}, "a b.jpg", ("a b.jpg",)),
        ({"External ID": "https://x.example/in/a.jpg?Expires=1"}, "https://x.example/in/a.jpg?Expires=1", ("a.jpg",)),
        ({"External ID": None, "DataRow ID": 77, "ID": 5}, "77", ()),
        ({"External ID": "u\u0308.jpg"}, "\u00fc.jpg", ()),
    ],
)
def test_a_picture_is_named_by_the_first_thing_that_can_name_it(others, external_id, file_names):
    outcome = record_of(1, row({}, **others))
    assert isinstance(outcome, LabelRecord)
    assert (outcome.external_id, outcome.file_names) == (external_id, file_names)
