from datetime import UTC, datetime, timedelta

import pytest

from jobs import snapshot
from jobs.snapshot import job_snapshot

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def _noon(monkeypatch) -> None:
    monkeypatch.setattr(snapshot.timezone, "now", lambda: NOW)


@pytest.mark.usefixtures("_noon")
def test_rate_and_time_left_come_from_this_attempt_alone(make_job):
    # It went on at 30; 20 more in 10 s make 2 a second; 60 - 50 = 10 are left: 5 s.
    job = make_job("running", started_at=NOW - timedelta(seconds=10), done=50, done_at_start=30, total=60)
    shown = job_snapshot(job)
    assert (shown["rate"], shown["seconds_left"]) == (2.0, 5)


@pytest.mark.usefixtures("_noon")
@pytest.mark.parametrize(
    ("state", "done", "total"), [("queued", 5, 10), ("running", 0, 10), ("running", 5, None), ("succeeded", 10, 10)]
)
def test_no_time_left_is_told_when_none_is_known(make_job, state, done, total):
    assert job_snapshot(make_job(state, done=done, total=total))["seconds_left"] is None


def test_the_snapshot_never_holds_the_traceback(make_job):
    job = make_job("failed", failure="Sorry.", traceback="secret path")
    assert "secret path" not in str(job_snapshot(job))


def test_a_running_job_that_was_asked_to_stop_says_so(make_job):
    assert job_snapshot(make_job("running", cancel_requested_at=NOW))["stopping"] is True
    assert job_snapshot(make_job("cancelled", cancel_requested_at=NOW))["stopping"] is False
