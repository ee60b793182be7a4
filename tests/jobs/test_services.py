from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import AuditEntry
from jobs.attempts import Attempt, attempt_crashed
from jobs.models import Job
from jobs.reporter import Progress
from jobs.services import JobFailed, job_cancel, job_enqueue, job_resume, job_run_here


def enqueue(owner, kind="tests.short", target_id=1) -> Job:
    return job_enqueue(kind=kind, title="A job", owner=owner, target_id=target_id)


def test_an_enqueued_job_reaches_the_queue_of_its_kind_only_when_committed(bob, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue(bob, kind="tests.lines")
        assert OrmQ.objects.count() == 0
    assert (job.state, job.unit, job.attempt) == ("queued", "lines", 1)
    entry = OrmQ.objects.get()
    assert (entry.key, tuple(entry.args())) == ("detection", (job.pk, 1))


def test_an_unknown_kind_is_refused_with_the_known_names(bob):
    with pytest.raises(LookupError, match=r"tests\.lines"):
        enqueue(bob, kind="tests.nothing")


def test_cancelling_a_queued_job_ends_it_at_once_and_is_on_record(bob):
    job = job_cancel(job=enqueue(bob), by=bob)
    assert job.state == "cancelled"
    assert job.finished_at is not None
    assert AuditEntry.objects.get(action="job_cancel").actor == bob


def test_cancelling_a_running_job_only_asks_it_to_stop(bob):
    job = enqueue(bob)
    Job.objects.update(state="running", started_at=timezone.now(), heartbeat_at=timezone.now())
    job = job_cancel(job=job, by=bob)
    assert job.state == "running"
    assert job.cancel_requested_at is not None


@pytest.mark.parametrize(("target_id", "state"), [(7, "succeeded"), (8, "cancelled")])
def test_a_job_that_is_stopped_after_what_it_is_for_is_there_is_done(bob, target_id, state):
    queued = job_cancel(job=enqueue(bob, kind="tests.whole", target_id=target_id), by=bob)
    died = enqueue(bob, kind="tests.whole", target_id=target_id)
    now = timezone.now()
    Job.objects.filter(pk=died.pk).update(state="running", started_at=now, heartbeat_at=now, cancel_requested_at=now)
    attempt_crashed(Attempt(job_id=died.pk, number=1))  # killed, for it did not stop by itself
    with suppress(JobFailed):
        job_run_here(kind="tests.whole", title="Here", owner=bob, target_id=target_id)
    assert [job.state for job in Job.objects.all()] == [state] * 3
    queued.refresh_from_db()
    assert queued.message == ("All but the trimmings is done." if state == "succeeded" else "")


def test_cancelling_a_finished_job_changes_nothing(bob):
    job = enqueue(bob)
    Job.objects.update(state="succeeded", finished_at=timezone.now())
    assert job_cancel(job=job, by=bob).state == "succeeded"
    assert not AuditEntry.objects.exists()


def test_a_cancelled_job_is_resumed_as_a_new_attempt(bob):
    job = job_resume(job=job_cancel(job=enqueue(bob), by=bob), by=bob)
    assert (job.state, job.attempt, job.finished_at, job.cancel_requested_at) == ("queued", 2, None, None)


def test_a_running_job_is_not_resumed(bob):
    job = enqueue(bob)
    with pytest.raises(ValidationError, match="cancelled or failed"):
        job_resume(job=job, by=bob)


def test_a_job_run_here_reports_each_step_and_keeps_the_last(bob):
    seen: list[Progress] = []
    job = job_run_here(kind="tests.short", title="Here", owner=bob, target_id=3, on_progress=seen.append)
    assert [(step.done, step.total) for step in seen] == [(1, 2), (2, 2)]
    assert (job.state, job.done, job.total, job.message, job.detail) == ("succeeded", 2, 2, "half", {"target": 3})


def test_a_failure_shown_to_people_is_the_sentence_of_the_runner(bob):
    with pytest.raises(JobFailed, match=r"^The file is no video\.$"):
        job_run_here(kind="tests.failing", title="Here", owner=bob, target_id=1)
    job = Job.objects.get()
    assert (job.state, job.failure, job.traceback) == ("failed", "The file is no video.", "")


def test_an_unexpected_error_keeps_its_traceback_for_administrators(bob):
    with pytest.raises(JobFailed, match="went wrong here"):
        job_run_here(kind="tests.broken", title="Here", owner=bob, target_id=1)
    assert "ZeroDivisionError: broken on purpose" in Job.objects.get().traceback
