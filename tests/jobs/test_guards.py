"""An attempt that was given up for dead, and is not, does no harm: that is what the guard is for."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from jobs import kinds, tasks
from jobs.attempts import Attempt, attempt_beat, attempt_claim, attempt_crashed, attempt_end
from jobs.models import Job, JobQuerySet
from jobs.recovery import recover
from jobs.reporter import JobCancelled, JobLost, Progress, Reporter
from jobs.running import attempt_run
from tests.jobs.kinds import SHORT
from tests.jobs.runners import ACTION, CHUNK, CHUNKS

pytestmark = pytest.mark.django_db


def lines_after_a_sleeper_wakes(job: Job, *, at_chunk: int) -> list[int]:
    """The first attempt falls asleep before a chunk, is replaced by a second one that finishes, and wakes."""

    def fall_asleep(progress: Progress) -> None:
        if progress.message != f"between {at_chunk}" or Job.objects.get().attempt == 2:
            return
        Job.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=60))
        assert [row.pk for row in recover()] == [job.pk]
        second = Attempt(job.pk, 2)
        assert attempt_claim(second, process_group=None)
        attempt_run(second)
        assert Job.objects.get().state == "succeeded"

    first = Attempt(job.pk, 1)
    assert attempt_claim(first, process_group=None)
    attempt_run(first, on_progress=fall_asleep)
    rows = AuditEntry.objects.filter(action=ACTION, target_id=job.target_id)
    return sorted(row.detail["line"] for row in rows)


def test_a_sleeper_that_wakes_doubles_nothing_and_leaves_the_outcome_alone(make_job):
    job = make_job(kind="tests.lines", queue="detection")
    assert lines_after_a_sleeper_wakes(job, at_chunk=3) == list(range(CHUNK * CHUNKS))
    job.refresh_from_db()
    assert (job.state, job.attempt, job.done) == ("succeeded", 2, 40)


def test_without_the_guard_the_sleeper_would_double_what_it_missed(make_job, monkeypatch):
    monkeypatch.setattr(JobQuerySet, "held_by", lambda self, *, pk, attempt: self.filter(pk=pk))
    job = make_job(kind="tests.lines", queue="detection")
    lines = lines_after_a_sleeper_wakes(job, at_chunk=3)
    # Chunks 3 to 7, that is lines 15 to 39, were written by both.
    assert lines == sorted([*range(40), *range(15, 40)])


def test_of_two_claims_one_wins(make_job):
    job = make_job()
    claims = [attempt_claim(Attempt(job.pk, 1), process_group=number) for number in (11, 12)]
    assert claims == [True, False]
    assert Job.objects.get().process_group == 11


def test_an_outdated_attempt_cannot_claim_beat_or_end(make_job):
    job = make_job("running", attempt=2)
    outdated = Attempt(job.pk, 1)
    assert not attempt_claim(outdated, process_group=None)
    assert not attempt_beat(outdated)
    assert not attempt_end(outdated, state=Job.State.FAILED, failure="too late")
    job.refresh_from_db()
    assert (job.state, job.failure) == ("running", "")


def test_a_lost_attempt_writes_nothing_at_its_safe_point(make_job):
    job = make_job("running", attempt=2)
    with pytest.raises(JobLost), Reporter(Attempt(job.pk, 1)).safe_point():
        AuditEntry.objects.create(action=ACTION)
    assert not AuditEntry.objects.exists()


def test_an_attempt_asked_to_stop_learns_it_at_its_next_progress(make_job):
    job = make_job("running", cancel_requested_at=timezone.now())
    reporter = Reporter(Attempt(job.pk, 1))
    assert reporter.should_stop()
    with pytest.raises(JobCancelled):
        reporter.progress(done=1)


def test_an_error_within_a_safe_point_takes_everything_in_it_back(make_job):
    job = make_job("running")
    reporter = Reporter(Attempt(job.pk, 1))
    with pytest.raises(ZeroDivisionError), reporter.safe_point():
        AuditEntry.objects.create(action=ACTION)
        raise ZeroDivisionError
    assert not AuditEntry.objects.exists()


def test_progress_is_written_at_most_five_times_a_second(make_job, django_assert_num_queries):
    reporter = Reporter(Attempt(make_job("running").pk, 1))
    with django_assert_num_queries(1):
        for number in range(100):
            reporter.progress(done=number)
    assert reporter.unwritten() == {"done": 99}


def test_a_job_that_dies_too_often_fails_with_a_sentence(make_job):
    job = make_job("running", kind="tests.lines", crashes=3)  # the fourth is the last
    attempt_crashed(Attempt(job.pk, 1))
    job.refresh_from_db()
    assert (job.state, job.crashes) == ("failed", 4)
    assert job.failure == "It was interrupted 4 times and is not tried again. What was finished is kept."


def test_a_job_that_dies_while_asked_to_stop_is_cancelled(make_job):
    job = make_job("running", cancel_requested_at=timezone.now())
    attempt_crashed(Attempt(job.pk, 1))
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_job_that_dies_of_memory_again_and_again_says_what_may_help(make_job, monkeypatch):
    monkeypatch.setitem(kinds._kinds, "tests.short", replace(SHORT, if_it_dies="A smaller batch needs less."))
    job = make_job("running", crashes=2)
    attempt_crashed(Attempt(job.pk, 1), out_of_memory=True)
    job.refresh_from_db()
    assert (job.state, job.crashes) == ("failed", 3)
    assert job.failure == (
        "The system ended it because memory ran out; interrupted 3 times, it is not tried again. "
        "What was finished is kept. A smaller batch needs less."
    )


def test_a_job_that_dies_too_often_when_what_it_is_for_is_there_counts_as_done(make_job):
    job = make_job("running", kind="tests.whole", crashes=2, target_id=7)
    attempt_crashed(Attempt(job.pk, 1))
    job.refresh_from_db()
    assert (job.state, job.crashes, job.message) == ("succeeded", 3, "All but the trimmings is done.")
    assert job.failure.startswith("It was interrupted 3 times")


def test_deaths_before_a_landmark_no_longer_count(make_job):
    job = make_job("running", crashes=2)
    attempt = Attempt(job.pk, 1)
    with Reporter(attempt).safe_point():
        pass
    assert Job.objects.get().crashes == 2
    with Reporter(attempt).safe_point(landmark=True):
        pass
    attempt_crashed(attempt)
    job.refresh_from_db()
    assert (job.state, job.crashes, job.attempt) == ("queued", 1, 2)


@pytest.mark.parametrize(
    ("status", "killed", "sentence"),
    [(-9, 1, "memory ran out"), (-9, 0, "It was interrupted 3 times"), (1, 1, "It was interrupted 3 times")],
)
def test_the_kernels_count_tells_a_death_of_memory_from_another(make_job, monkeypatch, status, killed, sentence):
    job = make_job(crashes=2)
    counts = iter([5, 5 + killed])
    monkeypatch.setattr(tasks, "memory_kills", lambda: next(counts, 5))
    process = SimpleNamespace(pid=0, returncode=status, wait=lambda seconds: status)
    monkeypatch.setattr(tasks, "process_start", lambda attempt: process)
    monkeypatch.setattr(tasks, "group_end", lambda group, attempt: 0)
    tasks.job_start(job.pk, 1)
    job.refresh_from_db()
    assert job.state == "failed"
    assert sentence in job.failure
