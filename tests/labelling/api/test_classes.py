"""Programs rename and merge classes."""

import pytest

from labelling.models import Box, BoxClass, BulkChange
from labelling.services import bulk, dataset_create

pytestmark = pytest.mark.django_db


def key(name: str) -> int:
    return BoxClass.objects.get(name=name).pk


def test_a_class_is_found_by_its_dataset_and_renamed(api, masks):
    counts = api.get(f"/api/datasets/{masks.pk}/").json()["class_counts"]
    deer = {each["name"]: each["id"] for each in counts}["deer"]
    answer = api.patch(f"/api/classes/{deer}/", {"name": "roe"}, format="json")
    assert answer.status_code == 200
    assert answer.json() == {"id": deer, "dataset": masks.pk, "name": "roe", "former_names": ["deer"]}
    assert api.get(f"/api/classes/{deer}/").json() == answer.json()


@pytest.mark.parametrize(("name", "why"), [("with_mask", "merge the two"), ("", "blank"), ("x" * 101, "more than 100")])
def test_a_name_that_cannot_be_is_refused(api, masks, name, why):
    answer = api.patch(f"/api/classes/{key('deer')}/", {"name": name}, format="json")
    assert answer.status_code == 400
    assert why in answer.json()["name"][0]


def test_a_class_is_merged(api, masks):
    answer = api.post(f"/api/classes/{key('deer')}/merge/", {"into": key("with_mask")}, format="json")
    assert answer.status_code == 200
    into = {"id": key("with_mask"), "dataset": masks.pk, "name": "with_mask", "former_names": ["deer"]}
    assert answer.json() == {"boxes": 1, "into": into}
    assert Box.objects.filter(box_class__name="with_mask").count() == 2


def test_many_boxes_are_left_to_a_job(api, masks, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_BOXES", 0)
    address, data = f"/api/classes/{key('deer')}/merge/", {"into": key("with_mask")}
    answer = api.post(address, data, format="json")
    row = BulkChange.objects.get()
    assert (answer.status_code, answer.json()["id"], answer.json()["job"]["state"]) == (202, row.pk, "queued")
    assert api.post(address, data, format="json").status_code == 409


def test_only_another_class_of_the_dataset_can_take_the_boxes(api, masks):
    foreign = dataset_create(name="other", by=None).classes.create(name="fox").pk
    for into in (foreign, key("deer"), 9999, "x"):
        answer = api.post(f"/api/classes/{key('deer')}/merge/", {"into": into}, format="json")
        assert answer.status_code == 400
        assert "into" in answer.json()


def test_those_who_only_look_change_nothing(reader, masks):
    assert reader.get(f"/api/classes/{key('deer')}/").status_code == 200
    assert reader.patch(f"/api/classes/{key('deer')}/", {"name": "roe"}, format="json").status_code == 403
    assert reader.post(f"/api/classes/{key('deer')}/merge/", {"into": key("with_mask")}).status_code == 403


def test_a_class_is_added_once(api, masks):
    address = f"/api/datasets/{masks.pk}/classes/"
    answer = api.post(address, {"name": "veil"}, format="json")
    assert answer.status_code == 201
    assert answer.json() == {"id": key("veil"), "dataset": masks.pk, "name": "veil", "former_names": []}
    again = api.post(address, {"name": "Veil"}, format="json")
    assert (again.status_code, again.json()) == (400, {"name": ["There is a class Veil already."]})
