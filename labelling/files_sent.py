"""Which of the files that came as pictures belong to no record: those of a wrong folder, and misnamed ones."""

from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any, Final

from labelling.labelbox import LabelRecord, RecordOutcome
from labelling.labelbox.values import clean
from labelling.pictures import AmbiguousPicture, PictureSource

LISTED: Final = 20  # of the files that belong to no record
NO_PICTURES: Final = frozenset(
    {".json", ".ndjson", ".jsonl", ".csv", ".xml", ".txt", ".yaml", ".yml", ".names", ".labels", ".db", ".ini"}
)
"""Endings of labels, and of what systems leave in folders: such files lie beside pictures and are not meant."""


class FilesSent:
    """A source of pictures that remembers which of its files belong to records."""

    def __init__(self, source: PictureSource) -> None:
        self.names = source.names
        self._source = source
        self._known: set[str] = set()

    def find(self, external_id: str) -> str | None:
        """As the source does. Where several files fit, all of them belong to the record."""
        try:
            found = self._source.find(external_id)
        except AmbiguousPicture as error:
            self._known.update(error.names)
            raise
        if found is not None:
            self._known.add(found)
        return found

    def read(self, name: str) -> bytes:
        return self._source.read(name)

    def belongs_to(self, record: RecordOutcome) -> str | None:
        """The file of a record that asks for none: its picture is here already, or it brings nothing."""
        if isinstance(record, LabelRecord):
            names: tuple[str, ...] = (record.external_id, *record.file_names)
        else:
            names = record.picture_names
        for name in names:
            with suppress(AmbiguousPicture):
                found = self.find(name)
                if found is not None:
                    return found
        return None

    def as_json(self) -> dict[str, Any] | None:
        """{"sent", "without_record", "first": names of the latter} once all records went by; None without a source."""
        if self.names is None:
            return None
        sent = [name for name in self.names if PurePosixPath(name).suffix.lower() not in NO_PICTURES]
        unknown = [name for name in sent if name not in self._known]
        return {"sent": len(sent), "without_record": len(unknown), "first": [clean(name) for name in unknown[:LISTED]]}
