"""A run from its first step to its release, through the command."""

import errno
import io
import json
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AuditEntry
from jobs import running
from jobs.attempts import Attempt
from jobs.models import Job
from jobs.reporter import JobCancelled, JobFailure, Reporter
from jobs.services import job_run_here
from labelling.models import Dataset, Split
from labelling.versions import version_create
from releases.models import ModelRelease
from releases.services import registered_releases, release_folder
from tests.labelling.makers import bbox, import_here, record
from tests.training.makers import drawn_picture, make_job, make_version
from training import publishing, runs
from training.best_so_far import best_so_far
from training.models import Curve, Epoch, TrainingRun
from training.samples import TrainingError
from training.services import KIND, run_create
from yolo.release import read_release
from yolo.train import StepEvent, TrainResult

LOSSES = {"loss": 1.0, "box": 0.5, "objectness": 0.3, "classes": 0.2}
QUICK = {"canvas": 64, "fine_tune_canvas": 64, "canvases_per_picture": 0.4, "loader_threads": 1}


@pytest.fixture(autouse=True)
def _no_second_connection(monkeypatch):
    """The heartbeat's thread has no part in the transaction of a test."""
    monkeypatch.setattr(running, "BEAT_EVERY", 3600)


@pytest.fixture(autouse=True)
def completed(monkeypatch) -> list[ModelRelease]:
    """The releases that were to get an int8 form and a calibration; test_completing.py has that itself."""
    releases: list[ModelRelease] = []
    monkeypatch.setattr(runs, "complete", lambda reporter, release: releases.append(release))
    return releases


@pytest.fixture
def run(db) -> TrainingRun:
    version = make_version()
    return run_create(version=version, network="yolov3-slim", net_size=288, epochs=2, batch=4, options=QUICK, by=None)


def cancel_after_first_epoch(progress) -> None:
    if progress.detail.get("epoch") == 2:
        Job.objects.filter(state=Job.State.RUNNING).update(cancel_requested_at=timezone.now())


def train_here(run: TrainingRun, **values) -> Job:
    return job_run_here(kind=KIND, title="train", owner=None, target_id=run.pk, **values)


@pytest.mark.slow
@pytest.mark.timeout(900)  # 35 s of a free core; far more beside a training
def test_a_run_is_cancelled_resumed_by_the_command_and_published_once(run, monkeypatch, completed):
    with pytest.raises(running.JobFailure, match="stopped"):
        train_here(run, on_progress=cancel_after_first_epoch)
    run.refresh_from_db()
    assert run.job.state == Job.State.CANCELLED
    assert completed == []
    assert list(run.epochs_done.values_list("number", flat=True)) == [1]
    assert (runs.run_folder(run) / "checkpoint.npz").exists()
    assert run.release is None

    out = io.StringIO()
    call_command("train", resume=run.pk, json=True, stdout=out, stderr=io.StringIO())
    result = json.loads(out.getvalue())
    run.refresh_from_db()
    assert (result["run"], result["release"], result["epochs"]) == (run.pk, run.release.name, 2)
    assert result["map50"] == run.test_metrics["map50"] == run.release.metrics["test"]["map50"]
    assert list(run.epochs_done.values_list("number", flat=True)) == [1, 2]
    places = [row[0] for row in run.curve.points]
    assert places[-1] == 2.0  # epochs, of either session, each place once
    assert places == sorted(set(places))
    assert run.curve.peak_megabytes > 100

    release = read_release(release_folder(run.release))
    assert (release.classes, release.net_size) == (("with_mask", "without_mask"), 288)
    assert [list(anchor) for anchor in release.anchors] == run.anchors
    assert release.metrics["test"]["boxes"] == {"with_mask": 1, "without_mask": 1}
    assert release.provenance["arithmetic"] == "f32"  # whatever this processor takes by itself
    assert release.provenance["dataset"] == {
        "name": "squares",
        "version": 1,
        "content_sha256": "0" * 64,
        "description": "",
        "split_seed": 0,
    }
    assert not runs.run_folder(run).exists()

    # Died between writing the folder and linking it: nothing is written, measured or registered again.
    TrainingRun.objects.filter(pk=run.pk).update(release=None)
    monkeypatch.setattr(publishing, "write_release", None)
    train_here(run)
    assert TrainingRun.objects.get(pk=run.pk).release == run.release
    assert ModelRelease.objects.count() == 1
    assert [path.name for path in registered_releases().iterdir()] == [run.release.name]
    assert completed == [run.release] * 2  # again after the death, for what was not made before it
    with pytest.raises(CommandError, match="nothing to resume"):
        call_command("train", resume=run.pk)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_best_epoch_of_a_cancelled_run_is_published_without_training_on(run, monkeypatch):
    with pytest.raises(running.JobFailure, match="stopped"):
        train_here(run, on_progress=cancel_after_first_epoch)
    monkeypatch.setattr(runs, "train", None)
    call_command("train", resume=run.pk, publish_best=True, stdout=io.StringIO(), stderr=io.StringIO())
    run.refresh_from_db()
    release = read_release(release_folder(run.release))
    assert [release.provenance[name] for name in ("best_epoch", "epochs", "epochs_planned")] == [1, 1, 2]
    assert run.best["epoch"] == 1
    assert run.best["map50"] == run.epochs_done.get().metrics["map50"]
    assert run.test_metrics["pictures"] == 2
    looked = run.examination
    assert looked.classes == ["with_mask", "without_mask"]
    assert looked.thresholds == [release.thresholds[name] for name in release.classes]
    validated = run.version.images.filter(split=Split.VALIDATION)
    assert {each["image"] for each in looked.pictures} == set(validated.values_list("image_id", flat=True))
    assert sum(map(sum, looked.confusion[:-1])) == 2  # each box of theirs is found or missed


def test_a_checkpoint_without_a_whole_epoch_publishes_nothing(run):
    run.anchors = [[10, 10]] * 9
    with pytest.raises(TrainingError, match="holds no whole epoch"):
        best_so_far(run, runs.run_folder(run))


def reporter() -> Reporter:
    return Reporter(Attempt(job_id=make_job("running").pk, number=1))


def test_the_minutes_until_a_run_is_to_be_ready_count_from_when_it_begins(run, monkeypatch):
    begins = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: begins)
    monkeypatch.setattr(runs, "train", lambda **values: TrainResult(None, 0, None, 0, stopped=True))
    run.ready_by = begins + timedelta(hours=2)
    run.save()
    for later in (timedelta(0), timedelta(hours=1)):  # resumed: its schedule stays
        monkeypatch.setattr(timezone, "now", lambda later=later: begins + later)
        with pytest.raises(JobCancelled):
            runs.run(reporter(), run.pk)
        run.refresh_from_db()
        assert run.options["minutes"] == 114.0  # six of two hours are kept for measuring


def test_a_run_that_waited_past_its_time_says_so(run):
    run.ready_by = timezone.now() - timedelta(minutes=1)
    run.save()
    with pytest.raises(TrainingError, match="came before it could begin"):
        runs.run(reporter(), run.pk)


@pytest.mark.parametrize(
    ("planned", "epochs", "expected"),
    [(5000.0, 500, 540), (300.0, 500, 300), (None, 500, 540), (600.0, 2, 600), (300.0, 2, 300), (None, 2, 540)],
)
def test_no_more_time_is_left_than_was_given_but_for_the_last_epoch(run, monkeypatch, planned, epochs, expected):
    """Ten minutes, of which an earlier session spent one epoch of 60 s."""
    monkeypatch.setattr(runs.time, "monotonic", lambda: 1000.0)
    run.options = {"minutes": 10}
    Epoch.objects.create(run=run, number=1, learning_rate=0.1, seconds=60.0)
    told = []
    job = Reporter(Attempt(job_id=make_job("running").pk, number=1), on_progress=told.append)
    runs.Chronicle(job, run).note(StepEvent(2, epochs, 1, 10, LOSSES, 0.1, 8.0, planned))
    assert told[-1].detail["seconds_left"] == expected
    assert told[-1].message == f"epoch 2 of {epochs}, step 1 of 10"


def test_no_time_is_told_once_the_last_step_is_done(run):
    told = []
    job = Reporter(Attempt(job_id=make_job("running").pk, number=1), on_progress=told.append)
    chronicle = runs.Chronicle(job, run)
    chronicle.note(StepEvent(2, 2, 10, 10, LOSSES, 0.1, 8.0, 1.0))
    assert told[-1].detail["seconds_left"] == 1
    chronicle.close()
    assert told[-1].detail["seconds_left"] is None
    assert told[-1].detail["losses"] == LOSSES


@pytest.fixture
def published(tiny_release, monkeypatch) -> ModelRelease:
    """What trainings publish without training."""

    def publish(reporter, training):
        TrainingRun.objects.filter(pk=training.pk).update(release=tiny_release)
        return tiny_release

    monkeypatch.setattr(runs, "_published", publish)
    return tiny_release


def test_a_run_that_is_stopped_after_its_model_is_published_is_done_and_says_what_was_left_out(
    run, published, monkeypatch
):
    def stopped(reporter, release):
        Job.objects.update(cancel_requested_at=timezone.now())
        reporter.progress(message="measuring the ranges of int8", force=True)

    monkeypatch.setattr(runs, "complete", stopped)
    job = train_here(run)
    assert job.state == Job.State.SUCCEEDED
    assert job.message.startswith("The model is published.")


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), RuntimeError("OpenVINO"), JobFailure("No pictures.")])
def test_a_run_that_fails_after_its_model_is_published_is_done_and_says_what_failed(run, published, monkeypatch, error):
    def failing(reporter, release):
        raise error

    monkeypatch.setattr(runs, "complete", failing)
    job = train_here(run)
    assert (job.state, job.message[:23]) == (Job.State.SUCCEEDED, "The model is published.")
    assert job.failure


def test_the_command_says_what_failed_after_the_model_was_published(run, published, monkeypatch, capsys):
    def failing(reporter, release):
        raise JobFailure("int8 found no pictures.")

    monkeypatch.setattr(runs, "complete", failing)
    monkeypatch.setattr("training.management.commands.train.signal.signal", lambda number, handler: None)
    err = io.StringIO()
    call_command("train", resume=run.pk, json=True, stderr=err)
    assert "The model is published." in err.getvalue()
    assert "int8 found no pictures." in err.getvalue()
    assert json.loads(capsys.readouterr().out)["release"] == published.name


def test_a_run_that_is_stopped_before_its_model_is_published_is_cancelled(run, monkeypatch):
    def stopped(reporter, training):
        Job.objects.update(cancel_requested_at=timezone.now())
        reporter.progress(message="writing the release", force=True)

    monkeypatch.setattr(runs, "_published", stopped)
    with pytest.raises(running.JobFailure, match="stopped"):
        train_here(run)
    assert Job.objects.get().state == Job.State.CANCELLED


def test_ctrl_c_after_the_model_is_published_does_not_tell_to_resume(run, tiny_release, monkeypatch):
    def interrupted(reporter, target_id):
        TrainingRun.objects.filter(pk=target_id).update(release=tiny_release)
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "run", interrupted)
    monkeypatch.setattr("training.management.commands.train.signal.signal", lambda number, handler: None)
    with pytest.raises(CommandError, match=f"{tiny_release.name} is published"):
        call_command("train", resume=run.pk, stderr=io.StringIO())
    assert Job.objects.get().state == Job.State.SUCCEEDED


def test_a_run_by_the_clock_names_no_number_of_epochs_before_it_knows_how_long_one_takes(run):
    run.options = {"minutes": 10}
    told = []
    job = Reporter(Attempt(job_id=make_job("running").pk, number=1), on_progress=told.append)
    runs.Chronicle(job, run).note(StepEvent(1, 500, 3, 10, LOSSES, 0.1, 8.0, None))
    assert told[-1].message == "epoch 1, step 3 of 10; how many epochs fit is known after the first"


def test_steps_are_kept_as_they_are_told_and_gone_on_with_by_the_next_session(run, monkeypatch):
    clock = iter(range(0, 1000, 3))  # seconds: each step comes late enough to be kept
    monkeypatch.setattr(runs.time, "monotonic", lambda: next(clock))

    def told_of(*steps: int) -> list[list[float]]:
        chronicle = runs.Chronicle(Reporter(Attempt(job_id=make_job("running").pk, number=1)), run)
        for step in steps:
            chronicle.note(StepEvent(1, 4, step, 4, LOSSES, 0.1, 8.0, None))
        return Curve.objects.get(run=run).points

    assert told_of(1, 2) == [[0.25, 1, 0.1, 1.0, 0.5, 0.3, 0.2], [0.5, 1, 0.1, 1.0, 0.5, 0.3, 0.2]]
    assert [row[0] for row in told_of(2, 3)] == [0.25, 0.5, 0.75]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("title", ["With mask", "deer"])
def test_a_dataset_of_one_class_is_imported_trained_and_published(db, title):
    """Squares around masks only, as where this project comes from, or around anything else."""
    records = [record(f"{n}.png", [bbox(title, 8 + n, 10, 20 + n, 24 + n)]) for n in range(20)]
    pictures = {f"{n}.png": drawn_picture(0, (8 + n, 10, 28 + 2 * n, 34 + n), seed=n) for n in range(20)}
    version = version_create(dataset=import_here(records, pictures).dataset, by=None)
    (name,) = version.classes
    run = run_create(version=version, network="yolov3-slim", net_size=288, epochs=1, batch=4, options=QUICK, by=None)
    train_here(run)
    run.refresh_from_db()
    assert read_release(release_folder(run.release)).classes == (name,)
    assert run.release.missing_classes == tuple(each for each in ("with_mask", "without_mask") if each != name)
    measured = run.release.metrics["validation"]
    assert measured["judged"] == [name]
    assert measured["map50"] == measured["ap50"][name]


def test_an_older_job_of_a_run_that_a_newer_one_has_taken_over_fails(run):
    older, newer = make_job("running"), make_job("queued")
    TrainingRun.objects.filter(pk=run.pk).update(job=newer)
    with pytest.raises(TrainingError, match="Another job has taken this training over"):
        runs.run(Reporter(Attempt(job_id=older.pk, number=1)), run.pk)
    assert TrainingRun.objects.get(pk=run.pk).job == newer


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "Name a dataset"),
        ({"dataset": "nothing"}, "no dataset named nothing"),
        ({"dataset": "squares", "start_release": "nothing", "dataset_version": 1}, "no release named nothing"),
        ({"dataset": "squares", "dataset_version": 7}, "squares has no version 7"),
        ({"dataset": "squares", "dataset_version": 1, "option": ["canvas=wide"]}, "is not JSON"),
        ({"dataset": "squares", "dataset_version": 1, "net_size": 300}, "^--net-size: .* multiple of 32"),
        ({"dataset": "squares", "dataset_version": 1, "net_size": 192}, "^--net-size: Ensure this value is greater"),
        ({"dataset": "squares", "dataset_version": 1, "anchors": "version"}, "^--anchors: No anchors for this"),
        ({"dataset": "squares", "dataset_version": 1, "canvas": 100}, "^canvas is a multiple of 32"),
        ({"resume": 99}, "no run 99"),
        ({"publish_best": True}, "goes with --resume"),
        ({"resume": 1, "ready_by": time(6)}, "name the --minutes"),
    ],
)
def test_the_command_refuses_with_a_sentence(db, arguments, sentence):
    make_version("squares", train=1, validation=0, test=0)
    with pytest.raises(CommandError, match=sentence):
        call_command("train", **arguments)
    assert not TrainingRun.objects.exists()


def test_the_command_takes_a_time_of_day(db, monkeypatch):
    make_version("squares", train=1, validation=0, test=0)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 23, 22, 0, tzinfo=UTC))
    monkeypatch.setattr("training.management.commands.train.job_run_here", lambda **values: None)
    call_command(
        "train", "--dataset=squares", "--dataset-version=1", "--ready-by=06:00", "--canvas=64", stdout=io.StringIO()
    )
    run = TrainingRun.objects.get()
    assert (run.ready_by, run.epochs, run.options) == (datetime(2026, 11, 24, 6, 0, tzinfo=UTC), 5000, {"canvas": 64})


def test_a_training_by_the_clock_is_given_more_time_when_it_is_resumed(run, monkeypatch):
    monkeypatch.setattr("training.management.commands.train.job_run_here", lambda **values: None)
    with pytest.raises(CommandError, match="goes by epochs"):
        call_command("train", resume=run.pk, minutes=90)
    run.options = {**run.options, "minutes": 30.0}
    run.save()
    call_command("train", resume=run.pk, minutes=90, stdout=io.StringIO())
    run.refresh_from_db()
    assert run.options["minutes"] == 90
    entry = AuditEntry.objects.get(action="training_run_set_minutes")
    assert (entry.detail["before"], entry.detail["after"]) == (30.0, 90)


def test_the_command_freezes_a_dataset_that_has_no_version(db):
    Dataset.objects.create(name="empty")
    with pytest.raises(CommandError, match="nothing to freeze"):
        call_command("train", dataset="empty")


def test_ctrl_c_leaves_a_run_that_the_sentence_says_how_to_resume(run, monkeypatch):
    def interrupted(reporter, target_id):
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "run", interrupted)
    monkeypatch.setattr("training.management.commands.train.signal.signal", lambda number, handler: None)
    with pytest.raises(CommandError, match=f"--resume {run.pk}") as caught:
        call_command("train", resume=run.pk, stderr=io.StringIO())
    assert caught.value.returncode == 130
    assert Job.objects.get().state == Job.State.CANCELLED
