"""Datasets over the API."""

import pytest
from django.urls import reverse

from labelling.models import Dataset
from labelling.services import dataset_create
from labelling.versions import version_create
from tests.labelling.makers import import_here, jpeg, record

pytestmark = pytest.mark.django_db

DATASETS = reverse("labelling_api:datasets")


def url(dataset: Dataset) -> str:
    return reverse("labelling_api:dataset", args=[dataset.pk])


def test_the_list_tells_what_each_dataset_holds(reader, masks):
    found = reader.get(DATASETS).json()
    assert (found["count"], found["next"]) == (1, None)
    row = found["results"][0]
    assert row["name"] == "masks"
    # a.jpg with two boxes and b.jpg without any are here, c.jpg with one box is not.
    assert (row["images"], row["pending"], row["boxes"], row["newest_version"]) == (2, 1, 3, None)
    assert sorted(row["classes"]) == ["deer", "with_mask", "without_mask"]


def test_the_newest_version_is_named_by_its_id(reader, masks):
    version_create(dataset=masks, by=None)
    newest = version_create(dataset=masks, by=None, seed=1)
    assert reader.get(url(masks)).json()["newest_version"] == newest.pk


def test_the_list_is_filtered_searched_and_ordered(reader):
    for name, description in (("gate", "from the yard"), ("yard", ""), ("street", "")):
        dataset_create(name=name, description=description, by=None)

    def names(**query):
        return [row["name"] for row in reader.get(DATASETS, query).json()["results"]]

    assert names(name="yard") == ["yard"]
    assert names(search="YARD") == ["gate", "yard"]
    assert names() == ["gate", "street", "yard"]
    assert names(ordering="-name") == ["yard", "street", "gate"]


def test_the_list_takes_as_many_queries_for_twenty_datasets_as_for_one(reader, django_assert_num_queries):
    for number in range(20):
        dataset = dataset_create(name=f"set {number}", by=None)
        import_here([record("a.jpg")], {"a.jpg": jpeg()}, dataset=dataset)
    # Token, its use, how many, the datasets, their classes.
    with django_assert_num_queries(5):
        assert len(reader.get(DATASETS).json()["results"]) == 20


def test_a_dataset_is_made_changed_and_deleted(api, carol):
    made = api.post(DATASETS, {"name": " gate ", "description": "mornings"}, format="json")
    assert made.status_code == 201
    dataset = Dataset.objects.get()
    assert (dataset.name, dataset.description, dataset.created_by) == ("gate", "mornings", carol)
    changed = api.patch(url(dataset), {"name": "yard"}, format="json")
    assert (changed.status_code, changed.json()["name"], changed.json()["description"]) == (200, "yard", "mornings")
    assert api.delete(url(dataset)).status_code == 204
    assert not Dataset.objects.exists()


def test_one_dataset_tells_the_boxes_and_images_of_each_class(reader, masks):
    counts = {row["name"]: (row["boxes"], row["images"]) for row in reader.get(url(masks)).json()["class_counts"]}
    assert counts == {"with_mask": (1, 1), "without_mask": (1, 1), "deer": (1, 1)}


@pytest.mark.parametrize(("sent", "field"), [({}, "name"), ({"name": ""}, "name"), ({"name": "masks"}, "name")])
def test_a_dataset_that_cannot_be_is_refused_at_its_field(api, masks, sent, field):
    answer = api.post(DATASETS, sent, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert Dataset.objects.count() == 1


def test_a_dataset_stays_while_a_version_holds_it(api, masks):
    version_create(dataset=masks, by=None)
    answer = api.delete(url(masks))
    assert answer.status_code == 409
    assert answer.json() == {"detail": "Versions of this dataset have been frozen; it stays as long as they do."}
    assert Dataset.objects.exists()


def test_who_only_looks_changes_nothing(reader, masks):
    assert reader.post(DATASETS, {"name": "gate"}, format="json").status_code == 403
    assert reader.patch(url(masks), {"name": "gate"}, format="json").status_code == 403
    assert reader.delete(url(masks)).status_code == 403
    assert Dataset.objects.get().name == "masks"


def test_a_session_writes_only_with_the_token_of_a_form(client, carol):
    client = type(client)(enforce_csrf_checks=True)
    client.force_login(carol)
    assert client.get(DATASETS).status_code == 200
    assert client.post(DATASETS, {"name": "gate"}).status_code == 403
    assert not Dataset.objects.exists()
