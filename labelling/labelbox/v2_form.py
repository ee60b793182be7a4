"""The data rows of 2023 on: `data_row`, `media_attributes`, `projects.<id>.labels[].annotations`.

Nearly every block is optional. A data row may hold several labels, of several projects or people:
the newest counts, the objects of the others are listed as skipped.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from labelling.labelbox.media import names_in, names_in_url, require_picture
from labelling.labelbox.objects import ObjectKeys, objects_of
from labelling.labelbox.records import LabelObject, LabelRecord, ObjectError, RecordError, skipped_object
from labelling.labelbox.values import (
    ADDRESS,
    kept,
    mapping_of,
    moment_of,
    name_of,
    seconds_of,
    size_kept,
    size_of,
    text_of,
)

OLDEST: Final = datetime.min.replace(tzinfo=UTC)
OBJECT: Final = ObjectKeys(classes=("name", "value"), box="bounding_box", masks=("mask", "composite_mask"))
OTHER_KINDS: Final = ("Text", "Document", "Pdf", "PDF", "Conversation", "Html", "Audio", "Dicom", "DICOM")
FRAMES: Final = ("frames", "groups", "segments", "key_frame_feature_map")


@dataclass(frozen=True)
class _V2Label:
    """One label of a data row with the name of its project."""

    raw: dict[str, Any]
    project: dict[str, Any]

    @property
    def details(self) -> dict[str, Any]:
        return mapping_of(self.raw.get("label_details"))

    @property
    def performance(self) -> dict[str, Any]:
        return mapping_of(self.raw.get("performance_details"))

    @property
    def annotations(self) -> dict[str, Any]:
        return mapping_of(self.raw.get("annotations"))

    @property
    def moment(self) -> datetime | None:
        return moment_of(self.details.get("updated_at"), self.details.get("created_at"))

    @property
    def is_skipped(self) -> bool:
        return self.performance.get("skipped") is True

    @property
    def objects(self) -> list[Any]:
        listed = self.annotations.get("objects") or []
        if not isinstance(listed, list):
            raise RecordError("malformed", "its objects are not a list")
        return listed


def is_v2(raw: dict[str, Any]) -> bool:
    return "data_row" in raw or (("projects" in raw or "experiments" in raw) and "Label" not in raw)


def identity_of_v2(raw: dict[str, Any]) -> str:
    """The ID of the only label, as the eras before have it; else that of the data row."""
    labels = _labels(raw)
    alone = name_of(labels[0].raw.get("id")) if len(labels) == 1 else ""
    return alone or name_of(mapping_of(raw.get("data_row")).get("id"))


def picture_names_of_v2(raw: dict[str, Any]) -> tuple[str, ...]:
    """Names by which the picture of a data row may be known, whatever else it says; best first."""
    data_row = mapping_of(raw.get("data_row"))
    given, address = name_of(data_row.get("external_id")), text_of(data_row.get("row_data"))
    names = (given, *names_in_url(given), name_of(data_row.get("global_key")), *names_in(address))
    return tuple(filter(None, (*names, name_of(data_row.get("id")))))


def read_v2(row: int, raw: dict[str, Any]) -> LabelRecord:
    """What one data row says; raises RecordError when it brings nothing."""
    data_row, media = mapping_of(raw.get("data_row")), mapping_of(raw.get("media_attributes"))
    labels = _labels(raw)
    done = [each for each in labels if not each.is_skipped]
    if labels and not done:
        raise RecordError("skipped-in-labelbox")
    if any(key in media for key in ("frame_count", "frame_rate")) or any(_has_frames(each) for each in labels):
        raise RecordError("video")
    named = name_of(data_row.get("external_id"))
    require_picture(data_row.get("row_data"), media.get("asset_type"), media.get("mime_type"), name=named)
    if not done:
        raise RecordError("no-label")
    newest = max(reversed(done), key=lambda each: each.moment or OLDEST)
    objects, errors = _objects(newest)
    errors += [ObjectError("older-label") for each in done if each is not newest for _ in each.objects]
    names, size = names_in(text_of(data_row.get("row_data"))), size_of(media)
    given = name_of(data_row.get("external_id")) or name_of(data_row.get("global_key"))
    return LabelRecord(
        row=row,
        id=identity_of_v2(raw),
        external_id=given or (names[0] if names else "") or name_of(data_row.get("id")),
        objects=tuple(objects),
        skipped_objects=tuple(skipped_object(row, each.reason, each.detail) for each in errors),
        seconds=seconds_of(newest.performance.get("seconds_to_create")),
        labelled_at=newest.moment,
        file_names=(*names_in_url(given), *names),
        size=size,
        source={**_source(data_row, newest), **size_kept(size)},
    )


def _labels(raw: dict[str, Any]) -> list[_V2Label]:
    """The labels of all projects; in what was exported from model runs, those of the runs."""
    found = []
    for project in [*mapping_of(raw.get("projects")).values(), *_runs(raw)]:
        listed = mapping_of(project).get("labels")
        if isinstance(listed, list):
            found += [_V2Label(each, mapping_of(project)) for each in listed if isinstance(each, dict)]
    return found


def _runs(raw: dict[str, Any]) -> list[Any]:
    experiments = mapping_of(raw.get("experiments")).values()
    return [run for each in experiments for run in mapping_of(mapping_of(each).get("runs")).values()]


def _has_frames(label: _V2Label) -> bool:
    is_video = text_of(label.raw.get("label_kind")).casefold() == "video"
    return is_video or any(label.annotations.get(key) for key in FRAMES)


def _require_kinds_of_pictures(listed: list[Any]) -> None:
    """Raise RecordError where an object is of a kind that pictures do not have."""
    for each in listed:
        kind = text_of(mapping_of(each).get("annotation_kind"))
        if kind.startswith("Video"):
            raise RecordError("video")
        if kind.startswith("Geo"):
            raise RecordError("tiled-map")
        if kind.startswith(OTHER_KINDS):
            raise RecordError("unknown-media", f'objects of the kind "{kind[:60]}"')


def _objects(label: _V2Label) -> tuple[list[LabelObject], list[ObjectError]]:
    listed = label.objects
    if not listed and label.annotations.get("classifications"):
        raise RecordError("only-a-classification")
    _require_kinds_of_pictures(listed)
    return objects_of(listed, OBJECT)


def _source(data_row: dict[str, Any], label: _V2Label) -> dict[str, Any]:
    """The provenance under the names that the eras before used, so that all read alike."""
    details = mapping_of(data_row.get("details"))
    return kept(
        {
            "ID": label.raw.get("id"),
            "DataRow ID": data_row.get("id"),
            "Global Key": data_row.get("global_key"),
            ADDRESS: data_row.get("row_data"),
            "Dataset Name": details.get("dataset_name"),
            "Project Name": label.project.get("name"),
            "Created By": label.details.get("created_by"),
            "Created At": label.details.get("created_at"),
            "Updated At": label.details.get("updated_at"),
            "Reviews": label.details.get("reviews"),
            "Seconds to Review": label.performance.get("seconds_to_review"),
            "Workflow Status": mapping_of(label.project.get("project_details")).get("workflow_status"),
        }
    )
