"""The data rows of 2023 on."""

from datetime import UTC, datetime

import pytest

from labelling.labelbox import LabelRecord, SkippedRecord, record_of
from tests.labelling.labelbox.makers import SQUARE, v2, v2_box, v2_label


def kept(raw) -> LabelRecord:
    outcome = record_of(1, raw)
    assert isinstance(outcome, LabelRecord)
    return outcome


def test_a_bounding_box_becomes_xyxy():
    outcome = kept(v2(v2_label([v2_box("With mask", 321.0, 34.0, 33.0, 35.0)])))
    assert (outcome.id, outcome.external_id) == ("label-1", "a.jpg")
    assert [(each.title, each.xyxy) for each in outcome.objects] == [("With mask", (321, 34, 354, 69))]


def test_what_labelbox_knew_is_kept_under_the_names_of_the_eras_before():
    label = v2_label(
        label_details={
            "created_at": "2023-03-01T08:00:00.000Z",
            "updated_at": "2023-03-02T08:00:00.000+00:00",
            "created_by": "ann@example.com",
            "reviews": [{"score": 1}],
        },
        performance_details={"seconds_to_create": 33, "seconds_to_review": 4, "skipped": False},
    )
    media = {"height": 156, "width": 400, "asset_type": "image", "mime_type": "image/jpeg", "exif_rotation": "1"}
    outcome = kept(v2(label, media_attributes=media))
    assert (outcome.seconds, outcome.size) == (33, (400, 156))
    assert outcome.labelled_at == datetime(2023, 3, 2, 8, tzinfo=UTC)
    assert outcome.source == {
        "ID": "label-1",
        "DataRow ID": "row-1",
        "Project Name": "Street",
        "Created By": "ann@example.com",
        "Created At": "2023-03-01T08:00:00.000Z",
        "Updated At": "2023-03-02T08:00:00.000+00:00",
        "Reviews": [{"score": 1}],
        "Seconds to Review": 4,
        "Width": 400,
        "Height": 156,
    }


def dated(moment: str, *objects, **others) -> dict:
    return v2_label(objects, label_details={"created_at": moment}, **others)


def test_the_newest_of_several_labels_counts_and_the_objects_of_the_others_are_listed():
    old = dated("2023-01-01T00:00:00Z", v2_box("a", 0, 0, 1, 1), v2_box("b", 0, 0, 2, 2))
    new = dated("2023-02-01T00:00:00Z", v2_box("c", 0, 0, 3, 3))
    for labels in ((old, new), (new, old)):
        outcome = kept(v2(*labels))
        assert [each.title for each in outcome.objects] == ["c"]
        assert [each.reason for each in outcome.skipped_objects] == ["older-label"] * 2


def test_labels_of_several_projects_count_as_labels_of_the_picture():
    raw = v2(dated("2023-01-01T00:00:00Z", v2_box("a", 0, 0, 1, 1)))
    raw["projects"]["q"] = {"name": "Other", "labels": [dated("2023-03-01T00:00:00Z", v2_box("b", 0, 0, 1, 1))]}
    assert kept(raw).source["Project Name"] == "Other"


def test_a_label_that_was_skipped_does_not_hide_one_that_was_made():
    made = dated("2023-01-01T00:00:00Z", v2_box("a", 0, 0, 1, 1))
    passed = dated("2023-02-01T00:00:00Z", performance_details={"skipped": True})
    assert len(kept(v2(made, passed)).objects) == 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (v2(), "no-label"),
        ({"data_row": {"id": "1"}}, "no-label"),
        ({"data_row": None, "projects": []}, "no-label"),
        (v2(v2_label(performance_details={"skipped": True})), "skipped-in-labelbox"),
        (v2(v2_label(annotations={"objects": [], "classifications": [{"name": "Blurred"}]})), "only-a-classification"),
        (v2(v2_label(annotations={"objects": {"a": 1}})), "malformed"),
        (v2(v2_label(annotations={"frames": {"1": {"objects": {}}}})), "video"),
        (v2(v2_label(), media_attributes={"asset_type": "video"}), "video"),
        (v2(v2_label(), media_attributes={"frame_count": 90}), "video"),
        (v2(v2_label(), media_attributes={"mime_type": "video/mp4"}), "video"),
        (v2(v2_label(), media_attributes={"asset_type": "tiled_imagery"}), "tiled-map"),
        (v2(v2_label(), media_attributes={"mime_type": "application/vnd.mapbox-vector-tile"}), "tiled-map"),
        (v2(v2_label(), media_attributes={"asset_type": "text"}), "unknown-media"),
        (v2(v2_label(), media_attributes={"mime_type": "application/pdf"}), "unknown-media"),
        ({"data_row": {}, "projects": {"p": {"labels": [v2_label()]}}}, "no-identity"),
    ],
)
def test_a_data_row_that_brings_nothing_has_a_reason(raw, reason):
    outcome = record_of(1, raw)
    assert isinstance(outcome, SkippedRecord)
    assert outcome.reason == reason


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"name": "a", "line": SQUARE}, "line-or-point"),
        ({"name": "a", "point": {"x": 1, "y": 2}}, "line-or-point"),
        ({"name": "a", "mask": {"url": "https://example.com"}}, "mask-picture-only"),
        ({"name": "a", "composite_mask": {"url": "https://example.com"}}, "mask-picture-only"),
        ({"name": "a"}, "malformed-object"),
        ("text", "malformed-object"),
        (v2_box("a", 0, 0, 0, 9), "degenerate-box"),
        (v2_box("a", 0, 0, None, 9), "malformed-object"),
    ],
)
def test_an_object_that_cannot_become_a_box_is_listed_and_the_others_stay(raw, reason):
    outcome = kept(v2(v2_label([raw, {"name": "b", "polygon": SQUARE}])))
    assert [each.xyxy for each in outcome.objects] == [(5, 2, 9, 8)]
    assert [each.reason for each in outcome.skipped_objects] == [reason]


def test_blocks_may_be_missing_or_nonsense():
    raw = v2(v2_label(label_details=7, performance_details=[]), media_attributes="none")
    assert kept(raw).seconds is None


def test_a_global_key_names_the_picture_where_there_is_no_external_id():
    raw = v2(v2_label())
    raw["data_row"] = {"id": "row-1", "global_key": "key.jpg", "row_data": "https://example.com/x%20y.jpg?a=b"}
    assert (kept(raw).external_id, kept(raw).file_names) == ("key.jpg", ("x y.jpg",))
