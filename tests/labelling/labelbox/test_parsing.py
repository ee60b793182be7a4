"""Each kind of record and object, with the outcome it must have."""

import json
from pathlib import Path

import pytest

from labelling.labelbox import (
    OBJECT_NAMES,
    OBJECT_REASONS,
    RECORD_REASONS,
    ExportError,
    LabelRecord,
    SkippedRecord,
    parse_export,
)
from tests.labelling.makers import bbox, record


def parse(*records):
    return parse_export(json.dumps(records).encode())


def only(*records) -> LabelRecord:
    (outcome,) = parse(*records)
    assert isinstance(outcome, LabelRecord)
    return outcome


def test_a_bbox_becomes_xyxy():
    outcome = only(record("mask-1.jpg", [bbox("With mask", 321, 34, 33, 35)]))
    assert (outcome.row, outcome.id, outcome.external_id) == (1, "id-mask-1.jpg", "mask-1.jpg")
    assert outcome.objects[0].xyxy == (321, 34, 354, 69)
    assert outcome.objects[0].title == "With mask"


def test_a_polygon_becomes_what_bounds_it():
    corners = [{"x": 5, "y": 2.5}, {"x": 9, "y": 1}, {"x": 4, "y": 8}]
    outcome = only(record(objects=[{"title": "Car", "value": "car", "polygon": corners}]))
    assert outcome.objects[0].xyxy == (4, 1, 9, 8)


def test_a_bare_record_counts_as_a_list_of_one():
    assert len(parse_export(json.dumps(record()).encode())) == 1


def test_a_record_without_objects_says_there_are_none():
    assert only(record()).objects == ()
    assert only({"ID": "1", "External ID": "a.jpg", "Label": {}}).objects == ()


def test_a_byte_order_mark_does_no_harm():
    assert len(parse_export(b"\xef\xbb\xbf" + json.dumps([record()]).encode())) == 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("text", "malformed"),
        (None, "malformed"),
        (record(Label={"objects": {"a": 1}}), "malformed"),
        (record("x" * 256), "malformed"),
        (record(Skipped=True), "skipped-in-labelbox"),
        (record(Label="Skip"), "skipped-in-labelbox"),
        (record(Label=None), "no-label"),
        (record(Label=""), "no-label"),
        (record(Label={"classifications": [{"title": "Blurred"}]}), "only-a-classification"),
        (record(Label={"frames": "https://example.com/frames"}), "video"),
        (record(Label=[{"frameNumber": 1, "objects": []}]), "video"),
        (record(Label="Car"), "unknown-form"),
        ({"External ID": " ", "Label": {"objects": []}}, "no-identity"),
    ],
)
def test_a_record_that_brings_nothing_has_a_reason_and_a_sentence(raw, reason):
    (outcome,) = parse(raw)
    assert isinstance(outcome, SkippedRecord)
    assert outcome.reason == reason
    assert outcome.message.endswith(".")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("text", "malformed-object"),
        ({"bbox": {"left": 0, "top": 0, "width": 1, "height": 1}}, "malformed-object"),
        ({"title": "Car"}, "malformed-object"),
        ({"title": "Car", "bbox": [0, 0, 1, 1]}, "malformed-object"),
        ({"title": "Car", "polygon": []}, "malformed-object"),
        (bbox("Car", "left", 0, 1, 1), "malformed-object"),
        (bbox("Car", True, 0, 1, 1), "malformed-object"),
        (bbox("Car", None, 0, 1, 1), "malformed-object"),
        (bbox("Car", float("nan"), 0, 1, 1), "malformed-object"),
        (bbox("Car", 0, 0, float("inf"), 1), "malformed-object"),
        (bbox("Car", 0, 0, 10**400, 1), "malformed-object"),
        (bbox("C" * 101, 0, 0, 1, 1), "malformed-object"),
        (bbox("Car", 5, 5, 0, 3), "degenerate-box"),
        (bbox("Car", 5, 5, 3, -1), "degenerate-box"),
        ({"title": "Car", "line": [{"x": 0, "y": 0}]}, "line-or-point"),
        ({"title": "Car", "point": {"x": 0, "y": 0}}, "line-or-point"),
        ({"title": "Car", "instanceURI": "https://example.com/mask"}, "mask-picture-only"),
    ],
)
def test_an_object_that_cannot_become_a_box_is_listed_and_the_others_stay(raw, reason):
    outcome = only(record(objects=[raw, bbox("Car", 0, 0, 1, 1)]))
    assert len(outcome.objects) == 1
    assert [(each.row, each.reason) for each in outcome.skipped_objects] == [(1, reason)]
    assert outcome.skipped_objects[0].message.endswith(".")


def test_the_newest_of_several_labels_of_a_picture_counts():
    outcomes = parse(
        record("a.jpg", **{"Updated At": "2020-01-02T00:00:00.000Z"}),
        record("a.jpg", **{"Updated At": "2020-01-03T00:00:00.000Z"}),
        record("a.jpg", **{"Created At": "2020-01-01T00:00:00.000Z"}),
    )
    assert [getattr(each, "reason", "kept") for each in outcomes] == ["older-label", "kept", "older-label"]
    assert outcomes[0].message == "Row 2 holds a newer label of the same picture."


def test_without_an_external_id_the_file_name_in_the_address_names_the_picture():
    address = "https://storage.example.com/project%2Fsome%20face.jpg?Expires=1&Signature=x"
    assert only(record(None, **{"Labeled Data": address})).external_id == "some face.jpg"


@pytest.mark.parametrize(
    ("value", "seconds"), [(33.5, 33.5), ("5.249", 5.249), ("soon", None), (-1, None), (True, None), (None, None)]
)
def test_seconds_to_label_may_be_text_and_may_be_nonsense(value, seconds):
    assert only(record(**{"Seconds to Label": value})).seconds == seconds


def test_the_provenance_is_kept_without_nul_characters():
    source = only(record(**{"Project Name": "Street\x00", "Agreement": None})).source
    assert source == {"ID": "id-a.jpg", "Project Name": "Street"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'[{"ID": "1"},\n {"ID" "2"}]', "Expecting ':' delimiter at line 2, column 8."),
        (b'[{"ID": "1"}, {"ID": ', "Expecting value at line 1, column 22."),
        (b"", "The file is empty."),
        (b"[\xff]", "not UTF-8 text: byte 1"),
        (b"[" * 100_000, "too deep"),
        (b'"text"', "neither a list of records nor a record"),
    ],
)
def test_a_file_that_is_no_export_is_refused_with_the_place(content, sentence):
    with pytest.raises(ExportError) as raised:
        parse_export(content)
    assert sentence in str(raised.value)


def test_every_reason_stands_in_the_documentation_of_the_api():
    text = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
    assert [reason for reason in (*RECORD_REASONS, *OBJECT_REASONS) if f"`{reason}`" not in text] == []
    assert OBJECT_NAMES.keys() == OBJECT_REASONS.keys() - {"older-label"}
