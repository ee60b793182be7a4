"""What jobs do to their processes, and the system to them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from jobs import processes
from jobs.processes import autogroup_follow, memory_kills


def test_the_share_of_the_session_follows_the_niceness(tmp_path, monkeypatch):
    group = tmp_path / "autogroup"
    group.write_text("/autogroup-26 nice 0\n")
    monkeypatch.setattr(processes.os, "nice", lambda step: 19)
    autogroup_follow(group)
    assert group.read_text() == "19"


def test_a_process_that_is_not_nice_leaves_its_session_alone(tmp_path, monkeypatch):
    group = tmp_path / "autogroup"
    group.write_text("/autogroup-26 nice 0\n")
    monkeypatch.setattr(processes.os, "nice", lambda step: 0)
    autogroup_follow(group)
    assert group.read_text() == "/autogroup-26 nice 0\n"


def test_where_the_kernel_shares_otherwise_nothing_happens(tmp_path, monkeypatch):
    monkeypatch.setattr(processes.os, "nice", lambda step: 19)
    autogroup_follow(tmp_path / "autogroup")
    assert not (tmp_path / "autogroup").exists()
    autogroup_follow(tmp_path)  # there, but cannot be written


def test_kills_for_want_of_memory_are_counted_where_the_kernel_tells(tmp_path):
    told = tmp_path / "vmstat"
    assert memory_kills(told) == 0
    told.write_text("nr_free_pages 7\noom_kill 3\npgfault 12\n")
    assert memory_kills(told) == 3


def test_a_change_that_the_kernel_puts_off_is_tried_again(tmp_path, monkeypatch):
    group = tmp_path / "autogroup"
    group.touch()
    write, calls = Path.write_text, iter(range(10))

    def at_the_third(path: Path, text: str) -> int:
        if next(calls) < 2:
            raise BlockingIOError
        return write(path, text)

    monkeypatch.setattr(Path, "write_text", at_the_third)
    monkeypatch.setattr(processes.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(processes.os, "nice", lambda step: 19)
    autogroup_follow(group)
    assert group.read_text() == "19"


@pytest.mark.skipif(not os.access(processes.AUTOGROUP, os.W_OK), reason="no groups of sessions here, or none of ours")
def test_a_session_of_its_own_really_gets_the_share():
    program = (
        "import django, os; django.setup(); os.nice(7); from jobs.processes import autogroup_follow, AUTOGROUP;"
        "autogroup_follow(); print(AUTOGROUP.read_text().split()[-1], os.nice(0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "maskweb.settings"},
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,
        timeout=120,
    )
    share, nice = map(int, done.stdout.split())
    assert share == nice >= 7
