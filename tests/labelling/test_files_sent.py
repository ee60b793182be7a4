"""Files that came as pictures and belong to no record are counted and named, and no others."""

import json

import pytest
from django.core.files.base import ContentFile

from jobs.services import job_run_here
from labelling.files_sent import LISTED
from labelling.models import IMPORT_KIND, Image
from labelling.services import import_again, import_create
from tests.labelling.makers import bbox, import_here, jpeg, record, zipped

pytestmark = pytest.mark.django_db

TWO = [record("a.jpg", [bbox("mask", 1, 1, 5, 5)]), record("day 1/b.jpg", **{"Labeled Data": "https://x.org/b-2.jpg"})]


def told(records, files, **others) -> tuple[int, int, list[str]]:
    """How many files were sent, how many of them belong to no record, and their names."""
    files = import_here(records, files, **others).report["files"]
    return files["sent"], files["without_record"], files["first"]


def test_those_of_a_wrong_folder_are_counted_and_the_first_named():
    files = {f"IMG_{number:03}.jpg": b"" for number in range(LISTED + 5)}
    assert told(TWO, {**files, "A.JPG": jpeg()}) == (LISTED + 6, LISTED + 5, list(files)[:LISTED])


def test_without_pictures_nothing_is_told():
    assert "files" not in import_here(TWO).report


@pytest.mark.parametrize("name", ["b.jpg", "DAY 1/B.JPG", "pictures/day%201/b.jpg", "b-2.jpg"])
def test_those_that_are_found_by_another_spelling_or_by_the_address_belong(name):
    assert told(TWO, {"a.jpg": jpeg(seed=1), name: jpeg(seed=2), "c.jpg": jpeg()}) == (3, 1, ["c.jpg"])


def test_those_sent_again_belong_though_their_pictures_are_here():
    files = {"a.jpg": jpeg(seed=1), "b.jpg": jpeg(seed=2)}
    import_here(TWO, files)
    assert told(TWO, {**files, "c.jpg": jpeg()}) == (3, 1, ["c.jpg"])
    assert told(TWO, {"b-2.jpg": jpeg(seed=2)}) == (1, 0, [])  # known by its address alone


def test_two_that_fit_one_record_belong_to_it_and_its_row_names_both():
    row = import_here(TWO[:1], {"x/a.jpg": jpeg(seed=1), "y/a.jpg": jpeg(seed=2), "z/c.jpg": jpeg()})
    assert row.report["files"] == {"sent": 3, "without_record": 1, "first": ["z/c.jpg"]}
    (skipped,) = row.report["skipped"]
    assert (skipped["reason"], skipped["message"]) == (
        "ambiguous-picture",
        "More than one picture fits: x/a.jpg, y/a.jpg.",
    )


def test_two_that_fit_a_record_whose_picture_is_here_belong_to_it():
    import_here(TWO[:1], {"a.jpg": jpeg(seed=1)})
    assert told(TWO[:1], {"x/a.jpg": jpeg(seed=1), "y/a.jpg": jpeg(seed=2)}) == (2, 0, [])


V2 = {
    "data_row": {"id": "r1", "external_id": "v2.jpg", "row_data": "https://x.org/v2.jpg"},
    "media_attributes": {"asset_type": "image"},
    "projects": {"p": {"labels": [{"performance_details": {"skipped": True}}]}},
}


@pytest.mark.parametrize(
    ("records", "name"),
    [
        ([record("s.jpg", Skipped=True)], "s.jpg"),
        ([record(None, Skipped=True, **{"Labeled Data": "https://x.org/s%201.jpg?k=1"})], "s 1.jpg"),
        ([{"ID": "1", "External ID": "s.jpg", "Label": {}}], "s.jpg"),
        ([record("s.jpg"), record("s.jpg", **{"Labeled Data": "https://x.org/s-1.jpg"})], "s.jpg"),
        ([V2], "v2.jpg"),
        ([record("s.jpg", [bbox("mask", 0, 0, 0, 0)])], "s.jpg"),
        ([record("s.jpg")], "s.jpg"),  # and its picture is none
    ],
)
def test_those_of_records_that_bring_nothing_belong_to_them(records, name):
    assert told(records, {name: b"no picture", "c.jpg": b""}) == (2, 1, ["c.jpg"])


def test_labels_beside_the_pictures_and_what_systems_leave_do_not_count(tmp_path):
    for name in ("a.jpg", "b.jpg", "a.xml", "labels/a.TXT", "export.json", "Thumbs.db"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(jpeg())
    assert told(TWO, None, pictures_path=tmp_path) == (2, 0, [])


def test_those_in_the_zip_of_the_export_are_told_too(carol):
    files = {"export.json": json.dumps(TWO).encode(), "images/a.jpg": jpeg(), "images/spare.jpg": jpeg()}
    export = ContentFile(zipped(files), name="all.zip")
    dataset = import_here(TWO).dataset
    row = import_create(dataset=dataset, export=export, by=carol, dry_run=True)
    job_run_here(kind=IMPORT_KIND, title="look", owner=None, target_id=row.pk)
    row.refresh_from_db()
    assert row.report["files"] == {"sent": 2, "without_record": 1, "first": ["images/spare.jpg"]}


@pytest.mark.parametrize("xml", [b"<annotation><filename>a.jpg</filename></annotation>", b"<annotation>"])
def test_the_picture_beside_a_file_that_cannot_be_read_belongs_to_it(carol, xml):
    files = {"annotations/one.xml": xml, "annotations/a.xml": b"<annotation/>", "images/one.jpg": jpeg(), "c.jpg": b""}
    row = import_create(dataset=import_here(TWO).dataset, export=ContentFile(zipped(files), name="voc.zip"), by=carol)
    job_run_here(kind=IMPORT_KIND, title="import", owner=None, target_id=row.pk)
    row.refresh_from_db()
    assert row.report["files"] == {"sent": 2, "without_record": 1, "first": ["c.jpg"]}


def test_names_that_no_database_takes_are_told_as_well(tmp_path):
    for name in (b"a.jpg", b"b.jpg", b"\xff.jpg"):
        (tmp_path / name.decode("utf-8", "surrogateescape")).write_bytes(jpeg())
    assert told(TWO, None, pictures_path=tmp_path) == (3, 1, ["?.jpg"])


def test_pictures_that_follow_from_a_wrong_folder_leave_all_as_it_was(carol):
    earlier = import_here(TWO)
    again = import_again(earlier=earlier, pictures=ContentFile(zipped({"x.jpg": jpeg()}), name="p.zip"), by=carol)
    job_run_here(kind=IMPORT_KIND, title="again", owner=None, target_id=again.pk)
    again.refresh_from_db()
    assert again.report["files"] == {"sent": 1, "without_record": 1, "first": ["x.jpg"]}
    assert (again.report["pending"], Image.objects.filter(file="").count()) == (2, 2)
