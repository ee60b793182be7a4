"""Finds the records in an export file by its content: JSON, NDJSON, CSV, or a zip of those.

Memory holds one record and a piece of the file, never the whole.
"""

import csv
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import BinaryIO, Final

from labelling.labelbox.json_records import MOST_CHARACTERS, read_json
from labelling.labelbox.records import ExportError, Unreadable
from labelling.labelbox.text import Encoding, encoding_of, is_damaged, lines_of, text_pieces
from releases.zips import STARTS, UNPACKING_ERRORS, ZipLimitError, is_harmless, name_of, open_member, open_zip

SNIFFED: Final = 64 * 1024
DELIMITERS: Final = ",;\t|"
SEPARATOR: Final = re.compile(r'\s*"?sep=(.)"?\s*\Z', re.IGNORECASE)  # the first line that spreadsheets put before
PACKED: Final = {b"\x1f\x8b": "gzip", b"7z\xbc\xaf": "7-Zip", b"Rar!": "RAR", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
NOT_TEXT: Final = "it holds bytes that are no text"

Opener = Callable[[], AbstractContextManager[BinaryIO]]


def read_rows(file: BinaryIO) -> Iterator[object]:
    """Each record of the file, or Unreadable in its place. Raises ExportError when the file is no export."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    for mark, packer in PACKED.items():
        if start.startswith(mark):
            raise ExportError(f"The file is packed with {packer}. Unpack it first, or pack it as a zip.")
    if not start.startswith(STARTS):
        yield from _read_member(partial(_from_start, file))
        return
    try:
        with open_zip(file) as archive:
            yield from _read_zip(archive)
    except UNPACKING_ERRORS as error:
        raise ExportError("The zip of the export is damaged or locked.") from error
    except ZipLimitError as error:
        raise ExportError(f"The zip of the export cannot be used: {error}.") from error


def _from_start(file: BinaryIO) -> AbstractContextManager[BinaryIO]:
    file.seek(0)
    return nullcontext(file)


def _read_zip(archive: zipfile.ZipFile) -> Iterator[object]:
    """The records of all members that look like exports; pictures beside them are left alone."""
    found = False
    for info in archive.infolist():
        if is_harmless(info) and _looks_like_an_export(archive, info):
            found = True
            try:
                yield from _read_member(partial(open_member, archive, info))
            except ExportError as error:
                raise ExportError(f"{name_of(info)}: {error}") from error
    if not found:
        raise ExportError("The zip holds no export: no JSON, NDJSON or CSV file of records.")


def _looks_like_an_export(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    with open_member(archive, info) as file:
        start = file.read(SNIFFED)
    text = encoding_of(start).decode_start(start)
    return text[:1] in ("[", "{") or _delimiter(text) is not None


def _read_member(opened: Opener) -> Iterator[object]:
    with opened() as file:
        start = file.read(SNIFFED)
    encoding = encoding_of(start)
    text = encoding.decode_start(start)
    is_json = text[:1] in ("[", "{")
    delimiter = None if is_json else _delimiter(text)
    if delimiter is None:
        _require_json(start, text)
    a_line_each = text[:1] == "{" and _holds_a_record_a_line(opened, encoding)
    with opened() as file:
        if delimiter is not None:
            yield from _read_csv(file, encoding, delimiter)
        elif a_line_each:
            yield from _read_ndjson(file, encoding)
        else:
            yield from read_json(text_pieces(file, encoding))


def _require_json(start: bytes, text: str) -> None:
    """Say of a file that is nothing of the kind what it should be, instead of where it is no JSON."""
    if not start:
        raise ExportError("The file is empty.")
    if text[:1].isalpha() or text[:1] == "<":
        first = text.split()[0][:20]
        raise ExportError(
            f'The file is no export: it begins with "{first}". JSON begins with [ or {{, CSV with a line of columns, ID'
            " and Label among them."
        )


def _holds_a_record_a_line(opened: Opener, encoding: Encoding) -> bool:
    """Whether the first line or the second is a JSON object by itself (the first may be the broken one)."""
    with opened() as file:
        lines = (line for line in lines_of(file, encoding) if line.strip())
        for _ in range(2):
            if isinstance(_loaded(next(lines, "")), dict):
                return True
    return False


def _read_ndjson(file: BinaryIO, encoding: Encoding) -> Iterator[object]:
    """The record of each line; a line that is no JSON costs only its own record."""
    for number, line in enumerate(lines_of(file, encoding), start=1):
        if line.strip():
            value = _loaded(line)
            yield Unreadable(f"line {number}: {value.detail}") if isinstance(value, Unreadable) else value


def _loaded(line: str) -> object:
    """The JSON value of a line, or why it is none."""
    if is_damaged(line):
        return Unreadable(NOT_TEXT)
    try:
        return json.loads(line.rstrip())
    except json.JSONDecodeError as error:
        return Unreadable(f"it is not valid JSON, {error.msg} at column {error.colno}")
    except RecursionError:
        return Unreadable("it is nested too deep")
    except ValueError:
        return Unreadable("it holds a number too long")


def _delimiter(text: str) -> str | None:
    """What stands between the columns of a CSV export, None if this is no header of one."""
    header = next((line for line in text.splitlines() if line.strip() and not SEPARATOR.match(line)), "")
    for delimiter in DELIMITERS:
        columns = {column.strip().strip('"') for column in header.split(delimiter)}
        if "Label" in columns and columns & {"ID", "Labeled Data", "External ID", "DataRow ID"}:
            return delimiter
    return None


def _read_csv(file: BinaryIO, encoding: Encoding, delimiter: str) -> Iterator[object]:
    csv.field_size_limit(MOST_CHARACTERS)  # for the whole process; polygons outgrow the default of 128 kB
    reader = csv.reader(lines_of(file, encoding), delimiter=delimiter)
    columns: list[str] = []
    try:
        for values in reader:
            if not any(map(str.strip, values)) or (not columns and SEPARATOR.match(delimiter.join(values))):
                continue
            if columns:
                yield _csv_record(columns, values)
            else:
                columns = [column.strip() for column in values]
    except csv.Error as error:
        raise ExportError(f"The file is not valid CSV: {error} at line {reader.line_num}.") from error


def _csv_record(columns: list[str], values: list[str]) -> object:
    if len(values) > len(columns):
        return Unreadable("its row has more columns than the header")
    if any(is_damaged(value) for value in values):
        return Unreadable(NOT_TEXT)
    record = {column: value or None for column, value in zip(columns, values, strict=False)}
    if "Label" not in record:
        return Unreadable("its row ends before the column Label")
    return record
