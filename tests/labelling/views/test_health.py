"""The health page, and the pictures behind what it finds."""

import pytest

from labelling.models import Image, Opinion
from labelling.services import dataset_create
from releases.models import ModelRelease
from tests.detection.makers import make_release

pytestmark = pytest.mark.django_db


def test_each_finding_opens_its_pictures(client, masks, carol):
    client.force_login(carol)
    page = client.get(f"/datasets/{masks.pk}/health/").content.decode()
    assert f"/datasets/{masks.pk}/health/pictures/?finding=negative" in page
    assert "finding=overlapping" not in page  # there are none
    pictures = client.get(f"/datasets/{masks.pk}/health/pictures/?finding=negative")
    assert [image.external_id for image in pictures.context["images"]] == ["b.jpg"]
    assert f"/datasets/images/{Image.objects.get(external_id='b.jpg').pk}/" in pictures.content.decode()


def test_a_finding_without_pictures_says_so(client, masks, carol):
    client.force_login(carol)
    page = client.get(f"/datasets/{masks.pk}/health/pictures/?finding=overlapping").content.decode()
    assert "No picture has this" in page


@pytest.mark.parametrize("query", ["", "?finding=x"])
def test_what_is_no_finding_leads_to_the_health_page(client, masks, carol, query):
    client.force_login(carol)
    assert client.get(f"/datasets/{masks.pk}/health/pictures/{query}").url == f"/datasets/{masks.pk}/health/"


def test_an_empty_dataset_tells_what_to_do(client, carol):
    client.force_login(carol)
    empty = dataset_create(name="empty", by=carol)
    assert "No labelled picture yet" in client.get(f"/datasets/{empty.pk}/health/").content.decode()


def test_the_queries_are_few(client, masks, carol, django_assert_num_queries):
    client.force_login(carol)
    with django_assert_num_queries(8):  # session, person; dataset; images, classes, boxes, doubts; release
        client.get(f"/datasets/{masks.pk}/health/")
    with django_assert_num_queries(9):  # the health without the check, then the pictures of the page and their boxes
        client.get(f"/datasets/{masks.pk}/health/pictures/?finding=negative")


@pytest.fixture
def active(db) -> ModelRelease:
    make_release()
    ModelRelease.objects.update(is_active=True)
    return ModelRelease.objects.get()


def doubt(kind: str, label: str, said: str, score: float) -> dict:
    return {"kind": kind, "class": label, "said": said, "score": score, "xyxy": [1, 2, 3, 4]}


def test_likely_label_errors_come_strongest_first_with_their_reasons(client, masks, carol, active):
    client.force_login(carol)
    weak, strong = Image.objects.get(external_id="a.jpg"), Image.objects.get(external_id="b.jpg")
    doubts = [doubt("class", "with_mask", "without_mask", 0.51), doubt("extra", "deer", "", 0.2)]
    Opinion.objects.create(image=weak, release=active, disagreement=0.51, doubts=doubts)
    missing = [doubt("missing", "", "with_mask", 0.93)]
    Opinion.objects.create(image=strong, release=active, disagreement=0.93, doubts=missing)
    answer = client.get(f"/datasets/{masks.pk}/health/pictures/?finding=doubted")
    assert [image.external_id for image in answer.context["images"]] == ["b.jpg", "a.jpg"]
    page = answer.content.decode()
    assert f"/datasets/images/{strong.pk}/?state=disagrees&amp;order=disagreement" in page
    for words in (
        "with_mask without a box (0.93)",
        "labelled with_mask, looks like without_mask (0.51)",
        "nothing seen in a box of deer (0.20)",
    ):
        assert page.count(words) == 1


def test_slight_doubts_other_releases_and_unlabelled_pictures_do_not_count(client, masks, carol, active):
    client.force_login(carol)
    image, unlabelled = Image.objects.get(external_id="a.jpg"), Image.objects.get(external_id="b.jpg")
    Image.objects.filter(pk=unlabelled.pk).update(labelled=False)
    values = {"network": "yolov3-slim", "net_size": 416, "classes": ["with_mask"], "folder": "old"}
    old = ModelRelease.objects.create(name="old", sha256="1" * 64, **values)
    Opinion.objects.create(image=image, release=active, disagreement=0.49)
    Opinion.objects.create(image=image, release=old, disagreement=0.9)
    Opinion.objects.create(image=unlabelled, release=active, disagreement=0.9)
    page = client.get(f"/datasets/{masks.pk}/health/").content.decode()
    assert "finding=doubted" not in page
    assert "1 picture checked with slim" in page


def test_the_page_says_that_the_labels_were_never_checked(client, masks, carol, active):
    client.force_login(carol)
    page = client.get(f"/datasets/{masks.pk}/health/").content.decode()
    assert "Never checked with the active model, slim." in page
    assert "not checked" in page


def test_without_an_active_model_no_check_is_offered(client, masks, carol):
    client.force_login(carol)
    page = client.get(f"/datasets/{masks.pk}/health/").content.decode()
    assert "No model is active." in page
    assert "prelabels/add" not in page
