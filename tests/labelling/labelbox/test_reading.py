"""Export files of every kind, recognised by what is in them."""

import codecs
import csv
import io
import json
import zipfile

import pytest

from labelling.labelbox import ExportError, LabelRecord, parse_export
from labelling.labelbox.reading import read_rows
from labelling.labelbox.records import Unreadable
from releases import zips
from tests.labelling.labelbox.makers import SQUARE, ndjson, row, v2, v2_box, v2_label
from tests.labelling.makers import jpeg, record, zipped

ROWS = [{"ID": "1", "Label": "Skip"}, {"ID": "2", "Label": {}}]
AS_LIST = json.dumps(ROWS).encode()


def rows(content: bytes) -> list:
    return list(read_rows(io.BytesIO(content)))


def as_csv(records, delimiter=",", columns=("ID", "Labeled Data", "Label", "External ID", "Seconds to Label")) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(columns)
    for each in records:
        values = [each.get(column) for column in columns]
        writer.writerow([json.dumps(value) if isinstance(value, dict) else value for value in values])
    return file.getvalue().encode()


@pytest.mark.parametrize(
    "content",
    [
        AS_LIST,
        json.dumps(ROWS, indent=4).encode(),
        ndjson(*ROWS),
        ndjson(*ROWS).replace(b"\n", b"\r\n\r\n"),
        b"\n\n" + ndjson(*ROWS).rstrip(),
        codecs.BOM_UTF8 + AS_LIST,
        codecs.BOM_UTF8 + ndjson(*ROWS),
        json.dumps(ROWS).encode("utf-16"),
        json.dumps(ROWS).encode("utf-16-le"),
        json.dumps(ROWS).encode("utf-16-be"),
        ndjson(*ROWS).decode().encode("utf-16"),
        zipped({"export.json": AS_LIST}),
        zipped({"a/1.txt": ndjson(ROWS[0]), "a/2.bin": json.dumps(ROWS[1]).encode()}),
        zipped({"x.jpg": jpeg(), "export": AS_LIST, "notes.txt": b"not an export"}),
    ],
)
def test_the_content_tells_what_a_file_is(content):
    assert rows(content) == ROWS


def test_a_bare_object_is_one_record_however_it_is_written():
    for indent in (None, 4):
        assert rows(json.dumps(ROWS[0], indent=indent).encode()) == ROWS[:1]


def test_a_bad_line_of_ndjson_costs_only_its_record():
    content = b'{"ID": "1"}\n{"ID": \n{"ID": "2\xff"}\n[\n' + b"[" * 100_000 + b'\n{"ID": "3"}\n{"ID": "4'
    read = rows(content)
    assert [read[0], read[5]] == [{"ID": "1"}, {"ID": "3"}]
    assert [each.detail for each in read if isinstance(each, Unreadable)] == [
        "line 2: it is not valid JSON, Expecting value at column 7",
        "line 3: it holds bytes that are no text",
        "line 4: it is not valid JSON, Expecting value at column 2",
        "line 5: it is nested too deep",
        "line 7: it is not valid JSON, Unterminated string starting at at column 8",
    ]
    assert len(read) == 7


def test_ndjson_is_recognised_though_its_first_line_is_broken():
    assert rows(b'{"ID":\n{"ID": "2"}\n')[1] == {"ID": "2"}


def test_truncated_ndjson_keeps_what_came_whole():
    whole = ndjson(*(v2(v2_label([v2_box("a", 0, 0, 5, 5)])) for _ in range(3)))
    outcomes = parse_export(whole[:-40])
    assert [getattr(each, "reason", "kept") for each in outcomes] == ["older-label", "kept", "malformed"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_csv_has_the_columns_of_2018_with_json_for_a_label(delimiter, mark):
    records = [
        row({"Car": [{"geometry": SQUARE}]}, **{"Seconds to Label": "5.249"}),
        row("Skip"),
        row(None),
        row("{broken"),
        row({"Car": "POLYGON ((0 0, 4 0, 4 4))"}, **{"External ID": 'b;"1",\t2.jpg'}),
    ]
    outcomes = parse_export(mark + as_csv(records, delimiter))
    assert [getattr(each, "reason", "kept") for each in outcomes] == [
        "kept",
        "skipped-in-labelbox",
        "no-label",
        "malformed",
        "kept",
    ]
    assert (outcomes[0].seconds, outcomes[0].objects[0].xyxy) == (5.249, (5, 2, 9, 8))
    assert (outcomes[4].external_id, outcomes[4].objects[0].xyxy) == ('b;"1",\t2.jpg', (0, 0, 4, 4))


def test_a_row_of_csv_in_another_encoding_is_malformed_alone():
    content = "ID,External ID,Label\n1,a.jpg,{}\n2,é.jpg,{}\n".encode("latin-1")
    assert [getattr(each, "reason", "kept") for each in parse_export(content)] == ["kept", "malformed"]


def test_rows_of_csv_that_do_not_fit_the_header_are_malformed():
    content = b"ID,External ID,Label\n1,a.jpg,{}\n2,b.jpg\n3,c.jpg,{},more\n\n4,d.jpg,{}\n"
    outcomes = parse_export(content)
    assert [getattr(each, "reason", "kept") for each in outcomes] == ["kept", "malformed", "malformed", "kept"]


def test_a_label_longer_than_csv_usually_allows_is_read():
    points = [{"x": i, "y": i} for i in range(20_000)]
    (outcome,) = parse_export(as_csv([row({"Car": [points]})]))
    assert outcome.objects[0].xyxy == (0, 0, 19_999, 19_999)


def test_csv_that_is_cut_off_inside_quotes_keeps_what_came_whole():
    content = as_csv([row({"Car": [SQUARE]}), row({"Car": [SQUARE]})])[:-60]
    outcomes = parse_export(content)
    assert isinstance(outcomes[0], LabelRecord)
    assert len(outcomes) == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (jpeg(), "not UTF-8 text: byte 0"),
        ("[{'ID': 'é'}]".encode("latin-1"), "not UTF-8 text: byte 9"),
        (b"a,b,c\n1,2,3\n", 'The file is no export: it begins with "a,b,c". JSON begins with'),
        (b"<html></html>", 'it begins with "<html></html>".'),
        (b"/* none */ []", "not valid JSON: Expecting value at line 1, column 1"),
        (zipped({"a.jpg": jpeg(), "b.txt": b"text"}), "The zip holds no export"),
        (zipped({"../up.json": AS_LIST, "/etc/abs.json": AS_LIST, "C:\\x.json": AS_LIST}), "The zip holds no export"),
        (zipped({"inner.zip": zipped({"a.json": AS_LIST})}), "The zip holds no export"),
        (zipped({"in/a.json": b"[{]"}), "in/a.json: The file is not valid JSON"),
        (zipped({"a.json": AS_LIST})[:-30], "damaged or locked"),
        (b"PK\x03\x04 and nothing more", "damaged or locked"),
    ],
)
def test_what_is_no_export_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(ExportError) as raised:
        rows(content)
    assert sentence in str(raised.value)


def test_bytes_that_cannot_be_read_are_told_beyond_the_first_piece():
    content = b"[" + b" " * 3_000_000 + b'"\xe9"]'
    with pytest.raises(ExportError, match="byte 3000002 cannot be read"):
        rows(content)


def test_damage_inside_a_zip_is_told():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", json.dumps([{"ID": str(i)} for i in range(5000)]))
    content = bytearray(file.getvalue())
    content[5000] ^= 0xFF
    with pytest.raises(ExportError, match="damaged or locked"):
        rows(bytes(content))


def test_a_zip_bomb_is_refused_before_it_has_unpacked(monkeypatch):
    monkeypatch.setattr(zips, "FREE_BYTES", 2**20)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", b"[" + b" " * 20 * 2**20 + b"]")
    with pytest.raises(ExportError, match=r"unpacks to more than [0-9] MB"):
        rows(file.getvalue())


def test_ids_that_repeat_are_records_of_their_own():
    outcomes = parse_export(json.dumps([record("a.jpg") | {"ID": "1"}, record("b.jpg") | {"ID": "1"}]).encode())
    assert [each.external_id for each in outcomes] == ["a.jpg", "b.jpg"]


def test_formulas_and_html_in_the_classes_of_a_csv_export_stay_text():
    odd = '=HYPERLINK("http://a.example","x")<b>'
    label = json.dumps({odd: [{"geometry": "POLYGON ((1 1, 5 1, 5 9))"}]})
    file = io.StringIO()
    csv.writer(file).writerows([["ID", "Label", "External ID"], ["+1", label, "@a.jpg"]])
    (outcome,) = parse_export(file.getvalue().encode())
    assert (outcome.id, outcome.external_id) == ("+1", "@a.jpg")
    assert [(each.title, each.xyxy) for each in outcome.objects] == [(odd, (1, 1, 5, 9))]
