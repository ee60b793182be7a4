"""Exports bent in every way: the parser raises nothing but its own error, and outcomes add up to the records."""

import copy
import csv
import io
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelling.class_names import ClassNames
from labelling.labelbox import Export, ExportError, LabelRecord, SkippedRecord
from labelling.labelbox.records import OBJECT_REASONS, RECORD_REASONS
from labelling.outcomes import Arrival, Report, outcomes_of
from labelling.pictures import NoPictures
from tests.labelling.labelbox.makers import SQUARE, row, v2, v2_box, v2_label
from tests.labelling.makers import bbox, record, zipped

SEEDS = [
    row({"Car": "MULTIPOLYGON (((0 0, 4 0, 4 4)), ((1 1, 2 2, 3 1)))"}, **{"Seconds to Label": "5.2"}),
    row({"Car": [SQUARE], "Weather": "sunny"}, **{"Created At": "2018-06-05T19:12:37.000Z"}),
    row({"Car": [{"geometry": SQUARE}], "Bus": [{"geometry": "POLYGON ((0 0, 4 0, 4 4))"}]}),
    row("Skip"),
    row("SRID=4326;GEOMETRYCOLLECTION (POLYGON Z ((0 0 1, 4 0 1, 4 4 1)), POINT (1 1))"),
    row({"Car": [{"geometry": "SRID=4326;GEOMETRYCOLLECTION (POLYGON Z ((0 0 1, 4 0 1, 4 4 1)), POINT (1 1))"}]}),
    row({"segmentationMasksByName": {"Car": "https://example.com/1"}, "Weather": ["sunny"]}),
    row({}, Masks={"Car": "https://example.com/1"}, **{"Media Attributes": '{"width": "40", "height": 30}'}),
    row(json.dumps(json.dumps({"objects": [bbox("Car", "0", "0", "5", "5")], "classifications": []}))),
    {"uuid": "1", "dataRow": {"id": "1"}, "name": "Car", "bbox": {"top": 0, "left": 0, "height": 5, "width": 5}},
    {
        "data_row": {"id": "1", "external_id": "c.jpg"},
        "experiments": {"e": {"runs": {"r": {"labels": [v2_label([v2_box("Car", 0, 0, 5, 5)])]}}}},
    },
    row([{"frameNumber": 1, "objects": []}]),
    record("b.jpg", [bbox("Car", 0, 0, 5, 5), {"title": "Bus", "polygon": SQUARE}, {"title": "x", "point": SQUARE[0]}]),
    v2(
        v2_label([v2_box("Car", 0, 0, 5, 5), {"name": "Bus", "polygon": SQUARE}]),
        v2_label([v2_box("Car", 0, 0, 5, 5)], label_details={"created_at": "2023-01-01T00:00:00Z"}),
        media_attributes={"width": 40, "height": 30, "asset_type": "image"},
    ),
]
PATIENT: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}  # on a busy machine
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-le")
NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([10**400, -1, 0, 1e308, 2**63]))
TEXTS = st.one_of(st.text(max_size=12), st.sampled_from(["Skip", "POLYGON ((", "{", "[[", "\ud800", "\x00", "=1+1"]))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


SIZES = {"a.jpg": (40, 30), "b.jpg": (3, 3)}  # of pictures that are here already


def places_in(value, path=()):
    """The way to each value inside a record."""
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places_in(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places_in(each, (*path, index))


@st.composite
def bent_records(draw):
    """A record with up to four of its values replaced, or taken out, or something added beside them."""
    bent = [copy.deepcopy(draw(st.sampled_from(SEEDS)))]
    for _ in range(draw(st.integers(0, 4))):
        *way, last = (0, *draw(st.sampled_from(list(places_in(bent[0])))))
        parent = bent
        for step in way:
            parent = parent[step]
        if isinstance(parent, dict) and draw(st.booleans()):
            parent.pop(last)
            parent[draw(TEXTS)] = draw(VALUES)
        else:
            parent[last] = draw(VALUES)
    return bent[0]


def check(outcomes: list, count: int) -> None:
    assert [each.row for each in outcomes] == list(range(1, count + 1))
    for each in outcomes:
        json.dumps(each.id).encode()
        if isinstance(each, SkippedRecord):
            assert each.reason in RECORD_REASONS
            each.message.encode()
        else:
            assert isinstance(each, LabelRecord)
            check_record(each)


def check_record(outcome: LabelRecord) -> None:
    assert 0 < len(outcome.external_id) <= 255
    outcome.external_id.encode()
    json.dumps(outcome.source, allow_nan=False, ensure_ascii=False).encode()
    for each in outcome.objects:
        left, top, right, bottom = each.xyxy
        assert -2e9 <= left < right <= 2e9
        assert -2e9 <= top < bottom <= 2e9
        assert "\x00" not in each.title.encode().decode()
    assert all(each.reason in OBJECT_REASONS for each in outcome.skipped_objects)


@settings(max_examples=400, **PATIENT)
@given(st.lists(bent_records(), max_size=5))
def test_each_bent_record_has_one_outcome(records):
    check(list(Export(io.BytesIO(json.dumps(records).encode()))), len(records))


@settings(max_examples=200, **PATIENT)
@given(st.lists(bent_records(), max_size=5))
def test_what_becomes_of_bent_records_adds_up_and_no_lost_object_makes_a_negative(records):
    export, report = Export(io.BytesIO(json.dumps(records).encode())), Report()
    for outcome in outcomes_of(export, pictures=NoPictures(), names=ClassNames({}), sizes=SIZES):
        report.add(outcome)
        if isinstance(outcome, Arrival) and not outcome.boxes:
            assert {each.reason for each in outcome.skipped_objects} <= {"older-label"}
    told = report.as_json()
    assert told["rows"] == told["images"] + told["pending"] + len(told["skipped"]) == len(records)
    json.dumps(told, allow_nan=False, ensure_ascii=False).encode()


@settings(max_examples=200, **PATIENT)
@given(st.lists(bent_records(), min_size=1, max_size=3), st.sampled_from(",;\t|"), st.sampled_from(ENCODINGS))
def test_each_row_of_bent_csv_has_one_outcome(records, delimiter, encoding):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["ID", "Label", "External ID"])
    for number, each in enumerate(records):
        label = each.get("Label") if isinstance(each, dict) else each
        writer.writerow([number, json.dumps(label), "a.jpg"])
    check(list(Export(io.BytesIO(file.getvalue().encode(encoding)))), len(records))


@settings(max_examples=200, **PATIENT)
@given(st.lists(bent_records().filter(lambda each: isinstance(each, dict)), min_size=1, max_size=5))
def test_each_line_of_bent_ndjson_has_one_outcome(records):
    content = b"".join(json.dumps(each).encode() + b"\n" for each in records)
    check(list(Export(io.BytesIO(content))), len(records))


@settings(max_examples=400, **PATIENT)
@given(
    st.lists(st.sampled_from(SEEDS), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 3), st.binary(max_size=4)), min_size=1, max_size=4),
    st.sampled_from(["list", "lines", "indented", "zip"]),
    st.sampled_from(ENCODINGS),
)
def test_bent_bytes_raise_nothing_but_an_export_error(records, cuts, form, encoding):
    if form == "lines":
        content = "".join(json.dumps(each) + "\n" for each in records).encode(encoding)
    else:
        content = json.dumps(records, indent=1 if form == "indented" else None).encode(encoding)
    if form == "zip":
        content = zipped({"a.json": content})
    for at, length, new in cuts:
        at %= len(content) + 1
        content = content[:at] + new + content[at + length :]
    try:
        export = Export(io.BytesIO(content))
        outcomes = list(export)
    except ExportError as error:
        assert str(error).endswith(".")
    else:
        check(outcomes, len(export))


@settings(max_examples=200, **PATIENT)
@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_but_an_export_error(content):
    try:
        export = Export(io.BytesIO(content))
        check(list(export), len(export))
    except ExportError as error:
        assert str(error).endswith(".")
