"""A record of the eras before 2023: `ID`, `Labeled Data`, `External ID`, `Label` and what else Labelbox knew.

The columns of a CSV export are the same.
"""

from typing import Any, Final

from labelling.labelbox.classes_form import masks_in, read_classes_form
from labelling.labelbox.media import names_in, names_in_url, require_picture
from labelling.labelbox.objects_form import is_objects_form, read_objects_form
from labelling.labelbox.records import Label, LabelRecord, RecordError, skipped_object
from labelling.labelbox.values import (
    decoded,
    kept,
    mapping_of,
    moment_of,
    name_of,
    seconds_of,
    size_kept,
    size_of,
    text_of,
)

KEPT_KEYS: Final = (
    "ID",
    "DataRow ID",
    "Labeled Data",
    "Dataset Name",
    "Project Name",
    "Created By",
    "Created At",
    "Updated At",
    "Reviews",
    "Agreement",
    "View Label",
)
"""What a record says beside its label that is kept as the provenance of an image."""


SKIPPED: Final = ("skip", "skipped")


def identity_of_row(raw: dict[str, Any]) -> str:
    return name_of(raw.get("ID")) or name_of(raw.get("DataRow ID"))


def picture_names_of_row(raw: dict[str, Any]) -> tuple[str, ...]:
    """Names by which the picture of a record may be known, whatever else the record says; best first."""
    given, address = name_of(raw.get("External ID")), text_of(raw.get("Labeled Data"))
    names = (given, *names_in_url(given), name_of(raw.get("Global Key")), *names_in(address), _data_row(raw))
    return tuple(filter(None, names))


def read_row(row: int, raw: dict[str, Any]) -> LabelRecord:
    """What one record says; raises RecordError when it brings nothing."""
    label = raw.get("Label")
    if _is_true(raw.get("Skipped")) or text_of(label).casefold() in SKIPPED:
        raise RecordError("skipped-in-labelbox")
    attributes = mapping_of(_decoded(raw.get("Media Attributes"), "Media Attributes"))
    address, given = text_of(raw.get("Labeled Data")), name_of(raw.get("External ID"))
    kinds = raw.get("media_type"), attributes.get("asset_type"), attributes.get("mime_type")
    require_picture(raw.get("Labeled Data"), *kinds, name=given)
    found = _with_masks(raw, _decoded(label, "Label"))
    size = size_of(attributes)
    names = names_in(address)
    return LabelRecord(
        row=row,
        id=identity_of_row(raw),
        external_id=given or name_of(raw.get("Global Key")) or (names[0] if names else "") or _data_row(raw),
        objects=found.objects,
        skipped_objects=tuple(skipped_object(row, each.reason, each.detail) for each in found.errors),
        seconds=seconds_of(raw.get("Seconds to Label")),
        labelled_at=moment_of(raw.get("Updated At"), raw.get("Created At")),
        file_names=(*names_in_url(given), *names),
        size=size,
        source=kept({**{key: raw[key] for key in KEPT_KEYS if key in raw}, **size_kept(size)}),
    )


def _with_masks(raw: dict[str, Any], label: object) -> Label:
    """The objects of a label; where it holds none, an error for each picture of a mask beside it."""
    if "Label" not in raw and "dataRow" in raw:
        raise RecordError("unknown-form", ": it is an annotation on its way into Labelbox, not a record of an export")
    masks = raw.get("Masks")
    errors = masks_in({"segmentationMasksByName": masks} if isinstance(masks, dict) else {})
    try:
        found = read_label(label)
    except RecordError as error:
        if not (errors and error.reason in ("no-label", "only-a-classification")):
            raise
        found = Label()
    return found if found.objects or found.errors else Label(errors=tuple(errors))


def read_label(label: object) -> Label:
    """The objects of a label, whatever its form; raises RecordError when it holds nothing for a picture."""
    if label in (None, "", []):
        raise RecordError("no-label")
    if isinstance(label, list) or (isinstance(label, dict) and "frames" in label):
        raise RecordError("video" if _holds_frames(label) else "unknown-form")
    if not isinstance(label, dict):
        raise RecordError("unknown-form")
    return read_objects_form(label) if is_objects_form(label) else read_classes_form(label)


def _decoded(value: object, column: str) -> object:
    """A value that is JSON inside a text (as in CSV) is read; another text stays what it is."""
    try:
        return decoded(value)
    except ValueError as error:
        raise RecordError("malformed", f"its {column} is not valid JSON") from error


def _holds_frames(label: object) -> bool:
    return isinstance(label, dict) or (
        isinstance(label, list) and all(isinstance(each, dict) and "frameNumber" in each for each in label)
    )


def _is_true(value: object) -> bool:
    return value in (True, 1) or text_of(value).casefold() in ("true", "1", "yes")


def _data_row(raw: dict[str, Any]) -> str:
    return name_of(raw.get("DataRow ID")) or name_of(raw.get("ID"))
