"""Labelbox exports of every era, read record by record. Plain Python: no Django, no pictures.

`reading` finds the records in a file, `rows_form` and `v2_form` say what a record holds,
`objects_form` and `classes_form` what its label holds. Rows count from 1. Boxes are `xyxy` in pixels.
"""

from labelling.labelbox.parsing import Export, parse_export, record_of
from labelling.labelbox.records import (
    OBJECT_NAMES,
    OBJECT_REASONS,
    RECORD_REASONS,
    ExportError,
    LabelObject,
    LabelRecord,
    ObjectError,
    RecordError,
    RecordOutcome,
    SkippedObject,
    SkippedRecord,
    skipped,
    skipped_object,
)

__all__ = [
    "OBJECT_NAMES",
    "OBJECT_REASONS",
    "RECORD_REASONS",
    "Export",
    "ExportError",
    "LabelObject",
    "LabelRecord",
    "ObjectError",
    "RecordError",
    "RecordOutcome",
    "SkippedObject",
    "SkippedRecord",
    "parse_export",
    "record_of",
    "skipped",
    "skipped_object",
]
