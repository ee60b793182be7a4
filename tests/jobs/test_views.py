import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertNumQueries


def test_the_list_holds_ones_own_jobs_and_filters_by_state(client, bob, dan, make_job):
    make_job(owner=bob, title="Bob waits")
    make_job("failed", owner=bob, title="Bob failed", failure="The file is no video.")
    make_job(owner=dan, title="Dan waits")
    client.force_login(bob)
    everything = client.get(reverse("jobs:jobs"))
    assertContains(everything, "Bob waits")
    assertContains(everything, "Bob failed")
    assertNotContains(everything, "Dan waits")
    failed = client.get(reverse("jobs:jobs"), {"state": "failed"})
    assertContains(failed, "The file is no video.")
    assertNotContains(failed, "Bob waits")


def test_an_administrator_lists_the_jobs_of_all(client, alice, dan, make_job):
    make_job(owner=dan, title="Dan waits")
    client.force_login(alice)
    assertContains(client.get(reverse("jobs:jobs")), "Dan waits")


def test_the_list_takes_the_same_few_queries_for_any_number_of_jobs(client, alice, bob, make_job):
    for number in range(30):
        make_job("running", owner=bob, title=f"Job {number}", done=number, total=40)
    client.force_login(alice)
    with assertNumQueries(5):  # session, person, count by state, count of pages, rows with owners
        client.get(reverse("jobs:jobs"))


def test_the_bell_counts_ones_own_jobs_in_four_queries(client, bob, dan, make_job):
    make_job(owner=bob, title="Waiting")
    make_job("running", owner=bob, title="Moving")
    make_job("failed", owner=bob, title="Broken")
    make_job("running", owner=dan, title="Of Dan")
    client.force_login(bob)
    with assertNumQueries(4):  # session, person, counts, newest
        bell = client.get(reverse("jobs:bell"))
    assert bell.context["counts"] == {"unfinished": 2, "succeeded": 0, "failed": 1}
    assertNotContains(bell, "Of Dan")


def test_a_job_page_hides_the_traceback_from_its_owner_and_shows_it_to_administrators(client, alice, bob, make_job):
    job = make_job("failed", owner=bob, failure="Sorry.", traceback="ZeroDivisionError")
    client.force_login(bob)
    page = client.get(reverse("jobs:job", args=[job.pk]))
    assertContains(page, "Sorry.")
    assertNotContains(page, "ZeroDivisionError")
    client.force_login(alice)
    assertContains(client.get(reverse("jobs:job", args=[job.pk])), "ZeroDivisionError")


@pytest.mark.parametrize("name", ["job", "snapshot"])
def test_a_foreign_job_is_not_there(client, dan, bob, make_job, name):
    job = make_job(owner=bob)
    client.force_login(dan)
    assert client.get(reverse(f"jobs:{name}", args=[job.pk])).status_code == 404


def test_a_kind_may_show_its_jobs_to_others_who_then_may_not_stop_them(client, bob, dan, make_job):
    job = make_job(owner=dan, kind="tests.open", target_id=7)
    client.force_login(bob)
    assert client.get(reverse("jobs:job", args=[job.pk])).status_code == 200
    assert client.post(reverse("jobs:cancel", args=[job.pk])).status_code == 403
    job.refresh_from_db()
    assert job.state == "queued"


def test_the_owner_cancels_and_resumes(client, bob, make_job):
    job = make_job(owner=bob)
    client.force_login(bob)
    assert client.get(reverse("jobs:cancel", args=[job.pk])).status_code == 405
    client.post(reverse("jobs:cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == "cancelled"
    client.post(reverse("jobs:resume", args=[job.pk]))
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("queued", 2)


def test_resuming_what_was_done_says_why_not(client, bob, make_job):
    job = make_job("succeeded", owner=bob)
    client.force_login(bob)
    page = client.post(reverse("jobs:resume", args=[job.pk]), follow=True)
    assertContains(page, "Only a cancelled or failed job can be resumed.")


def test_the_administration_shows_jobs_and_changes_none(client, alice, make_job):
    job = make_job("failed", failure="Sorry.")
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client.force_login(alice)
    assertContains(client.get(reverse("admin:jobs_job_change", args=[job.pk])), "Sorry.")
    assert client.get(reverse("admin:jobs_job_add")).status_code == 403
    assert client.post(reverse("admin:jobs_job_delete", args=[job.pk]), {"post": "yes"}).status_code == 403


def test_a_job_that_is_done_no_longer_tells_its_last_step(client, bob, make_job):
    done = make_job("succeeded", owner=bob, message="writing the release")
    broken = make_job("failed", owner=bob, message="measuring")
    client.force_login(bob)
    assertNotContains(client.get(reverse("jobs:job", args=[done.pk])), "writing the release")
    assertContains(client.get(reverse("jobs:job", args=[broken.pk])), "measuring")


def test_a_job_that_ended_when_all_but_a_little_was_done_says_what_was_left_out(client, bob, make_job):
    words = {"owner": bob, "message": "All but the trimmings is done."}
    stopped = make_job("succeeded", **words, cancel_requested_at=timezone.now())
    failed = make_job("succeeded", **words, failure="The disk with the data folder is full.")
    whole = make_job("succeeded", **words)
    client.force_login(bob)
    assertContains(client.get(reverse("jobs:job", args=[stopped.pk])), words["message"])
    page = client.get(reverse("jobs:job", args=[failed.pk]))
    assertContains(page, words["message"])
    assertContains(page, "The disk with the data folder is full.")
    assertNotContains(client.get(reverse("jobs:job", args=[whole.pk])), words["message"])
