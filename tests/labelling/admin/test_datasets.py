"""Datasets in the administration: filled, frozen and handed on."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from labelling.models import Dataset, DatasetVersion, Image, LabelImport
from labelling.services import splits
from labelling.versions import version_create
from tests.labelling.admin.conftest import act
from tests.labelling.makers import bbox, record

pytestmark = pytest.mark.django_db


def export_file(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("new.json", content or json.dumps([record("z.jpg", [bbox("face", 1, 1, 9, 9)])]).encode())


def test_an_export_is_imported_from_there(manager, masks):
    answer = manager.post(f"/admin/labelling/dataset/{masks.pk}/import/", {"export": export_file(), "dry_run": "on"})
    row = LabelImport.objects.get(export_name="new.json")
    assert (answer.url, row.dry_run, row.dataset) == (f"/datasets/imports/{row.pk}/", True, masks)


def test_a_mapping_that_is_none_is_refused_at_its_field(manager, masks):
    data = {"export": export_file(), "class_map": "no mapping"}
    answer = manager.post(f"/admin/labelling/dataset/{masks.pk}/import/", data)
    assert answer.status_code == 400
    assert "Line 1 is not NAME = CLASS" in answer.content.decode()
    assert LabelImport.objects.count() == 1


def test_what_the_service_refuses_is_told_on_the_form(manager, masks, monkeypatch):
    from django.core.exceptions import ValidationError

    def refuse(**_others):
        raise ValidationError("Another import is under way.")

    monkeypatch.setattr("labelling.admin.datasets.import_start", refuse)
    answer = manager.post(f"/admin/labelling/dataset/{masks.pk}/import/", {"export": export_file()})
    assert (answer.status_code, "Another import is under way." in answer.content.decode()) == (400, True)


def test_a_version_is_exported_from_there(engineer, masks):
    version_create(dataset=masks, by=None)
    Image.objects.filter(external_id="b.jpg").update(labelled=False)
    data = {"export_format": "coco", "version": "1"}
    answer = engineer.post(f"/admin/labelling/dataset/{masks.pk}/export/", data)
    names = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()
    assert sum(name.endswith(".jpg") for name in names) == 2


def test_a_version_is_frozen_from_there(manager, masks, carol):
    page = manager.post(f"/admin/labelling/dataset/{masks.pk}/freeze/", {"note": "first", "seed": "3"}, follow=True)
    version = DatasetVersion.objects.get()
    assert (version.note, version.seed, version.created_by) == ("first", 3, carol)
    assert "Version 1 is frozen." in page.content.decode()


def test_a_dataset_without_boxes_is_not_frozen_and_says_why(manager):
    empty = Dataset.objects.create(name="empty")
    page = manager.post(f"/admin/labelling/dataset/{empty.pk}/freeze/", {"note": "", "seed": "0"})
    assert "nothing to freeze" in page.content.decode()


def test_the_test_split_is_locked_and_unlocked_in_the_list_of_versions(manager, masks, carol):
    splits.images_fix_split(images=Image.objects.filter(external_id="b.jpg"), split="test", by=carol)
    version = version_create(dataset=masks, by=carol)
    act(manager, "datasetversion", "lock_test", [version.pk])
    assert Dataset.objects.get().locked_test == version
    act(manager, "datasetversion", "unlock_test", [version.pk])
    assert Dataset.objects.get().locked_test is None


def test_two_versions_of_a_dataset_are_not_locked_at_once(manager, masks, carol):
    both = [version_create(dataset=masks, by=carol).pk, version_create(dataset=masks, by=carol).pk]
    assert "Choose one version" in act(manager, "datasetversion", "lock_test", both).content.decode()
    assert Dataset.objects.get().locked_test is None
