import socket
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from jobs.broker import broker_put, broker_repair
from jobs.models import Job
from jobs.recovery import put_back_stopped, recover
from jobs.supervisor.supervision import queues_unserved

pytestmark = pytest.mark.django_db


def ago(seconds: float):
    return timezone.now() - timedelta(seconds=seconds)


def entries() -> list[tuple[int, int]]:
    return [tuple(entry.args()) for entry in OrmQ.objects.order_by("pk")]


def test_only_jobs_without_a_heartbeat_are_queued_again(make_job):
    alive = make_job("running", heartbeat_at=ago(5))
    dead = make_job("running", heartbeat_at=ago(9))
    assert recover() == [dead]
    alive.refresh_from_db()
    dead.refresh_from_db()
    assert (alive.state, alive.attempt) == ("running", 1)
    assert (dead.state, dead.attempt, dead.crashes) == ("queued", 2, 1)


def test_a_dead_job_that_was_asked_to_stop_is_cancelled(make_job):
    job = make_job("running", heartbeat_at=ago(9), cancel_requested_at=ago(8))
    recover()
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_entries_of_attempts_that_are_over_are_dropped(make_job, django_capture_on_commit_callbacks):
    waiting, done = make_job(), make_job("succeeded")
    newer = make_job(attempt=2)
    with django_capture_on_commit_callbacks(execute=True):
        broker_put(waiting)
        broker_put(done)
        broker_put(Job(pk=newer.pk, attempt=1, queue="short"))
    broker_repair()
    assert entries() == [(waiting.pk, 1)]


def test_a_queued_job_that_no_waiting_entry_points_at_gets_one(make_job, django_capture_on_commit_callbacks):
    lost, taken, fresh, waiting = (make_job(queued_at=ago(seconds)) for seconds in (6, 6, 1, 6))
    with django_capture_on_commit_callbacks(execute=True):
        broker_put(taken)
    OrmQ.objects.update(lock=timezone.now() + timedelta(days=1))  # some cluster took it, and may be dead
    with django_capture_on_commit_callbacks(execute=True):
        broker_put(waiting)
    with django_capture_on_commit_callbacks(execute=True):
        assert broker_repair() == 2
    assert sorted(entries()) == sorted([(taken.pk, 1), (taken.pk, 1), (waiting.pk, 1), (lost.pk, 1)])
    assert fresh.pk not in {pk for pk, _attempt in entries()}


def test_repairing_twice_adds_nothing_more(make_job, django_capture_on_commit_callbacks):
    make_job(queued_at=ago(6))
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            broker_repair()
    assert len(entries()) == 1


def test_at_a_shutdown_jobs_of_dead_processes_here_are_put_back_without_a_crash(make_job):
    nobody = 2**22 + 1  # above the largest process id
    here = make_job("running", host=socket.gethostname(), process_group=nobody)
    elsewhere = make_job("running", host="another-machine", process_group=nobody)
    by_command = make_job("running", host=socket.gethostname())
    assert put_back_stopped() == 1
    for job in (here, elsewhere, by_command):
        job.refresh_from_db()
    assert (here.state, here.attempt, here.crashes) == ("queued", 2, 0)
    assert (elsewhere.state, by_command.state) == ("running", "running")


@pytest.mark.parametrize(
    ("others", "unserved"),
    [
        ([], {"short"}),
        ([{"state": "running"}], set()),
        ([{"state": "succeeded"}], set()),  # ended this moment: the next is about to begin
        ([{"state": "succeeded", "started_at": 60, "finished_at": 30}], {"short"}),
        ([{"state": "running", "queue": "training"}], {"short"}),
    ],
)
def test_a_queue_stands_still_when_work_waits_and_nothing_moves(make_job, others, unserved):
    make_job(queued_at=ago(9))
    make_job(queued_at=ago(1), queue="detection")
    for other in others:
        make_job(**{name: ago(value) if isinstance(value, int) else value for name, value in other.items()})
    assert queues_unserved() == unserved
