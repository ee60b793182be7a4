"""The lists and pages of the administration of datasets, as a data-set manager uses them."""

import pytest

from accounts.models import AuditEntry
from labelling.models import Box, BoxChange, Dataset, Image, LabelImport
from labelling.versions import version_create
from tests.labelling.makers import bbox, import_here, record

pytestmark = pytest.mark.django_db

TABLES = ("dataset", "boxclass", "image", "box", "labelimport", "datasetversion")


@pytest.mark.parametrize("table", TABLES)
def test_lists_can_be_searched_and_take_the_same_queries_for_many_rows(
    manager, masks, table, django_assert_max_num_queries
):
    version_create(dataset=masks, by=None)
    address = f"/admin/labelling/{table}/?q=a"
    with django_assert_max_num_queries(40) as few:
        assert manager.get(address).status_code == 200
    import_here([record(f"{i}a.jpg", [bbox("deer a", 0, 0, 5, 5)] * 2) for i in range(9)], dataset=masks)
    version_create(dataset=masks, by=None)
    with django_assert_max_num_queries(len(few)):
        manager.get(address)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_has_a_page(manager, masks, table):
    version_create(dataset=masks, by=None)
    pk = {each.model._meta.model_name: each.first().pk for each in rows()}[table]
    assert manager.get(f"/admin/labelling/{table}/{pk}/change/").status_code == 200


def rows():
    from labelling import models

    return [
        model.objects.all()
        for model in (models.Dataset, models.BoxClass, Image, Box, LabelImport, models.DatasetVersion)
    ]


@pytest.mark.parametrize("table", ["labelimport", "datasetversion"])
def test_what_is_frozen_can_only_be_looked_at(manager, masks, table):
    version_create(dataset=masks, by=None)
    pk = {each.model._meta.model_name: each.first().pk for each in rows()}[table]
    assert manager.post(f"/admin/labelling/{table}/{pk}/change/", {"note": "x"}).status_code == 403
    assert manager.post(f"/admin/labelling/{table}/{pk}/delete/", {"post": "yes"}).status_code == 403
    assert manager.get(f"/admin/labelling/{table}/add/").status_code == 403


def test_a_dataset_is_added_and_renamed_through_the_services(manager, carol):
    manager.post("/admin/labelling/dataset/add/", {"name": "faces", "description": ""})
    added = Dataset.objects.get()
    manager.post(f"/admin/labelling/dataset/{added.pk}/change/", {"name": "heads", "description": ""})
    assert (Dataset.objects.get().name, Dataset.objects.get().created_by) == ("heads", carol)
    kept = AuditEntry.objects.filter(target_id=str(added.pk)).values_list("action", flat=True)
    assert set(kept) >= {"dataset_create", "dataset_change"}


def test_a_dataset_goes_unless_a_version_holds_it(manager, masks):
    version = version_create(dataset=masks, by=None)
    manager.post(f"/admin/labelling/dataset/{masks.pk}/delete/", {"post": "yes"})
    assert Dataset.objects.exists()
    version.delete()
    manager.post(f"/admin/labelling/dataset/{masks.pk}/delete/", {"post": "yes"})
    assert not Dataset.objects.exists()
    assert AuditEntry.objects.filter(action="dataset_delete").exists()


def test_a_box_is_changed_within_its_picture(manager, masks):
    box = Box.objects.first()
    address = f"/admin/labelling/box/{box.pk}/change/"
    values = {"box_class": box.box_class_id, "x_min": 1, "y_min": 1, "x_max": 41, "y_max": 20}
    assert "reaches out of its picture" in manager.post(address, values).content.decode()
    assert manager.post(address, {**values, "x_max": 30}).status_code == 302
    assert Box.objects.get(pk=box.pk).xyxy == (1, 1, 30, 20)


def test_boxes_and_images_are_deleted_through_the_services(manager, masks):
    for table, pk in (("box", Box.objects.first().pk), ("image", Image.objects.last().pk)):
        manager.post(f"/admin/labelling/{table}/{pk}/delete/", {"post": "yes"})
    assert BoxChange.objects.get(source=BoxChange.Source.ADMIN).kind == BoxChange.Kind.DELETED
    assert AuditEntry.objects.filter(action="image_delete").exists()


def test_the_import_action_leads_to_the_form(manager, masks):
    answer = manager.post("/admin/labelling/dataset/", {"action": "import_export", "_selected_action": [masks.pk]})
    assert answer.url == f"/admin/labelling/dataset/{masks.pk}/import/"


def test_pictures_are_shown_with_their_boxes(manager, masks):
    page = manager.get("/admin/labelling/image/").content.decode()
    assert page.count('<svg class="mw-picture"') == 2
    assert page.count("<rect") == 2


def test_a_viewer_has_no_business_there(client, masks, charlie):
    client.force_login(charlie)
    assert client.get("/admin/labelling/dataset/").status_code == 302
