"""What becomes of a record, with and without its picture."""

import pytest

from labelling.class_names import ClassNames
from labelling.labelbox import parse_export
from labelling.outcomes import Report, clipped, outcomes_of
from labelling.pictures import PictureNames
from tests.labelling.makers import bbox, jpeg, record


class Pictures:
    """Pictures held in a dictionary."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files
        self._names = PictureNames(list(files))

    def find(self, external_id: str) -> str | None:
        return self._names.find(external_id)

    def read(self, name: str) -> bytes:
        return self._files[name]


def report_on(records, files, sizes=None) -> dict:
    import json

    report = Report()
    outcomes = outcomes_of(
        parse_export(json.dumps(records).encode()), pictures=Pictures(files), names=ClassNames({}), sizes=sizes or {}
    )
    for outcome in outcomes:
        report.add(outcome)
    return report.as_json()


@pytest.mark.parametrize(
    ("box", "result"),
    [
        ((2, 3, 10, 12), (2, 3, 10, 12)),
        ((-5, -1, 4, 6), (0, 0, 4, 6)),
        ((30, 20, 99, 99), (30, 20, 40, 30)),
        ((40, 0, 50, 10), None),
        ((-9, 0, 0, 10), None),
    ],
)
def test_boxes_are_clipped_to_their_picture(box, result):
    assert clipped(box, (40, 30)) == result


def test_a_picture_of_unknown_size_clips_only_at_its_origin():
    assert clipped((-5, 3, 9999, 8), None) == (0, 3, 9999, 8)


def test_each_record_has_one_outcome_and_they_add_up():
    report = report_on(
        [
            record("here.jpg", [bbox("With mask", 0, 0, 4, 4), bbox("no mask", 5, 5, 4, 4)]),
            record("empty.jpg"),
            record("missing.jpg", [bbox("With mask", 0, 0, 4, 4)]),
            record("twice.jpg"),
            record("text.jpg"),
            record("skip.jpg", Skipped=True),
            record("outside.jpg", [bbox("With mask", 400, 0, 4, 4)]),
        ],
        {
            "here.jpg": jpeg(),
            "empty.jpg": jpeg(seed=1),
            "a/twice.jpg": jpeg(),
            "b/twice.jpg": jpeg(),
            "text.jpg": b"text",
            "outside.jpg": jpeg(seed=2),
        },
    )
    assert [(each["row"], each["id"], each["reason"]) for each in report.pop("skipped")] == [
        (4, "id-twice.jpg", "ambiguous-picture"),
        (5, "id-text.jpg", "image-not-readable"),
        (6, "id-skip.jpg", "skipped-in-labelbox"),
    ]
    assert [(each["row"], each["reason"]) for each in report.pop("objects_skipped")] == [(7, "outside-picture")]
    assert report == {
        "rows": 7,
        "images": 3,
        "negative": 2,
        "pending": 1,
        "boxes": 3,
        "classes": {"with_mask": 2, "without_mask": 1},
    }


def test_an_image_that_is_here_needs_no_picture_and_clips_by_its_size():
    report = report_on([record("a.jpg", [bbox("car", 0, 0, 99, 99)])], {}, {"a.jpg": (40, 30)})
    assert (report["images"], report["pending"]) == (1, 0)
