"""Classes are renamed and merged on the page of their dataset."""

import pytest

from labelling.models import Box, BoxClass, BulkChange
from labelling.services import bulk, dataset_create

pytestmark = pytest.mark.django_db


def key(name: str) -> int:
    return BoxClass.objects.get(name=name).pk


def rename(client, dataset, name: str, to: str):
    data = {"rename-box_class": key(name), "rename-name": to}
    return client.post(f"/datasets/{dataset.pk}/classes/rename/", data, follow=True)


def merge(client, dataset, source: str, into: str, **others):
    data = {"merge-source": key(source), "merge-into": key(into), "merge-sure": "on", **others}
    return client.post(f"/datasets/{dataset.pk}/classes/merge/", data, follow=True)


def test_a_class_is_renamed(client, masks, carol):
    client.force_login(carol)
    page = rename(client, masks, "deer", " roe ").content.decode()
    assert "The class is now called roe." in page
    assert Box.objects.filter(box_class__name="roe").count() == 1


def test_a_name_that_is_taken_is_refused_where_it_was_typed(client, masks, carol):
    client.force_login(carol)
    answer = rename(client, masks, "deer", "with_mask")
    assert answer.status_code == 400
    assert "merge the two instead" in answer.content.decode()
    assert '<details class="card-footer" open>' in answer.content.decode()
    assert BoxClass.objects.filter(name="deer").exists()


def test_a_class_is_merged(client, masks, carol):
    client.force_login(carol)
    page = merge(client, masks, "deer", "with_mask").content.decode()
    assert "One box is now with_mask." in page
    assert not BoxClass.objects.filter(name="deer").exists()


@pytest.mark.parametrize(
    ("others", "why"),
    [({"merge-sure": ""}, "This field is required."), ({"merge-into": "9999"}, "Select a valid choice")],
)
def test_without_a_sure_answer_nothing_is_merged(client, masks, carol, others, why):
    client.force_login(carol)
    answer = merge(client, masks, "deer", "with_mask", **others)
    assert answer.status_code == 400
    assert why in answer.content.decode()
    assert BoxClass.objects.filter(name="deer").exists()


def test_a_class_is_not_merged_into_itself(client, masks, carol):
    client.force_login(carol)
    answer = merge(client, masks, "deer", "deer")
    assert (answer.status_code, "into itself" in answer.content.decode()) == (400, True)


def test_many_boxes_are_left_to_a_job_whose_page_opens(client, masks, carol, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_BOXES", 0)
    client.force_login(carol)
    answer = merge(client, masks, "deer", "with_mask")
    row = BulkChange.objects.get()
    assert answer.redirect_chain == [(f"/datasets/bulk/{row.pk}/", 302)]
    assert f'data-awaited-job="{row.job_id}"' in answer.content.decode()
    assert f"/datasets/bulk/{row.pk}/" in client.get(f"/datasets/{masks.pk}/").content.decode()


def test_the_forms_are_for_those_who_manage_datasets(client, masks, carol, dan):
    client.force_login(dan)
    assert "Add, rename or merge classes" not in client.get(f"/datasets/{masks.pk}/").content.decode()
    client.force_login(carol)
    assert "Add, rename or merge classes" in client.get(f"/datasets/{masks.pk}/").content.decode()


def add(client, dataset, name: str):
    return client.post(f"/datasets/{dataset.pk}/classes/add/", {"class-name": name}, follow=True)


def test_a_dataset_without_labels_gets_its_first_classes(client, carol):
    client.force_login(carol)
    dataset = dataset_create(name="new", by=carol)
    assert "Add a class" in client.get(f"/datasets/{dataset.pk}/").content.decode()
    assert "The class veil is there to be drawn." in add(client, dataset, " veil ").content.decode()
    add(client, dataset, "with_mask")
    rows = BoxClass.objects.values_list("name", "position", "colour")
    assert list(rows) == [("with_mask", 0, 2), ("veil", 3, 1)]


@pytest.mark.parametrize(("name", "why"), [("With Mask", "There is a class With Mask already."), ("", "required")])
def test_a_class_that_cannot_be_added_is_refused_where_it_was_typed(client, masks, carol, name, why):
    client.force_login(carol)
    answer = add(client, masks, name)
    assert answer.status_code == 400
    assert why in answer.content.decode()
    assert '<details class="card-footer" open>' in answer.content.decode()
    assert BoxClass.objects.count() == 3


def test_a_class_takes_its_name_back_from_one_that_had_it(client, masks, carol):
    client.force_login(carol)
    rename(client, masks, "deer", "roe")
    add(client, masks, "deer")
    assert not masks.class_aliases.exists()
    assert BoxClass.objects.get(name="deer").boxes.count() == 0
