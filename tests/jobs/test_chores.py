"""What the server does every hour."""

import logging

from jobs import startup
from jobs.supervisor import chores


def test_it_is_done_at_the_start_and_again_after_an_hour(monkeypatch):
    done, now = [], [100.0]
    monkeypatch.setattr(chores, "chores_run", lambda: done.append(now[0]))
    monkeypatch.setattr(chores.time, "monotonic", lambda: now[0])
    looked = chores.Chores()
    for moment in (100.0, 3699.0, 3700.0, 3701.0):
        now[0] = moment
        looked.look()
        looked._thread.join()
    assert done == [100.0, 3700.0]


def test_one_that_fails_is_logged_and_keeps_no_other_from_its_turn(monkeypatch, caplog):
    monkeypatch.setattr(startup, "_chores", ["jobs.nothing.of_the_kind", "tests.jobs.test_chores.done"])
    CALLS.clear()
    with caplog.at_level(logging.ERROR):
        startup.chores_run()
    assert CALLS == ["done"]
    assert "jobs.nothing.of_the_kind failed" in caplog.text


CALLS: list[str] = []


def done() -> None:
    CALLS.append("done")
