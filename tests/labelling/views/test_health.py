"""The health page, and the pictures behind what it finds."""

import pytest

from labelling.models import Image
from labelling.services import dataset_create

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
    with django_assert_num_queries(
        9
    ):  # session, person; dataset; images, classes, boxes and likely errors; release, check
        client.get(f"/datasets/{masks.pk}/health/")
    with django_assert_num_queries(9):  # the health without the check, then the pictures of the page and their boxes
        client.get(f"/datasets/{masks.pk}/health/pictures/?finding=negative")
