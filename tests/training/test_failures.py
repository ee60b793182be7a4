"""What ends a training is told in a sentence: what happened, what was kept, what to do."""

import errno
import os

import pytest
from django.db import OperationalError
from django.urls import reverse

from jobs.models import Job
from jobs.reporter import Reporter
from jobs.running import Attempt, attempt_run
from labelling.models import Split
from tests.training.makers import make_job, make_run, make_version
from training import publishing, runs
from training.failures import told
from training.models import Epoch, TrainingRun
from training.samples import NAMED
from yolo.events import EpochEvent, SetbackEvent
from yolo.samples import SampleError
from yolo.stability import Trouble
from yolo.train import TrainError, TrainResult

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
ANCHORS = [[10.0, 10.0]] * 9


@pytest.fixture
def run(db) -> TrainingRun:
    run = make_run(make_version(), anchors=ANCHORS, job=make_job("running"))
    Job.objects.update(target_id=run.pk)
    return run


def ended(run: TrainingRun) -> Job:
    """The job of the run once it has been run."""
    attempt_run(Attempt(job_id=run.job_id, number=1))
    job = Job.objects.get(pk=run.job_id)
    assert job.state == Job.State.FAILED
    return job


def raising(error: Exception):
    def fail(*args: object, **values: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "sentences"),
    [
        (FULL, ["disk with the data folder is full", "Free some space, 100 MB or more"]),
        (OperationalError("database or disk is full"), ["disk with the data folder is full"]),
        (MemoryError(), ["not enough memory", "smaller batch, canvas or network"]),
        (
            SampleError("The picture 7.png is no longer as it was."),
            ["7.png", "again on the page of its dataset, then resume"],
        ),
        (TrainError("The loss has exploded in epoch 3."), ["The loss has exploded in epoch 3."]),
    ],
)
def test_it_is_told_on_the_job_and_on_the_page_of_the_run(run, client, dan, monkeypatch, error, sentences):
    monkeypatch.setattr(runs, "train", raising(error))
    job = ended(run)
    client.force_login(dan)
    page = client.get(reverse("training:run", args=[run.pk])).content.decode()
    for sentence in sentences:
        assert sentence in job.failure
        assert sentence in page
    assert "is kept" not in job.failure  # it did not come to a checkpoint
    assert job.traceback == ""
    assert ("Resume goes on where it was." in page) == (not isinstance(error, TrainError))


def test_a_mistake_of_ours_is_not_dressed_up(run, monkeypatch):
    monkeypatch.setattr(runs, "train", raising(FileNotFoundError(errno.ENOENT, "No such file", "secret.key")))
    job = ended(run)
    assert "Something went wrong" in job.failure
    assert "FileNotFoundError" in job.traceback


@pytest.mark.parametrize("error", [FULL, MemoryError(), SampleError("The picture 7.png is gone.")])
def test_what_is_kept_is_told_where_a_checkpoint_was_written(tmp_path, error):
    (tmp_path / "checkpoint.npz").touch()
    assert str(told(error, tmp_path)).endswith("What it had learnt by its last checkpoint is kept.")


def test_the_room_that_a_checkpoint_needs_is_told_where_one_was_written(run, monkeypatch):
    folder = runs.run_folder(run)
    folder.mkdir(parents=True)
    with (folder / "checkpoint.npz").open("wb") as file:
        file.truncate(30_000_000)
    monkeypatch.setattr(runs, "train", raising(FULL))
    assert "60 MB or more" in ended(run).failure


@pytest.mark.parametrize("step", ["_write", "release_register"])
def test_a_disk_that_is_full_when_the_release_is_written_keeps_the_training(run, monkeypatch, step):
    monkeypatch.setattr(runs, "train", lambda **values: TrainResult(None, 1, None, 1, stopped=False))
    monkeypatch.setattr(publishing, "_write", lambda *args, **values: None)
    monkeypatch.setattr(publishing, step, raising(FULL))
    assert "disk with the data folder is full" in ended(run).failure


def test_missing_pictures_are_told_before_anything_is_learnt(run, monkeypatch):
    monkeypatch.setattr(runs, "train", raising(AssertionError("it must not begin")))
    frozen = list(run.version.images.filter(split__in=[Split.TRAIN, Split.TEST]).order_by("image__external_id"))
    for row in frozen[: NAMED + 2]:
        row.image.file.storage.delete(row.image.file.name)
    failure = ended(run).failure
    assert failure.startswith("The file is missing of: 0.png, 1.png, 2.png, 3.png, 4.png and 2 more.")
    assert failure.endswith("Send the very same picture again on the page of its dataset, then resume.")
    assert not Job.objects.get().detail.get("diverged")


def test_a_training_that_diverged_for_good_is_not_resumed(run, monkeypatch):
    monkeypatch.setattr(runs, "train", raising(TrainError("The loss has exploded in epoch 3.")))
    ended(run)
    run.refresh_from_db()
    assert not run.can_resume
    Job.objects.update(detail={})
    assert TrainingRun.objects.get().can_resume


def epoch_event(number: int) -> EpochEvent:
    return EpochEvent(number, 4, {"loss": 1.0}, None, 60.0, is_best=False)


def test_a_setback_is_told_and_the_epochs_that_led_astray_are_struck(run):
    reporter = Reporter(Attempt(job_id=run.job_id, number=1))
    chronicle = runs.Chronicle(reporter, run)
    for number in (1, 2, 3):
        chronicle.note(epoch_event(number))
    chronicle.note(SetbackEvent(4, 10, 1, 0.5, Trouble.COLLAPSED, 2))
    assert list(Epoch.objects.values_list("number", flat=True)) == [1, 2]
    run.refresh_from_db()
    what, then = (
        "After epoch 4 the network hardly found anything any more: ",
        "back to the last good checkpoint, at 0.5 of the rate.",
    )
    assert run.setback_sentences == [what + then]
    assert Job.objects.get().message == what + then


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ({"trouble": "NO_NUMBER"}, "The loss was no longer a number in epoch 3, step 7"),
        ({"trouble": "EXPLODED"}, "The loss exploded in epoch 3, step 7"),
        ({"trouble": "WEIGHTS"}, "Weights or batch statistics outgrew all bounds in epoch 3, step 7"),
        ({}, "The loss diverged in epoch 3, step 7"),  # as runs of before have it
    ],
)
def test_each_setback_is_on_the_page(client, dan, trouble, sentence):
    run = make_run(make_version(), setbacks=[{"epoch": 3, "step": 7, "rate_share": 0.25, **trouble}])
    client.force_login(dan)
    page = client.get(reverse("training:run", args=[run.pk])).content.decode()
    assert f"{sentence}: back to the last good checkpoint, at 0.25 of the rate." in page


def test_each_epoch_makes_earlier_deaths_of_the_process_forgotten(run):
    Job.objects.update(crashes=2)
    chronicle = runs.Chronicle(Reporter(Attempt(job_id=run.job_id, number=1)), run)
    chronicle.note(epoch_event(1))
    assert Job.objects.get().crashes == 0
    Job.objects.update(crashes=1)
    chronicle.note(epoch_event(1))  # told again after a death in between: no progress
    assert Job.objects.get().crashes == 1
