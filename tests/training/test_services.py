"""Starting, stopping and resuming runs."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import AuditEntry
from jobs.models import Job
from tests.training.makers import make_job, make_run, make_version
from training.models import TrainingRun
from training.services import run_cancel, run_create, run_give_up_job, run_publish_best, run_resume, run_start

USUAL = {"network": "yolov3-slim", "net_size": 416, "epochs": 30, "batch": 8}


def refused(**values) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        run_start(**{**USUAL, **values})
    return caught.value.message_dict


def test_a_started_run_waits_in_the_training_queue(dan):
    run = run_start(version=make_version(), **USUAL, by=dan)
    assert (run.job.kind, run.job.queue, run.job.state) == ("training.run", "training", "queued")
    assert (run.job.target_id, run.job.owner, run.created_by) == (run.pk, dan, dan)
    assert run.job.title == f"Train yolov3-slim #{run.pk} on squares v1"
    assert AuditEntry.objects.get(action="training_run_create").actor == dan


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"net_size": 256}, "net_size"),
        ({"net_size": 300}, "net_size"),
        ({"network": "yolov9"}, "network"),
        ({"epochs": 0}, "epochs"),
        ({"batch": 0}, "batch"),
        ({"options": {"canvas": 100}}, "options"),
        ({"options": {"no_such_option": 1}}, "options"),
        ({"options": {"multi_scale": 0.6}}, "options"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_field(dan, values, field):
    assert list(refused(version=make_version(), by=dan, **values)) == [field]
    assert not TrainingRun.objects.exists()
    assert not Job.objects.exists()


def test_the_next_net_size_is_named(dan):
    sentences = refused(version=make_version(), by=dan, net_size=432)["net_size"]
    assert sentences == ["The net size is a multiple of 32, such as 448."]


def test_a_training_of_only_what_is_new_needs_a_start(dan, tiny_release):
    chosen = {"version": make_version(), "by": dan, "options": {"freeze_known": True}}
    assert refused(**chosen)["options"] == ["freeze_known needs a model or weights to start from."]
    nothing_new = refused(**chosen, start_release=tiny_release)["options"]
    assert nothing_new == ["freeze_known leaves nothing to learn: the model has weights for every layer."]
    values = {**USUAL, **chosen, "start_release": tiny_release}
    assert run_start(**{**values, "network": "yolov3-slim-p2"}).configuration().freeze_known
    tiny_release.classes = ["somebody"]
    assert run_start(**values).configuration().freeze_known  # its outputs are new


def test_single_faces_of_the_same_dataset_are_refused(dan):
    version, another = make_version("squares"), make_version("squares")
    assert "crops_version" in refused(version=version, crops_version=another, by=dan)


def test_a_run_may_start_from_a_release_of_another_network(dan, tiny_release):
    usual = {**USUAL, "network": "yolov3-slim-p2"}
    run = run_start(version=make_version(), start_release=tiny_release, **usual, by=dan)
    assert (run.start_release.network, run.network) == ("yolov3-slim", "yolov3-slim-p2")


def test_a_queued_run_is_cancelled_and_resumed(dan):
    run = run_start(version=make_version(), **USUAL, by=dan)
    assert run_cancel(run=run, by=dan).state == Job.State.CANCELLED
    run.job.refresh_from_db()
    assert run_resume(run=run, by=dan).state == Job.State.QUEUED


def test_a_run_that_has_published_is_not_resumed(dan, tiny_release):
    run = make_run(make_version(), job=make_job("failed"), release=tiny_release)
    with pytest.raises(ValidationError, match="nothing to resume"):
        run_resume(run=run, by=dan)


def test_a_run_that_is_to_publish_its_best_trains_on_once_it_is_resumed(dan):
    run = make_run(make_version(), job=make_job("cancelled"), best={"epoch": 1})
    assert run_publish_best(run=run, by=dan).state == Job.State.QUEUED
    assert TrainingRun.objects.get().publish_best
    assert AuditEntry.objects.get(action="training_run_set_publish_best").actor == dan
    Job.objects.update(state=Job.State.FAILED, finished_at=timezone.now())
    run_resume(run=TrainingRun.objects.get(), by=dan)
    assert not TrainingRun.objects.get().publish_best


@pytest.mark.parametrize(
    ("state", "best", "sentence"),
    [("running", {"epoch": 1}, "Cancel the training first"), ("cancelled", {}, "No epoch of this run is done yet")],
)
def test_what_is_not_there_is_not_published(dan, state, best, sentence):
    run = make_run(make_version(), job=make_job(state), best=best)
    with pytest.raises(ValidationError, match=sentence):
        run_publish_best(run=run, by=dan)
    assert not TrainingRun.objects.get().publish_best


def test_a_run_is_freed_from_a_job_whose_heartbeat_has_stopped(db):
    job = make_job("running", heartbeat_at=timezone.now() - timedelta(seconds=16))
    run_give_up_job(run=make_run(make_version(), job=job))
    job.refresh_from_db()
    assert job.cancel_requested_at is not None


def test_a_run_is_not_taken_from_a_job_that_lives(db):
    job = make_job("running", heartbeat_at=timezone.now() - timedelta(seconds=10))
    with pytest.raises(ValidationError, match="is being trained"):
        run_give_up_job(run=make_run(make_version(), job=job))


def test_options_of_the_augmentation_and_the_loss_are_given_by_name(db, dan):
    usual = {"version": make_version(), "network": "yolov3-slim", "net_size": 288, "epochs": 1, "batch": 1, "by": dan}
    options = {"augment": {"crop_faces": [14, 260]}, "loss": {"box": 4.0}}
    config = run_create(options=options, **usual).configuration()
    assert tuple(config.augment.crop_faces) == (14, 260)
    assert (config.augment.mosaic, config.loss.box, config.loss.objectness) == (0.7, 4.0, 1.0)  # the rest by default
    with pytest.raises(ValidationError, match="crop_faces goes from a smaller to a bigger size"):
        run_create(options={"augment": {"crop_faces": [260, 14]}}, **usual)
