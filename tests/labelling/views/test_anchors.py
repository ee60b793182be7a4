"""The anchor lab."""

import pytest

from labelling.versions import version_create
from tests.training.makers import make_version

pytestmark = pytest.mark.django_db


def test_anchors_are_found_at_the_net_size_of_the_address(client, masks, carol):
    client.force_login(carol)
    # At 416 the pictures of 40 pixels are 10.4 times as large; the boxes are 5 x 5 and 10 x 12.
    lab = client.get(f"/datasets/{masks.pk}/anchors/?net_size=416&count=2").context["lab"]
    assert [(row.width, row.height) for row in lab.fitted.anchors] == [
        (pytest.approx(52), pytest.approx(52)),
        (pytest.approx(104), pytest.approx(124.8)),
    ]


@pytest.mark.parametrize(
    "query", ["net_size=400&count=2", "net_size=416&count=3", "net_size=x&count=1", "net_size=416&count=2&version=9"]
)
def test_anchors_that_cannot_be_found_are_told(client, masks, carol, query):
    client.force_login(carol)
    answer = client.get(f"/datasets/{masks.pk}/anchors/?{query}")
    assert (answer.status_code, answer.context["lab"], bool(answer.context["form"].errors)) == (200, None, True)


def test_anchors_are_kept_with_a_version(client, carol):
    # The train split holds boxes of (16 + n) x (20 + 2 n) pixels on pictures of 96, tripled at 288.
    version = make_version(train=2, validation=0, test=1)
    client.force_login(carol)
    answer = client.post(
        f"/datasets/{version.dataset_id}/anchors/choose/", {"net_size": 288, "count": 2, "version": version.number}
    )
    version.refresh_from_db()
    assert version.anchors == {"net_size": 288, "seed": 0, "anchors": [[48, 60], [51, 66]], "mean_iou": 1}
    page = client.get(answer.url)
    assert page.context["version"] == version
    assert "Kept with v1" in page.content.decode()


@pytest.mark.parametrize("data", [{"net_size": 416, "count": 2}, {"net_size": 416, "count": 12, "version": 1}])
def test_what_cannot_be_kept_is_told(client, masks, carol, data):
    version = version_create(dataset=masks, by=carol)
    client.force_login(carol)
    answer = client.post(f"/datasets/{masks.pk}/anchors/choose/", data)
    version.refresh_from_db()
    assert (answer.status_code, version.anchors) == (400, {})


def test_the_page_asks_the_same_queries_whatever_the_count(client, masks, carol, django_assert_num_queries):
    version_create(dataset=masks, by=carol)
    client.force_login(carol)
    with django_assert_num_queries(6):  # session, person; dataset; the version; its boxes; the choice of versions
        client.get(f"/datasets/{masks.pk}/anchors/?net_size=416&count=1&version=1")
    with django_assert_num_queries(5):  # session, person; dataset; boxes; the choice of versions
        client.get(f"/datasets/{masks.pk}/anchors/?net_size=416&count=2")
