"""Many images chosen in the gallery are changed by a job, and its page says what became of them."""

import pytest

from jobs.services import job_run_here
from labelling.models import BULK_KIND, BulkChange, Image
from labelling.services import bulk
from labelling.versions import version_create

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Two images are many."""
    monkeypatch.setattr(bulk, "MOST_IMAGES", 1)


def do(client, dataset, action: str, **others):
    return client.post(
        f"/datasets/{dataset.pk}/images/do/", {"action": action, "everything": "yes", **others}, follow=True
    )


@pytest.mark.parametrize(
    ("action", "others", "what", "changed", "told"),
    [
        ("label", {}, "Mark as labelled", 0, "images changed"),
        ("unlabel", {}, "Mark as not labelled", 3, "images changed"),
        ("test", {}, "Put into test", 3, "images changed"),
        ("free", {}, "Let new versions deal out the images", 3, "images changed"),
        ("delete", {"confirmed": "yes"}, "Delete images", 3, "images deleted"),
    ],
)
def test_all_that_fit_are_changed_by_a_job(client, masks, carol, action, others, what, changed, told):
    client.force_login(carol)
    before = list(Image.objects.values_list("labelled", "fixed_split"))
    answer = do(client, masks, action, **others)
    row = BulkChange.objects.get()
    assert answer.redirect_chain == [(f"/datasets/bulk/{row.pk}/", 302)]
    assert list(Image.objects.values_list("labelled", "fixed_split")) == before
    job_run_here(kind=BULK_KIND, title="bulk", owner=None, target_id=row.pk)
    page = client.get(f"/datasets/bulk/{row.pk}/").content.decode()
    assert f"<strong>{changed}</strong> {told}" in page
    assert what in page
    assert row.job.title == f"masks · {what}"


def test_deleting_is_confirmed_before_it_is_started(client, masks, carol):
    client.force_login(carol)
    assert "This cannot be undone." in do(client, masks, "delete").content.decode()
    assert not BulkChange.objects.exists()


def test_where_a_version_holds_one_nothing_is_started(client, masks, carol):
    version_create(dataset=masks, by=carol)
    client.force_login(carol)
    assert "frozen in a version" in do(client, masks, "delete", confirmed="yes").content.decode()
    assert (Image.objects.count(), BulkChange.objects.count()) == (3, 0)


def test_a_change_that_was_stopped_says_what_it_has_done(client, masks, carol):
    client.force_login(carol)
    do(client, masks, "unlabel")
    row = BulkChange.objects.get()
    client.post(f"/jobs/{row.job_id}/cancel/")
    BulkChange.objects.update(report={"done": 2, "changed": 1, "total": 3})
    page = client.get(f"/datasets/bulk/{row.pk}/").content.decode()
    assert "What it changed stays" in page
    assert "<strong>1</strong> image changed" in page
    assert "2 of 3" in page
