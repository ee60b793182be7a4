"""Exports that arrive by the browser, and their reports."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Job
from labelling.models import Image, LabelImport
from labelling.services import import_start
from tests.labelling.conftest import RECORDS
from tests.labelling.makers import jpeg, zipped

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


def test_the_report_lists_what_was_skipped(client, masks, carol):
    client.force_login(carol)
    page = client.get(f"/datasets/imports/{LabelImport.objects.get().pk}/").content.decode()
    assert "The picture was skipped in Labelbox." in page
    assert "1 picture was missing" in page


def test_an_import_under_way_shows_its_job(client, masks, carol):
    client.force_login(carol)
    row = import_start(dataset=masks, export=SimpleUploadedFile("e.json", b"[]"), by=carol)
    assert f'data-import-job="{row.job_id}"' in client.get(f"/datasets/imports/{row.pk}/").content.decode()


def test_a_failed_import_says_why(client, masks, carol):
    client.force_login(carol)
    row = import_start(dataset=masks, export=SimpleUploadedFile("e.json", b"["), by=carol)
    Job.objects.filter(pk=row.job_id).update(state="failed", failure="It is broken.", finished_at=row.created_at)
    page = client.get(f"/datasets/imports/{row.pk}/").content.decode()
    assert "It is broken. Nothing of this import is shown" in page


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


def test_the_report_takes_the_same_queries_whatever_was_skipped(client, masks, carol, django_assert_num_queries):
    client.force_login(carol)
    row = LabelImport.objects.get()
    row.report["skipped"] *= 250
    row.save()
    with django_assert_num_queries(3):  # session, person, import with dataset, job and person
        page = client.get(f"/datasets/imports/{row.pk}/?page=2").context["page"]
    assert (page.paginator.count, len(page)) == (250, 100)
