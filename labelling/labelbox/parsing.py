"""One outcome for each record of an export, whatever its era."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import BinaryIO, Final
from unicodedata import normalize

from labelling.labelbox.reading import read_rows
from labelling.labelbox.records import (
    LONGEST_ID,
    LabelRecord,
    RecordError,
    RecordOutcome,
    SkippedRecord,
    Unreadable,
    skipped,
)
from labelling.labelbox.rows_form import identity_of_row, picture_names_of_row, read_row
from labelling.labelbox.v2_form import identity_of_v2, is_v2, picture_names_of_v2, read_v2

OLDEST: Final = datetime.min.replace(tzinfo=UTC)


class Export:
    """An export file, read record by record.

    Making one reads the file once through, so that what is wrong with it is known before anything
    is stored (ExportError), and which of several labels of a picture is the newest. Each iteration
    reads it again; memory holds the names of the pictures, never the records.
    """

    def __init__(self, file: BinaryIO, *, on_record: Callable[[int], None] | None = None) -> None:
        self._file = file
        self._count = 0
        self._newest: dict[str, tuple[datetime, int]] = {}
        for outcome in self._outcomes():
            self._count += 1
            self._remember(outcome)
            if on_record is not None:
                on_record(self._count)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[RecordOutcome]:
        """The outcomes; where several records label one picture, the newest counts (the later among equals)."""
        for outcome in self._outcomes():
            if not isinstance(outcome, LabelRecord) or self._newest[outcome.external_id][1] == outcome.row:
                yield outcome
            else:
                newest, names = self._newest[outcome.external_id][1], (outcome.external_id, *outcome.file_names)
                yield skipped(outcome.row, outcome.id, "older-label", str(newest), picture_names=names)

    def _outcomes(self) -> Iterator[RecordOutcome]:
        for row, raw in enumerate(read_rows(self._file), start=1):
            yield record_of(row, raw)

    def _remember(self, outcome: RecordOutcome) -> None:
        if isinstance(outcome, LabelRecord):
            mine = (outcome.labelled_at or OLDEST, outcome.row)
            self._newest[outcome.external_id] = max(self._newest.get(outcome.external_id, mine), mine)


def parse_export(content: bytes) -> list[RecordOutcome]:
    """One outcome for each record of the file, in its order. Raises ExportError if it is no export."""
    return list(Export(io.BytesIO(content)))


def record_of(row: int, raw: object) -> RecordOutcome:
    """What one record says. Never raises: a record that makes no sense is a skipped one."""
    if isinstance(raw, Unreadable):
        return skipped(row, "", "malformed", raw.detail)
    if not isinstance(raw, dict):
        return skipped(row, "", "malformed", "it is not a JSON object")
    read, identity = (read_v2, identity_of_v2(raw)) if is_v2(raw) else (read_row, identity_of_row(raw))
    identity = identity[:LONGEST_ID]
    if "frameNumber" in raw and "Label" not in raw:
        return skipped(row, identity, "video")
    try:
        return _named(read(row, raw))
    except RecordError as error:
        names = picture_names_of_v2(raw) if is_v2(raw) else picture_names_of_row(raw)
        return skipped(row, identity, error.reason, error.detail, picture_names=names)


def _named(record: LabelRecord) -> LabelRecord | SkippedRecord:
    """The record, if its picture has a name that can be kept, in the one spelling that Unicode has for it."""
    if not record.external_id.isascii():
        record = replace(record, external_id=normalize("NFC", record.external_id))
    if not record.external_id:
        return skipped(record.row, record.id, "no-identity")
    if len(record.external_id) > LONGEST_ID:
        detail = f"its External ID is longer than {LONGEST_ID} characters"
        return skipped(record.row, record.id, "malformed", detail)
    return record
