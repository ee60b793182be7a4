"""SIGKILL in every state of a job, on a real server. Each line is there exactly once at the end.

Why these numbers hold is shown in test_guards.py, which takes the guard out and sees lines doubled.
"""

import random
import time

import psutil
import pytest

from tests.jobs.runners import CHUNK, CHUNKS
from tests.jobs.site import EVERY_LINE_ONCE, PAUSE, Site, still_alive, wait_for

pytestmark = pytest.mark.slow
NOTICED_WITHIN = 15.0


def job_process(site: Site, pk: int) -> psutil.Process:
    """The leader of the job's own process group, as soon as it is known."""

    def found() -> psutil.Process | None:
        row = site.job(pk)
        leaders = [process for process in psutil.process_iter() if process.pid == row["process_group"]]
        return leaders[0] if leaders and "run_job" in leaders[0].cmdline() else None

    return wait_for(f"the process of job {pk}", found, seconds=20)


def ended_well(site: Site, pk: int, target: int, *, attempt: int, crashes: int) -> None:
    row = site.wait_for_job(pk, state="succeeded", seconds=40)
    assert (row["attempt"], row["crashes"], row["done"]) == (attempt, crashes, len(EVERY_LINE_ONCE))
    assert site.lines(target) == EVERY_LINE_ONCE


def killed_and_noticed(site: Site, pk: int, *, attempt: int) -> None:
    """Kill the job's process; soon the next attempt is on the row."""
    job_process(site, pk).kill()
    site.wait_for_job(pk, attempt=attempt + 1, crashes=attempt, seconds=NOTICED_WITHIN)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_job_killed_while_starting_between_chunks_and_in_a_chunk_goes_on_from_its_safe_point(site, seed):
    chance = random.Random(seed)
    first, second = sorted(chance.sample(range(1, CHUNKS - 1), 2))
    target = 100 + seed
    pk = site.enqueue("tests.lines", target)

    job_process(site, pk)
    assert site.job(pk)["message"] == "", "it has not begun"
    killed_and_noticed(site, pk, attempt=1)
    assert site.lines(target) == []

    site.wait_for_job(pk, attempt=2, message=f"between {first}")
    time.sleep(chance.uniform(0, 0.5) * PAUSE)
    killed_and_noticed(site, pk, attempt=2)
    kept = site.lines(target)
    assert kept == EVERY_LINE_ONCE[: len(kept)]
    assert len(kept) >= first * CHUNK
    assert len(kept) % CHUNK == 0, "no part of a chunk is kept"

    site.wait_for_job(pk, attempt=3, message=f"between {second}")
    time.sleep(PAUSE + chance.uniform(0.2, 0.6) * PAUSE)
    killed_and_noticed(site, pk, attempt=3)
    ended_well(site, pk, target, attempt=4, crashes=3)


class Breakages:
    """Three things that only the supervisor's rounds notice, broken at one time, each in a queue of its own."""

    def __init__(self, site: Site) -> None:
        self.orphan = site.enqueue("tests.lines", 300)
        process = job_process(site, self.orphan)
        site.wait_for_job(self.orphan, message="between 3")
        site.idle_worker("training").kill()
        self.unserved = site.enqueue("tests.quiet", 301)
        self.lost = site.enqueue("tests.pair", 302, entries=0)
        psutil.Process(process.ppid()).kill()
        self.broken_at = time.monotonic()
        process.wait(timeout=10)  # it died with its worker

    def seconds_left(self) -> float:
        return NOTICED_WITHIN - (time.monotonic() - self.broken_at)


@pytest.fixture(scope="module")
def breakages(site) -> Breakages:
    return Breakages(site)


def test_a_job_whose_worker_is_killed_dies_with_it_and_runs_again(site, breakages):
    site.wait_for_job(breakages.orphan, attempt=2, seconds=breakages.seconds_left())
    ended_well(site, breakages.orphan, 300, attempt=2, crashes=1)


def test_a_queue_whose_idle_worker_is_killed_is_served_again(site, breakages):
    ended_well(site, breakages.unserved, 301, attempt=1, crashes=0)
    assert "training queue stands still" in site.printed()


def test_a_job_whose_broker_entry_is_lost_runs_all_the_same(site, breakages):
    ended_well(site, breakages.lost, 302, attempt=1, crashes=0)


def test_a_job_that_is_delivered_thrice_to_two_workers_runs_once(site):
    pk = site.enqueue("tests.pair", 400, entries=3)
    ended_well(site, pk, 400, attempt=1, crashes=0)


def test_everything_but_the_database_killed_leaves_no_process_and_goes_on_at_the_next_start(site):
    pk = site.enqueue("tests.lines", 500)
    site.wait_for_job(pk, message="between 3", state="running")
    members = site.members()
    site.process.kill()
    site.process.wait()
    assert still_alive(members, seconds=5) == []
    assert site.job(pk)["state"] == "running", "nobody was left to write anything else"
    site.start()
    site.wait_for_job(pk, attempt=2, seconds=NOTICED_WITHIN)
    ended_well(site, pk, 500, attempt=2, crashes=1)
