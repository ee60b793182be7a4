"""A full disk: noticed whatever it comes out of, and still told."""

import errno
import os
from pathlib import Path

import pytest
from django.db import OperationalError

from jobs import disk, running
from jobs.attempts import Attempt
from jobs.disk import is_disk_full, reserve_give_up, reserve_keep
from jobs.models import Job
from jobs.reporter import JobFailure

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def data(settings, tmp_path) -> Path:
    """An empty data folder."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    return settings.DATA_DIR


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FULL, True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (OperationalError("database or disk is full"), True),
        (OperationalError('could not extend file "base/1": No space left on device'), True),
        (caused(JobFailure("The checkpoint could not be written."), FULL), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (OperationalError("database is locked"), False),
        (ValueError("disk full"), False),
    ],
)
def test_a_full_disk_is_known_by_what_is_raised(error, expected):
    assert is_disk_full(error) == expected


def test_room_for_last_words_is_kept_and_given_up(data):
    reserve_keep()
    (kept,) = data.iterdir()
    assert kept.stat().st_size == 2**21
    written = kept.stat().st_mtime_ns
    reserve_keep()
    assert kept.stat().st_mtime_ns == written, "there already"
    reserve_give_up()
    reserve_give_up()
    assert list(data.iterdir()) == []


def test_without_room_there_is_no_reserve_and_no_complaint(data, monkeypatch):

    def full(handle: int) -> None:
        raise FULL

    monkeypatch.setattr(disk.os, "fsync", full)
    reserve_keep()
    assert list(data.iterdir()) == []


def test_a_database_elsewhere_needs_no_reserve(settings, data):
    settings.EMBEDDED = False
    reserve_keep()
    assert list(data.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(FULL, "disk with the data folder is full"), (MemoryError(), "not enough memory"), (KeyError("x"), "went wrong")],
)
def test_a_job_that_meets_it_unprepared_ends_with_a_sentence(make_job, data, monkeypatch, error, sentence):
    def runner(reporter: object, target_id: int) -> None:
        assert (data / "reserve").exists()
        raise error

    monkeypatch.setattr("tests.jobs.runners.short", runner)
    job = make_job("running")
    running.attempt_run(Attempt(job_id=job.pk, number=1))
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert sentence in job.failure
    assert "is kept" in job.failure
    assert (data / "reserve").exists() == (error is not FULL), "only a full disk takes it"
