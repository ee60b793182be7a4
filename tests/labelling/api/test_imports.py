"""Imports over the API: sent in, waited for, confirmed, completed."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jobs.services import job_run_here
from labelling.models import Image, LabelImport
from tests.labelling.makers import bbox, import_here, jpeg, record, zipped

pytestmark = pytest.mark.django_db

EXPORT = [record("e.jpg", [bbox("Deer", 2, 3, 10, 12), bbox("No Mask", 1, 1, 5, 5)]), record("f.jpg", Skipped=True)]


def send(client, dataset, **fields):
    export = SimpleUploadedFile("export.json", json.dumps(EXPORT).encode())
    return client.post(reverse("labelling_api:imports", args=[dataset.pk]), {"export": export, **fields})


def url(name: str, pk: int) -> str:
    return reverse(f"labelling_api:{name}", args=[pk])


def finish(pk: int) -> None:
    job_run_here(kind="labelling.import", title="import", owner=None, target_id=pk)


def test_an_export_is_taken_waited_for_and_reported(api, carol, masks):
    pictures = SimpleUploadedFile("pictures.zip", zipped({"e.jpg": jpeg(seed=5)}))
    answer = send(api, masks, pictures=pictures, class_map='{"Deer": "animal"}')
    assert answer.status_code == 202, answer.json()
    row = LabelImport.objects.get(pk=answer.json()["id"])
    assert (row.class_map, row.created_by, row.dry_run) == ({"Deer": "animal"}, carol, False)
    waiting = api.get(reverse("jobs_api:job", args=[answer.json()["job"]["id"]])).json()
    assert (waiting["state"], waiting["finished_at"], waiting["failure"]) == ("queued", None, "")
    finish(row.pk)
    told = api.get(url("import", row.pk)).json()
    assert told["finished_at"] is not None
    assert told["class_names"] == {"Deer": "animal", "No Mask": "without_mask"}
    report = told["report"]
    assert (report["rows"], report["images"], report["boxes"], report["pending"]) == (2, 1, 2, 0)
    assert [(each["row"], each["reason"]) for each in report["skipped"]] == [(2, "skipped-in-labelbox")]
    assert report["changes"] == {"added": 1, "updated": 0, "kept": 0}


def test_a_look_stores_nothing_until_it_is_confirmed(api, masks):
    row = send(api, masks, dry_run="true").json()
    finish(row["id"])
    assert not Image.objects.filter(external_id="e.jpg").exists()
    answer = api.post(url("import_confirm", row["id"]), {"class_map": {"Deer": "animal"}}, format="json")
    assert (answer.status_code, answer.json()["dry_run"]) == (202, False)
    finish(row["id"])
    boxes = Image.objects.get(external_id="e.jpg").boxes.all()
    assert [box.box_class.name for box in boxes] == ["animal", "without_mask"]
    again = api.post(url("import_confirm", row["id"]))
    assert (again.status_code, list(again.json())) == (409, ["detail"])


def test_pictures_that_were_missing_follow(api, masks):
    row = send(api, masks).json()
    finish(row["id"])
    assert Image.objects.get(external_id="e.jpg").is_pending
    pictures = SimpleUploadedFile("pictures.zip", zipped({"e.jpg": jpeg(seed=5)}))
    again = api.post(url("import_pictures", row["id"]), {"pictures": pictures})
    assert again.status_code == 202
    finish(again.json()["id"])
    assert not Image.objects.get(external_id="e.jpg").is_pending


def test_files_that_belong_to_no_record_are_told(api, masks):
    row = send(api, masks).json()
    finish(row["id"])
    assert "files" not in api.get(url("import", row["id"])).json()["report"]
    pictures = SimpleUploadedFile("pictures.zip", zipped({"e.jpg": jpeg(seed=5), "f.jpg": jpeg(), "E-1.jpg": jpeg()}))
    again = api.post(url("import_pictures", row["id"]), {"pictures": pictures}).json()
    finish(again["id"])
    report = api.get(url("import", again["id"])).json()["report"]
    assert report["files"] == {"sent": 3, "without_record": 1, "first": ["E-1.jpg"]}


@pytest.mark.parametrize("content", [jpeg(), b"[]", zipped({"e.jpg": jpeg()})[:-30]])
def test_pictures_that_are_no_zip_are_refused_at_their_field(api, masks, content):
    first, before = LabelImport.objects.get(), LabelImport.objects.count()
    again = api.post(url("import_pictures", first.pk), {"pictures": SimpleUploadedFile("p.zip", content)})
    new = send(api, masks, pictures=SimpleUploadedFile("p.zip", content))
    for answer in (again, new):
        assert (answer.status_code, list(answer.json())) == (400, ["pictures"])
        assert "This is no zip" in answer.json()["pictures"][0]
    assert LabelImport.objects.count() == before


def test_a_second_import_waits_for_the_first(api, masks):
    assert send(api, masks).status_code == 202
    answer = send(api, masks)
    assert answer.status_code == 409
    assert "Another import" in answer.json()["detail"]


@pytest.mark.parametrize("class_map", ["deer", "[1]", '{"deer": 1}', '{"deer": " "}', json.dumps({"deer": "x" * 101})])
def test_a_mapping_that_makes_no_sense_is_refused_at_its_field(api, masks, class_map):
    answer = send(api, masks, class_map=class_map)
    assert (answer.status_code, list(answer.json())) == (400, ["class_map"])
    assert LabelImport.objects.count() == 1  # that of the fixture


def test_an_import_without_an_export_is_refused_at_its_field(api, masks):
    answer = api.post(reverse("labelling_api:imports", args=[masks.pk]), {})
    assert (answer.status_code, list(answer.json())) == (400, ["export"])


def test_the_list_leaves_reports_out_and_takes_the_same_queries(reader, masks, django_assert_num_queries):
    for _ in range(5):
        import_here([record("a.jpg")], dataset=masks)
    # Token, its use, the dataset, how many, the page with its jobs.
    with django_assert_num_queries(5):
        rows = reader.get(reverse("labelling_api:imports", args=[masks.pk])).json()["results"]
    assert len(rows) == 6
    assert "report" not in rows[0]


def test_who_only_looks_imports_nothing(reader, masks):
    assert send(reader, masks).status_code == 403
    assert reader.get(url("import", LabelImport.objects.get().pk)).status_code == 200
