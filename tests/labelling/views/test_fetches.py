"""The page that reads missing pictures from their addresses, and the API that does the same."""

import pytest
from django.urls import reverse

from jobs.models import Job
from jobs.services import job_run_here
from labelling.models import FETCH_KIND, Image, LabelImport, PictureFetch
from tests.labelling.makers import import_here, jpeg, record
from tests.labelling.web_server import content, serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def web(settings):
    with serving() as server:
        settings.FETCH_HOSTS_ALLOWED = [f"127.0.0.1:{server.port}"]
        yield server


@pytest.fixture
def missing(web):
    """A dataset whose first picture can be had; there are 12 whose address leads to nothing."""
    good = record("good.jpg", **{"Labeled Data": web.give("/good.jpg", jpeg())})
    gone = [record(f"<b>{n}</b>.jpg", **{"Labeled Data": web.give(f"/{n}.jpg", content(b"", 404))}) for n in range(12)]
    return import_here([good, *gone]).dataset


def finished() -> PictureFetch:
    row = PictureFetch.objects.latest("pk")
    job_run_here(kind=FETCH_KIND, title="fetch", owner=None, target_id=row.pk)
    row.refresh_from_db()
    return row


def test_pages_of_pending_images_offer_to_read_them(client, missing, carol):
    client.force_login(carol)
    button = f'action="{reverse("labelling:fetch_add", args=[missing.pk])}"'
    assert button in client.get(f"/datasets/{missing.pk}/").content.decode()
    assert button in client.get(f"/datasets/imports/{LabelImport.objects.get().pk}/").content.decode()
    Image.objects.filter(file="").delete()
    assert button not in client.get(f"/datasets/{missing.pk}/").content.decode()


def test_those_who_only_look_are_not_offered_it(client, missing, bob):
    client.force_login(bob)
    assert (
        reverse("labelling:fetch_add", args=[missing.pk]) not in client.get(f"/datasets/{missing.pk}/").content.decode()
    )


def test_a_fetch_is_queued_and_its_page_shown(client, missing, carol):
    client.force_login(carol)
    answer = client.post(f"/datasets/{missing.pk}/fetches/add/")
    row = PictureFetch.objects.get()
    assert answer.url == f"/datasets/fetches/{row.pk}/"
    assert (row.job.kind, row.job.state, row.job.target_id, row.created_by) == (
        "labelling.fetch",
        Job.State.QUEUED,
        row.pk,
        carol,
    )
    assert f'data-awaited-job="{row.job_id}"' in client.get(answer.url).content.decode()


def test_the_page_tells_what_came_and_why_the_rest_did_not(client, missing, carol, django_assert_max_num_queries):
    client.force_login(carol)
    client.post(f"/datasets/{missing.pk}/fetches/add/")
    row = finished()
    with django_assert_max_num_queries(12):
        page = client.get(f"/datasets/fetches/{row.pk}/").content.decode()
    assert "<strong>1</strong> picture has come" in page
    assert page.count("There is nothing at its address any more (HTTP 404).") == 1
    assert page.count("likewise") == 9
    assert "and 2 more for this reason" in page
    assert "Try again" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page


@pytest.mark.parametrize("allowed", [True, False])
def test_the_page_tells_what_opens_a_private_network(client, missing, carol, settings, allowed):
    client.force_login(carol)
    if not allowed:
        settings.FETCH_HOSTS_ALLOWED = []
    client.post(f"/datasets/{missing.pk}/fetches/add/")
    page = client.get(f"/datasets/fetches/{finished().pk}/").content.decode()
    assert ("is in a private network" in page) is not allowed
    assert ("MASKWEB_FETCH_HOSTS_ALLOWED" in page) is not allowed


@pytest.mark.parametrize("again", [True, False])
def test_a_fetch_that_makes_no_sense_is_refused_with_a_sentence(client, missing, carol, again):
    client.force_login(carol)
    if again:
        client.post(f"/datasets/{missing.pk}/fetches/add/")
    else:
        Image.objects.filter(file="").delete()
    page = client.post(f"/datasets/{missing.pk}/fetches/add/", follow=True).content.decode()
    assert ("are being read already" if again else "No picture of this dataset is missing") in page
    assert PictureFetch.objects.count() == again


def test_the_api_starts_a_fetch_and_tells_what_came_of_it(client, missing, carol):
    client.force_login(carol)
    started = client.post(f"/api/datasets/{missing.pk}/fetches/")
    assert started.status_code == 202
    assert client.post(f"/api/datasets/{missing.pk}/fetches/").status_code == 409
    finished()
    said = client.get(f"/api/fetches/{started.json()['id']}/").json()
    assert said["dataset"] == missing.pk
    assert said["report"]["fetched"] == 1
    assert said["report"]["failed"] == {"not-found": 12}
    assert len(said["report"]["first"]["not-found"]) == 12
    assert said["finished_at"] is not None


def test_a_dataset_is_not_deleted_while_its_pictures_are_read(client, missing, carol):
    client.force_login(carol)
    client.post(f"/api/datasets/{missing.pk}/fetches/")
    assert client.delete(f"/api/datasets/{missing.pk}/").status_code == 409
    finished()
    assert client.delete(f"/api/datasets/{missing.pk}/").status_code == 204
