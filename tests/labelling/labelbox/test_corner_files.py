"""Whole files out of every corner, each with the outcome written down before: encodings, separators, wrappings, zips.

Each good file holds the same two records, a picture with a car and one that was skipped.
"""

import codecs
import io
import json
import zipfile

import pytest

from labelling.labelbox import ExportError, LabelRecord, parse_export
from tests.labelling.labelbox.makers import ndjson, v2, v2_box, v2_label
from tests.labelling.makers import bbox, jpeg, record, zipped

TWO = [record("ü;a|b,c.jpg", [bbox("Car", 5, 2, 4, 6)]), record("b.jpg", Label="Skip")]
TEXT = json.dumps(TWO, ensure_ascii=False)
LINES = "\n".join(json.dumps(each, ensure_ascii=False) for each in TWO) + "\n"
V2 = [
    v2(v2_label([v2_box("Car", 5, 2, 4, 6)])) | {"data_row": {"id": "1", "external_id": "ü;a|b,c.jpg"}},
    v2(v2_label(performance_details={"skipped": True})) | {"data_row": {"id": "2", "external_id": "b.jpg"}},
]
TWO_ROWS = ["car", "skipped-in-labelbox"]


def csv_text(separator: str, *, first: str = "", end: str = "\n", extra: bool = False) -> str:
    """The two records as CSV, JSON quoted the way spreadsheets quote."""
    label = json.dumps(TWO[0]["Label"]).replace('"', '""')
    columns, rows = ["ID", "Label", "External ID"], [["1", f'"{label}"', '"ü;a|b,c.jpg"'], ["2", "Skip", "b.jpg"]]
    if extra:
        columns, rows = [*columns, "Reviews"], [[*each, "[]"] for each in rows]
    return first + end.join(separator.join(each) for each in [columns, *rows]) + end


def said(content: bytes) -> list[str]:
    found = []
    for each in parse_export(content):
        if isinstance(each, LabelRecord):
            assert (each.external_id, [box.xyxy for box in each.objects]) == ("ü;a|b,c.jpg", [(5, 2, 9, 8)])
        found.append("car" if isinstance(each, LabelRecord) else each.reason)
    return found


def deflated(name: str, content: bytes, *, says_utf8: bool = True) -> bytes:
    """A zip of one entry, whose name may be UTF-8 without the flag that says so, as macOS packs it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    packed = file.getvalue()
    if not says_utf8:
        local, central = packed.index(b"PK\x03\x04") + 6, packed.index(b"PK\x01\x02") + 8
        packed = bytearray(packed)
        packed[local + 1] &= 0xF7
        packed[central + 1] &= 0xF7
    return bytes(packed)


GOOD = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with mark": codecs.BOM_UTF8 + TEXT.encode(),
    "UTF-16 with mark": TEXT.encode("utf-16"),
    "UTF-16 LE": TEXT.encode("utf-16-le"),
    "UTF-16 BE": TEXT.encode("utf-16-be"),
    "UTF-16 BE with mark": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "UTF-32 with mark": TEXT.encode("utf-32"),
    "UTF-32 LE": TEXT.encode("utf-32-le"),
    "UTF-32 BE": TEXT.encode("utf-32-be"),
    "UTF-32 BE with mark": codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
    "indented, CRLF": json.dumps(TWO, indent=2).replace("\n", "\r\n").encode(),
    "indented with tabs": json.dumps(TWO, indent="\t").encode(),
    "ASCII with escapes": json.dumps(TWO).encode(),
    "bare records, one after another": json.dumps(TWO[0], indent=1).encode() + json.dumps(TWO[1]).encode(),
    "NDJSON of v1": LINES.encode(),
    "NDJSON with mark": codecs.BOM_UTF8 + LINES.encode(),
    "NDJSON, CRLF and blank lines": ("\r\n\r\n" + LINES.replace("\n", "\r\n \r\n")).encode(),
    "NDJSON without a last line end": LINES.rstrip().encode(),
    "NDJSON in UTF-16": LINES.encode("utf-16"),
    "NDJSON in UTF-32 without mark": LINES.encode("utf-32-le"),
    "NDJSON of v2": ndjson(*V2),
    "v2 in a list": json.dumps(V2, indent=1).encode(),
    "v2 in a list on one line": json.dumps(V2).encode(),
    "CSV": csv_text(",").encode(),
    "CSV with mark": codecs.BOM_UTF8 + csv_text(",").encode(),
    "CSV with semicolons": csv_text(";").encode(),
    "CSV with tabs": csv_text("\t").encode(),
    "CSV with bars": csv_text("|").encode(),
    "CSV with sep=": csv_text(";", first="sep=;\n").encode(),
    "CSV with quoted sep= and CRLF": csv_text("\t", first='"sep=\t"\r\n', end="\r\n").encode(),
    "CSV with sep=, of UTF-16": csv_text(";", first="SEP=;\r\n", end="\r\n").encode("utf-16"),
    "CSV with carriage returns": csv_text(",", end="\r").encode(),
    "CSV below blank lines": csv_text(",", first="\n \n").encode(),
    "CSV with JSON in other columns": csv_text(",", extra=True).encode(),
    "zip": zipped({"in/export.json": TEXT.encode()}),
    "zip of two": zipped({"1.ndjson": ndjson(TWO[0]), "2.csv": b"ID,Label\n2,Skip\n"}),
    "zip of macOS": zipped({"a.json": TEXT.encode(), "__MACOSX/._a.json": b"{}", ".DS_Store": b"\0\0\0\1Bud1"}),
    "zip with pictures and a text": zipped({"a.json": TEXT.encode(), "b.jpg": jpeg(), "README.txt": b"Hello"}),
    "zip with paths outside": zipped(
        {"../b.json": b"[1]", "/c.json": b"[1]", "d/../../e.json": b"[1]", "a": TEXT.encode()}
    ),
    "zip, deflated, name not said to be UTF-8": deflated("größe.json", TEXT.encode(), says_utf8=False),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_file_of_two_records_is_read_whatever_it_looks_like(name):
    assert said(GOOD[name]) == TWO_ROWS


def test_truncated_ndjson_tells_of_its_last_line_alone():
    assert said(LINES.encode()[:-30]) == ["car", "malformed"]


def test_a_byte_that_is_no_text_spoils_its_line_alone():
    assert said(LINES.encode() + b'{"ID": "\xff\xfe"}\n') == [*TWO_ROWS, "malformed"]


LOCKED = bytearray(zipped({"a.json": TEXT.encode()}))
for place in (LOCKED.index(b"PK\x03\x04") + 6, LOCKED.index(b"PK\x01\x02") + 8):
    LOCKED[place] |= 1  # the flag of an encrypted entry
ODD_NAME = deflated("größe.json", TEXT.encode()).replace("größe".encode(), b"gr\xff\xff\xff\xffe")

BAD = {
    "nothing": (b"", "The file is empty."),
    "blanks": (b" \n ", "not valid JSON: Expecting value at line 2, column 2."),
    "cut off": (TEXT.encode()[:-9], "at line 1, column "),
    "in Latin-1": (TEXT.encode("latin-1"), "The file is not UTF-8 text: byte "),
    "UTF-16 cut in half": (TEXT.encode("utf-16")[:-1], "The file is not UTF-16 text: byte "),
    "UTF-32 cut in half": (TEXT.encode("utf-32")[:-2], "The file is not UTF-32 text: byte "),
    "a number": (b"12", "neither a list of records nor a record"),
    "a picture": (jpeg(), "The file is not UTF-8 text: byte 0"),
    "gzip": (b"\x1f\x8b\x08\0\0\0\0\0", "The file is packed with gzip. Unpack it first, or pack it as a zip."),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c\0\4", "packed with 7-Zip"),
    "an empty zip": (zipped({}), "The zip holds no export"),
    "a zip of zips": (zipped({"a.zip": zipped({"a.json": TEXT.encode()})}), "The zip holds no export"),
    "a locked zip": (bytes(LOCKED), "damaged or locked"),
    "a name that is no UTF-8": (ODD_NAME, "damaged or locked"),
    "a zip with one broken export": (
        zipped({"a.json": TEXT.encode(), "b.json": b"[{]"}),
        "b.json: The file is not valid",
    ),
    "a dump of Python": (str(TWO).encode(), "Expecting property name enclosed in double quotes at line 1, column 3."),
    "deep": (b"[" * 200_000, "nested too deep is not closed"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_export_is_refused_with_a_sentence(name):
    content, sentence = BAD[name]
    with pytest.raises(ExportError) as raised:
        parse_export(content)
    assert sentence in str(raised.value)
    assert str(raised.value).endswith(".")
