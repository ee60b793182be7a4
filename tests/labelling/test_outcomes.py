"""What becomes of a record, with and without its picture."""

import json

import pytest
from PIL import Image

from labelling.class_names import ClassNames
from labelling.labelbox import parse_export
from labelling.outcomes import Report, clipped, outcomes_of
from labelling.pictures import PictureNames
from tests.labelling.labelbox.makers import v2, v2_box, v2_label
from tests.labelling.makers import bbox, encoded, jpeg, noise, record


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
        (7, "id-outside.jpg", "no-usable-object"),
    ]
    assert [(each["row"], each["reason"]) for each in report.pop("objects_skipped")] == [(7, "outside-picture")]
    assert report == {
        "rows": 7,
        "images": 2,
        "negative": 1,
        "pending": 1,
        "boxes": 3,
        "classes": {"with_mask": 2, "without_mask": 1},
    }


POINT = {"title": "With mask", "point": {"x": 5, "y": 6}}
MASK = {"title": "no mask", "instanceURI": "https://example.com/mask.png"}


@pytest.mark.parametrize("files", [{}, {"a.jpg": jpeg()}])
@pytest.mark.parametrize(
    ("objects", "detail"),
    [
        ([POINT], "1 × line or point"),
        ([MASK, POINT, POINT], "2 × line or point, 1 × mask only"),
        ([bbox("With mask", 3, 3, 0, 9), {"title": "x"}], "1 × box without area, 1 × not understood"),
        ([bbox("With mask", -30, 3, 9, 9), POINT], "1 × line or point, 1 × box outside the picture"),
    ],
)
def test_a_picture_whose_objects_all_became_no_box_is_neither_negative_nor_pending(objects, detail, files):
    report = report_on([record("a.jpg", objects)], files)
    assert (report["rows"], report["images"], report["negative"], report["pending"]) == (1, 0, 0, 0)
    assert [each["reason"] for each in report["skipped"]] == ["no-usable-object"]
    assert f"become a box: {detail}. Draw boxes" in report["skipped"][0]["message"]
    assert len(report["objects_skipped"]) == len(objects)


def test_a_picture_with_boxes_and_points_is_imported_and_its_points_are_listed_apart():
    report = report_on([record("a.jpg", [POINT, bbox("With mask", 0, 0, 4, 4)])], {"a.jpg": jpeg()})
    assert (report["images"], report["negative"], report["boxes"], report["skipped"]) == (1, 0, 1, [])
    assert [each["reason"] for each in report["objects_skipped"]] == ["line-or-point"]


def test_a_picture_that_the_newest_of_its_labels_calls_empty_is_a_negative_though_an_older_one_has_boxes():
    older = v2_label([v2_box("With mask", 0, 0, 4, 4)], label_details={"created_at": "2023-01-01T00:00:00Z"})
    newer = v2_label(label_details={"created_at": "2023-02-01T00:00:00Z"})
    report = report_on([v2(older, newer)], {"a.jpg": jpeg()})
    assert (report["images"], report["negative"], report["skipped"]) == (1, 1, [])
    assert [each["reason"] for each in report["objects_skipped"]] == ["older-label"]


def test_an_image_that_is_here_needs_no_picture_and_clips_by_its_size():
    report = report_on([record("a.jpg", [bbox("car", 0, 0, 99, 99)])], {}, {"a.jpg": (40, 30)})
    assert (report["images"], report["pending"]) == (1, 0)


def test_a_picture_is_found_by_the_file_name_in_its_address():
    address = {"Labeled Data": "https://example.com/p%2Fcf8taa7yj4us2xqxhfraos67m-Some%20Face.JPG?Expires=1"}
    records = [record("unknown", **address), record(None, **address) | {"ID": "2"}]
    assert report_on(records, {"in/some face.jpg": jpeg()})["images"] == 2


def test_the_external_id_comes_before_the_address():
    records = [record("a.jpg", **{"Labeled Data": "https://example.com/b.jpg"})]
    assert report_on(records, {"a.jpg": jpeg(), "x/b.jpg": b"text", "y/b.jpg": b"text"})["images"] == 1


def test_two_pictures_that_fit_the_address_are_told_and_not_guessed_between():
    records = [record(None, **{"Labeled Data": "https://example.com/b.jpg"})]
    report = report_on(records, {"x/b.jpg": jpeg(), "y/b.jpg": jpeg()})
    assert [(each["reason"], each["message"]) for each in report["skipped"]] == [
        ("ambiguous-picture", "More than one picture fits: x/b.jpg, y/b.jpg.")
    ]


@pytest.mark.parametrize(
    ("stated", "expected"),
    # The picture is stored 40 x 30 and shown 30 x 40, a quarter turn clockwise: x = 30 - y, y = x.
    [
        ({}, (2, 3, 10, 8)),
        ({"width": 30, "height": 40}, (2, 3, 10, 8)),
        ({"width": 40, "height": 30}, (22, 2, 27, 10)),
    ],
)
def test_the_size_in_the_record_tells_which_way_up_its_boxes_are(stated, expected):
    turned = Image.Exif()
    turned[0x0112] = 6
    records = parse_export(
        json.dumps([record("a.jpg", [bbox("car", 2, 3, 8, 5)], **{"Media Attributes": stated})]).encode()
    )
    picture = encoded(noise(40, 30), exif=turned)
    (fresh,) = outcomes_of(records, pictures=Pictures({"a.jpg": picture}), names=ClassNames({}), sizes={})
    assert fresh.boxes[0].xyxy == expected
    (here,) = outcomes_of(
        records,
        pictures=Pictures({}),
        names=ClassNames({}),
        sizes={"a.jpg": (30, 40)},
        orientation_of={"a.jpg": 6}.__getitem__,
    )
    assert here.boxes[0].xyxy == expected
