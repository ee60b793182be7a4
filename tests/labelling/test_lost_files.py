"""A picture whose file is gone from storage comes back when its very bytes are sent again."""

import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry
from jobs.services import job_run_here
from labelling import lost_files
from labelling.models import IMPORT_KIND, Image
from labelling.services import import_create
from tests.labelling.makers import bbox, import_here, jpeg, record, zipped

pytestmark = pytest.mark.django_db

TWO = [record("a.jpg", [bbox("mask", 1, 1, 5, 5)]), record("day 1/b.jpg", [bbox("mask", 2, 2, 6, 6)])]
FILES = {"a.jpg": jpeg(seed=1), "b.jpg": jpeg(seed=2)}


@pytest.fixture
def lost() -> Image:
    """Of two images the one whose file is gone."""
    import_here(TWO, FILES)
    image = Image.objects.get(external_id="day 1/b.jpg")
    default_storage.delete(image.file.name)
    return image


def content_of(image: Image) -> bytes:
    with default_storage.open(image.file.name) as file:
        return file.read()


def test_an_import_puts_a_lost_file_back_and_says_so(lost):
    report = import_here(TWO, FILES).report
    assert report["lost"] == {"restored": 1, "different": 0}
    assert content_of(lost) == FILES["b.jpg"]
    assert "lost" not in import_here(TWO, FILES).report


def test_another_picture_under_that_name_does_not_take_its_place(lost):
    report = import_here(TWO, {**FILES, "b.jpg": jpeg(seed=3)}).report
    assert report["lost"] == {"restored": 0, "different": 1}
    assert not default_storage.exists(lost.file.name)


def test_a_look_only_counts_what_would_come_back(lost):
    export, pictures = ContentFile(json.dumps(TWO).encode(), name="e.json"), ContentFile(zipped(FILES), name="p.zip")
    row = import_create(dataset=lost.dataset, export=export, pictures=pictures, dry_run=True, by=None)
    job_run_here(kind=IMPORT_KIND, title="look", owner=None, target_id=row.pk)
    row.refresh_from_db()
    assert row.report["lost"] == {"restored": 1, "different": 0}
    assert not default_storage.exists(lost.file.name)


@pytest.mark.parametrize(("files", "asked"), [(None, 0), ({"a.jpg": FILES["a.jpg"]}, 1)])
def test_storage_is_asked_about_those_images_alone_whose_pictures_came(lost, monkeypatch, files, asked):
    names = []
    monkeypatch.setattr(lost_files, "is_lost", lambda name: bool(names.append(name)))
    import_here(TWO, files)
    assert len(names) == asked


def added(client, image: Image, content: bytes, name: str = "b.jpg", **fields):
    data = {"file": SimpleUploadedFile(name, content), **fields}
    return client.post(reverse("labelling_api:images", args=[image.dataset_id]), data)


@pytest.mark.parametrize("is_there", [False, True])
def test_a_picture_added_again_puts_its_lost_or_damaged_file_back(client, carol, lost, is_there):
    if is_there:
        default_storage.save(lost.file.name, ContentFile(FILES["b.jpg"][:-1]))
    client.force_login(carol)
    answer = added(client, lost, FILES["b.jpg"])
    assert (answer.status_code, answer.json()["id"]) == (200, lost.pk)
    assert content_of(lost) == FILES["b.jpg"]
    assert lost.boxes.count() == 1
    assert AuditEntry.objects.filter(action="image_restore").exists()


def test_a_picture_whose_file_is_there_is_refused_as_before(client, carol, lost):
    client.force_login(carol)
    answer = added(client, lost, FILES["a.jpg"], name="a.jpg")
    assert (answer.status_code, list(answer.json())) == (400, ["external_id"])


def test_another_picture_under_the_name_of_a_lost_one_is_refused(client, carol, lost):
    client.force_login(carol)
    answer = added(client, lost, jpeg(seed=3), external_id=lost.external_id)
    assert (answer.status_code, list(answer.json())) == (400, ["external_id"])
    assert not default_storage.exists(lost.file.name)
