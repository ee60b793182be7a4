"""Every export beside the project, and the four eras of one dataset.

The counts were worked out by reading the exports, not by running the parser: records listed by
hand, each polygon or box counted, and of a MULTIPOLYGON each of its polygons.
"""

import json

import pytest
from django.core.management import call_command

from labelling.models import Box, BoxClass, Image

pytestmark = [pytest.mark.django_db, pytest.mark.shared]

ERAS = (
    "face-mask-2018-xy.json",
    "face-mask-2019-wkt.json",
    "face-mask-2020-objects.json",
    "face-mask-2023-v2.ndjson",
)
MASKS = {"with_mask": 2692, "without_mask": 540, "worn_incorrectly": 104}
VOC = {  # 27 records; 2008_003094 alone holds 3 persons and 14 cows
    "cow": 14,
    "aeroplane": 13,  # in nine records, of which one holds two and one four
    "car": 10,  # in eight records, of which one holds three
    "person": 4,
    "horse": 3,
    "dog": 3,
    "sofa": 1,
    "cat": 1,
    "train": 1,
    "tv/monitor": 1,
    "bottle": 1,
}

# file, records, classes with their boxes, records with a usable label, reasons of records, reasons of objects
COUNTS = [
    *((name, 706, MASKS, 706, {}, {}) for name in ERAS),
    ("real/2018-multipolygon-wkt.json", 10, {"Car": 10}, 10, {}, {}),
    ("real/2018-wkt.json", 2, {"Tree": 4, "Car": 2}, 2, {}, {}),
    ("real/2018-xy.json", 10, {"Car": 10}, 10, {}, {}),
    ("real/2019-class-with-trailing-space.json", 27, VOC, 27, {}, {}),
    ("real/2019-empty-and-skipped.json", 2, {}, 1, {"skipped-in-labelbox": 1}, {}),
    ("real/2019-wkt-rectangle-colour.json", 1, {"Car": 1}, 1, {}, {}),
    ("real/2019-wkt.json", 10, {"Car": 10}, 10, {}, {}),
    # Four boxes, two polygons; a mask picture, a point and two lines.
    (
        "real/2022-v1-image.json",
        1,
        {"bounding_box": 4, "polygon": 2},
        1,
        {},
        {"mask-picture-only": 1, "line-or-point": 3},
    ),
    ("real/2022-v1-nested-classifications.json", 1, {"deer": 1}, 1, {}, {"mask-picture-only": 1, "line-or-point": 1}),
    ("real/2022-v1-tiled-lon-lat.json", 2, {}, 0, {"tiled-map": 2}, {}),
    # Two records that do not say what they are of hold polygons in pixels: pictures, then.
    (
        "real/2022-v1-unknown-media-type.json",
        4,
        {"obj": 2},
        2,
        {"only-a-classification": 1, "skipped-in-labelbox": 1},
        {},
    ),
    ("real/2022-v1-video-frames.json", 1, {}, 0, {"video": 1}, {}),
]


def import_labelbox(capsys, *arguments) -> dict:
    call_command("import_labelbox", *map(str, arguments), "--json")
    return json.loads(capsys.readouterr().out)


def counted(entries: list) -> dict[str, int]:
    reasons = [each["reason"] for each in entries]
    return {reason: reasons.count(reason) for reason in reasons}


@pytest.mark.parametrize(
    ("name", "rows", "classes", "usable", "skipped", "objects"), COUNTS, ids=[c[0] for c in COUNTS]
)
def test_a_dry_run_gives_the_counts_worked_out_by_hand(
    shared_data, capsys, name, rows, classes, usable, skipped, objects
):
    report = import_labelbox(capsys, shared_data / "labelbox" / name, "--dry-run")
    assert (report["rows"], report["pending"], report["images"]) == (rows, usable, 0)
    assert usable + sum(skipped.values()) == rows  # each record has exactly one outcome
    assert (report["classes"], report["boxes"]) == (classes, sum(classes.values()))
    assert (counted(report["skipped"]), counted(report["objects_skipped"])) == (skipped, objects)


def test_no_export_beside_the_project_is_forgotten(shared_data):
    folder = shared_data / "labelbox"
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in (".json", ".ndjson")}
    assert found == {count[0] for count in COUNTS}


def content() -> tuple:
    """All of a dataset that another era's export of the same labels must leave as it is."""
    images = list(Image.objects.order_by("pk").values_list("pk", "external_id", "file", "width", "height", "sha256"))
    boxes = list(Box.objects.order_by("pk").values_list("pk", "image", "box_class", "x_min", "y_min", "x_max", "y_max"))
    return images, list(BoxClass.objects.order_by("pk").values_list()), boxes


def described() -> tuple:
    """The same without the keys of rows."""
    boxes = Box.objects.values_list("image__external_id", "box_class__name", "x_min", "y_min", "x_max", "y_max")
    images = Image.objects.values_list("external_id", "width", "height", "sha256", "seconds_to_label")
    return sorted((*row[:4], int(row[4])) for row in images), sorted(boxes)


def test_four_eras_give_one_dataset_whichever_comes_first(shared_data, capsys):
    pictures = shared_data / "face-mask" / "images"
    first = None
    for order in (ERAS, ERAS[::-1]):
        Image.objects.all().delete()
        import_labelbox(capsys, shared_data / "labelbox" / order[0], "--images", pictures, "--dataset", "masks")
        before = content()
        assert (Image.objects.count(), Box.objects.count()) == (706, 3336)
        for name in order[1:]:
            report = import_labelbox(capsys, shared_data / "labelbox" / name, "--dataset", "masks")
            assert (report["images"], report["boxes"], report["classes"]) == (706, 3336, MASKS)
            assert content() == before
        first = first or described()
        assert described() == first
