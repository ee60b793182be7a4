"""Exports that arrive by the browser, and their reports."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags

from jobs.models import Job
from jobs.services import job_run_here
from labelling.models import Image, LabelImport
from labelling.services import import_start
from tests.labelling.conftest import RECORDS
from tests.labelling.makers import bbox, jpeg, record, zipped

pytestmark = pytest.mark.django_db


def upload(**files: bytes) -> dict[str, SimpleUploadedFile]:
    return {name: SimpleUploadedFile(f"{name}.bin", content) for name, content in files.items()}


def test_an_export_is_kept_and_queued(client, masks, carol):
    client.force_login(carol)
    pictures = zipped({"c.jpg": jpeg()})
    answer = client.post(
        f"/datasets/{masks.pk}/imports/add/",
        {**upload(export=json.dumps(RECORDS).encode(), pictures=pictures), "class_map": "deer = animal\n\n"},
    )
    row = LabelImport.objects.first()
    assert answer.url == f"/datasets/imports/{row.pk}/"
    assert (row.class_map, row.created_by, row.export_name) == ({"deer": "animal"}, carol, "export.bin")
    assert (row.job.kind, row.job.state, row.job.target_id) == ("labelling.import", Job.State.QUEUED, row.pk)
    with row.pictures.open() as file:
        assert file.read() == pictures


def test_a_script_is_told_where_the_report_is(client, masks, carol):
    client.force_login(carol)
    answer = client.post(
        f"/datasets/{masks.pk}/imports/add/", upload(export=b"[]"), headers={"Accept": "application/json"}
    )
    row = LabelImport.objects.first()
    assert (answer.status_code, answer.json()) == (201, {"import": row.pk, "page": f"/datasets/imports/{row.pk}/"})


@pytest.mark.parametrize("line", ["deer", "= animal", "deer ="])
def test_a_mapping_that_makes_no_sense_is_refused_with_its_line(client, masks, carol, line):
    client.force_login(carol)
    answer = client.post(
        f"/datasets/{masks.pk}/imports/add/",
        {**upload(export=b"[]"), "class_map": f"a = b\n{line}"},
        headers={"Accept": "application/json"},
    )
    assert (answer.status_code, answer.json()) == (400, {"errors": {"class_map": ["Line 2 is not NAME = CLASS."]}})


def test_a_second_import_waits_for_the_first(client, masks, carol):
    client.force_login(carol)
    import_start(dataset=masks, export=SimpleUploadedFile("e.json", b"[]"), by=carol)
    answer = client.post(f"/datasets/{masks.pk}/imports/add/", upload(export=b"[]"))
    assert answer.status_code == 400
    assert "Another import" in str(answer.context["import_form"].errors)
    assert LabelImport.objects.count() == 2


def look(client, masks) -> LabelImport:
    """An import that was looked at, of a new picture with a deer and a face."""
    records = [record("e.jpg", [bbox("Deer", 2, 3, 10, 12), bbox("No Mask", 1, 1, 5, 5)])]
    export = {**upload(export=json.dumps(records).encode(), pictures=zipped({"e.jpg": jpeg(seed=5)})), "dry_run": "on"}
    client.post(f"/datasets/{masks.pk}/imports/add/", export)
    return finished(LabelImport.objects.first())


def finished(row: LabelImport) -> LabelImport:
    job_run_here(kind="labelling.import", title="import", owner=None, target_id=row.pk)
    row.refresh_from_db()
    return row


def test_an_import_can_be_looked_at_first(client, masks, carol):
    client.force_login(carol)
    row = look(client, masks)
    assert (row.dry_run, row.report["boxes"], row.report["images"]) == (True, 2, 1)
    assert row.class_names == {"Deer": "deer", "No Mask": "without_mask"}
    assert not Image.objects.filter(external_id="e.jpg").exists()
    page = client.get(f"/datasets/imports/{row.pk}/")
    assert "Nothing is stored yet" in page.content.decode()
    assert "only a look" in client.get(f"/datasets/{masks.pk}/").content.decode()
    assert [(each.label, each.initial) for each in page.context["names_form"]] == [
        ("Deer", "deer"),
        ("No Mask", "without_mask"),
    ]


def test_what_was_looked_at_is_imported_under_the_names_that_were_chosen(client, masks, carol):
    client.force_login(carol)
    row = look(client, masks)
    answer = client.post(f"/datasets/imports/{row.pk}/go/", {"class_0": "animal", "class_1": "without_mask"})
    assert answer.url == f"/datasets/imports/{row.pk}/"
    row = finished(LabelImport.objects.get(pk=row.pk))
    image = Image.objects.get(external_id="e.jpg")
    assert [box.box_class.name for box in image.boxes.all()] == ["animal", "without_mask"]
    assert (image.is_pending, row.dry_run, bool(row.pictures)) == (False, False, False)
    assert row.report["changes"] == {"added": 1, "updated": 0, "kept": 0}
    form = client.get(f"/datasets/{masks.pk}/").context["import_form"]
    assert form.initial["class_map"] == "Deer = animal\nNo Mask = without_mask"


def test_a_class_without_a_name_is_refused_at_its_field(client, masks, carol):
    client.force_login(carol)
    row = look(client, masks)
    answer = client.post(f"/datasets/imports/{row.pk}/go/", {"class_0": " ", "class_1": "without_mask"})
    assert (answer.status_code, list(answer.context["names_form"].errors)) == (400, ["class_0"])
    row.refresh_from_db()
    assert row.dry_run


def test_an_import_is_started_once(client, masks, carol):
    client.force_login(carol)
    row = look(client, masks)
    names = {"class_0": "animal", "class_1": "without_mask"}
    assert client.post(f"/datasets/imports/{row.pk}/go/", names).status_code == 302
    jobs = Job.objects.count()
    assert client.post(f"/datasets/imports/{row.pk}/go/", names).status_code == 400
    assert Job.objects.count() == jobs


def test_html_in_the_names_of_classes_stays_text(client, masks, carol):
    client.force_login(carol)
    records = [record("e.jpg", [bbox("<script>alert(1)</script>", 0, 0, 5, 5), bbox('"><img src=x>', 0, 0, 5, 5)])]
    client.post(f"/datasets/{masks.pk}/imports/add/", {**upload(export=json.dumps(records).encode()), "dry_run": "on"})
    row = finished(LabelImport.objects.first())
    page = client.get(f"/datasets/imports/{row.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


@pytest.mark.parametrize("usable", [True, False])
def test_a_look_at_what_holds_nothing_to_import_offers_no_import(client, masks, carol, usable):
    client.force_login(carol)
    records = [record("a.jpg", "Skip")] + [record("b.jpg", [bbox("mask", 0, 0, 5, 5)])] * usable
    client.post(f"/datasets/{masks.pk}/imports/add/", {**upload(export=json.dumps(records).encode()), "dry_run": "on"})
    row = finished(LabelImport.objects.first())
    page = client.get(f"/datasets/imports/{row.pk}/").content.decode()
    assert ("Nothing of this file would be imported." in page) is not usable
    assert (f"/datasets/imports/{row.pk}/go/" in page) is usable


def test_the_report_lists_what_was_skipped(client, masks, carol):
    client.force_login(carol)
    page = client.get(f"/datasets/imports/{LabelImport.objects.get().pk}/").content.decode()
    assert "The picture was skipped in Labelbox." in page
    assert "1 picture was missing" in page


def test_an_import_under_way_shows_its_job(client, masks, carol):
    client.force_login(carol)
    row = import_start(dataset=masks, export=SimpleUploadedFile("e.json", b"[]"), by=carol)
    assert f'data-awaited-job="{row.job_id}"' in client.get(f"/datasets/imports/{row.pk}/").content.decode()


def test_a_failed_import_says_why(client, masks, carol):
    client.force_login(carol)
    row = import_start(dataset=masks, export=SimpleUploadedFile("e.json", b"["), by=carol)
    Job.objects.filter(pk=row.job_id).update(state="failed", failure="It is broken.", finished_at=row.created_at)
    page = client.get(f"/datasets/imports/{row.pk}/").content.decode()
    assert "It is broken. Nothing of this import is shown" in page


def test_how_many_pictures_are_missing_now_is_said_where_it_is_another_number(client, masks, carol):
    client.force_login(carol)
    first = LabelImport.objects.get()
    address = f"/datasets/imports/{first.pk}/"
    page = client.get(address).content.decode()
    assert "1 picture was missing" in page
    assert "missing now" not in page
    Image.objects.create(dataset=masks, external_id="d.jpg")
    page = client.get(address).content.decode()
    assert "1 picture was missing" in page
    assert "Of this dataset 2 are missing now." in page


def test_missing_pictures_that_are_no_zip_are_refused_on_the_page(client, masks, carol):
    client.force_login(carol)
    first = LabelImport.objects.get()
    address = f"/datasets/imports/{first.pk}/pictures/"
    page = client.post(address, upload(pictures=jpeg()))
    assert page.status_code == 400
    assert "This is no zip" in page.content.decode()
    told = client.post(address, upload(pictures=jpeg()), headers={"Accept": "application/json"})
    assert "This is no zip" in told.json()["errors"]["pictures"][0]
    assert LabelImport.objects.count() == 1


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"c.jpg": jpeg(seed=3)}, None),
        ({"x.jpg": b""}, "The file that was sent belongs to no record of this export: x.jpg"),
        ({"<b>x.jpg": b"", "y.jpg": b""}, "None of the 2 files that were sent belongs to a record of this export:"),
        ({"a.jpg": b"", "x.jpg": b""}, "Of the 2 files that were sent 1 belongs to no record of this export: x.jpg"),
        (
            {"a.jpg": b"", **{f"{n:03}.jpg": b"" for n in range(1_200)}},
            "Of the 1,201 files that were sent 1,200 belong to no record of this export: 000.jpg, 001.jpg,",
        ),
        ({"labels.txt": b""}, "There is no picture among the files that were sent."),
    ],
)
def test_files_that_belong_to_no_record_are_named_after_sending(client, masks, carol, files, sentence):
    client.force_login(carol)
    first = LabelImport.objects.get()
    client.post(f"/datasets/imports/{first.pk}/pictures/", upload(pictures=zipped(files)))
    again = finished(LabelImport.objects.first())
    page = client.get(f"/datasets/imports/{again.pk}/").content.decode()
    words = " ".join(strip_tags(page).split())
    assert ('id="files-without-record"' in page) is bool(sentence)
    assert (sentence or "") in words
    assert "<b>x.jpg" not in page
    assert ("and 1,180 more" in words) is (len(files) > 1_000)


def test_missing_pictures_can_follow(client, masks, carol):
    from jobs.services import job_run_here

    client.force_login(carol)
    first = LabelImport.objects.get()
    answer = client.post(f"/datasets/imports/{first.pk}/pictures/", upload(pictures=zipped({"c.jpg": jpeg(seed=3)})))
    again = LabelImport.objects.first()
    assert answer.url == f"/datasets/imports/{again.pk}/"
    job_run_here(kind="labelling.import", title="again", owner=carol, target_id=again.pk)
    assert not Image.objects.filter(file="").exists()
    again.refresh_from_db()
    assert again.report["changes"] == {"added": 0, "updated": 1, "kept": 0}
    page = client.get(f"/datasets/imports/{first.pk}/").content.decode()
    assert "No picture of this dataset is missing any more." in page
    assert "data-upload" not in page
