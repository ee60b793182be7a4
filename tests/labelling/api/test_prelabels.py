"""Pre-labellings over the API."""

import pytest
from django.urls import reverse

from labelling.models import Image, PreLabel
from labelling.services import dataset_create
from releases.models import ModelRelease
from tests.detection.makers import make_release
from tests.labelling.api.test_boxes import as_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(carol):
    return as_person(carol)


@pytest.fixture(autouse=True)
def active(db) -> ModelRelease:
    make_release()
    ModelRelease.objects.update(is_active=True)
    return ModelRelease.objects.get()


def list_url(dataset) -> str:
    return reverse("labelling_api:prelabels", args=[dataset.pk])


def test_a_release_is_started_over_all_pictures(api, masks):
    answer = api.post(list_url(masks), {}, format="json")
    row = PreLabel.objects.get()
    said = answer.json()
    assert (answer.status_code, row.image_keys, said["id"], said["release"]) == (202, None, row.pk, "slim")
    assert (said["least_score"], said["proposes"], said["report"], said["job"]["state"]) == (0.5, True, {}, "queued")


def test_images_and_release_can_be_named(api, masks):
    image = Image.objects.get(external_id="b.jpg")
    wishes = {"images": [image.pk], "release": "slim", "least_score": 0.25, "proposes": False}
    assert api.post(list_url(masks), wishes, format="json").status_code == 202
    row = PreLabel.objects.get()
    assert (row.image_keys, row.least_score, row.proposes) == ([image.pk], 0.25, False)


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"images": [999999]}, "images"),
        ({"images": []}, "images"),
        ({"images": ["x"]}, "images"),
        ({"images": [2**63]}, "images"),
        ({"release": "no such"}, "release"),
        ({"least_score": 2}, "least_score"),
        ({"least_score": "nan"}, "least_score"),
        ({"proposes": "maybe"}, "proposes"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_by_its_field(api, masks, wishes, field):
    answer = api.post(list_url(masks), wishes, format="json")
    assert (answer.status_code, list(answer.json()), PreLabel.objects.count()) == (400, [field], 0)


def test_an_image_of_another_dataset_is_none_of_this_one(api, masks, carol):
    other = dataset_create(name="other", by=carol)
    answer = api.post(list_url(other), {"images": [Image.objects.get(external_id="a.jpg").pk]}, format="json")
    assert answer.status_code == 400


def test_what_cannot_be_done_now_is_a_conflict(api, masks):
    pending = Image.objects.get(external_id="c.jpg")
    answer = api.post(list_url(masks), {"images": [pending.pk]}, format="json")
    assert (answer.status_code, answer.json()["detail"]) == (409, "None of these images has its picture yet.")
    assert api.post(list_url(masks), {}, format="json").status_code == 202
    assert "under way" in api.post(list_url(masks), {}, format="json").json()["detail"]


def test_one_tells_its_report_and_the_list_holds_the_newest_first(api, masks, active):
    PreLabel.objects.create(dataset=masks, release=active)
    newest = PreLabel.objects.create(dataset=masks, release=active, report={"images": 3, "last_key": 7})
    said = api.get(reverse("labelling_api:prelabel", args=[newest.pk])).json()
    assert (said["report"], said["job"]) == ({"images": 3}, None)
    listed = api.get(list_url(masks)).json()
    assert (listed["count"], listed["results"][0]["id"]) == (2, newest.pk)


def test_the_list_takes_the_same_queries_for_many(api, masks, active, django_assert_max_num_queries):
    PreLabel.objects.create(dataset=masks, release=active)
    with django_assert_max_num_queries(10) as few:
        api.get(list_url(masks))
    PreLabel.objects.bulk_create(PreLabel(dataset=masks, release=active) for _number in range(5))
    with django_assert_max_num_queries(len(few)):
        api.get(list_url(masks))
