"""Trainings over the API."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from releases.models import ModelRelease
from tests.training.makers import make_examination, make_job, make_run, make_version
from training.models import Curve, StartWeights, TrainingRun

pytestmark = pytest.mark.django_db

LIST = "/api/runs/"


def url(name: str, run: TrainingRun) -> str:
    return reverse(f"training_api:{name}", args=[run.pk])


def make_release(name: str = "first", **values) -> ModelRelease:
    usual = {"network": "yolov3-slim", "net_size": 416, "classes": ["with_mask"], "sha256": name.ljust(64, "0")}
    return ModelRelease.objects.create(name=name, **{**usual, **values})


def test_the_list_shows_what_runs_first_and_how_far_each_is(api):
    version = make_version()
    done = make_run(version, job=make_job("succeeded"), epochs_done=2, release=make_release(), seed=7)
    running = make_run(version, job=make_job("running", done=3, total=9, unit="steps"), best={"epoch": 1, "map50": 0.5})
    make_run(version, job=None)
    first, _second, last = api.get(LIST).json()["results"]
    assert (first["id"], first["job"]["state"], first["job"]["done"], first["best"]["map50"]) == (
        running.pk,
        "running",
        3,
        0.5,
    )
    assert (last["id"], last["title"], last["version_name"], last["dataset"]) == (
        done.pk,
        f"yolov3-slim #{done.pk}",
        "squares v1",
        version.dataset_id,
    )
    assert (last["trained_epochs"], last["trained_seconds"], last["release_name"], last["seed"]) == (2, 120, "first", 7)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {0, 1, 2}),
        ("state=failed", {1}),
        ("network=yolov3-tiny", {1}),
        ("published=true", {0}),
        ("published=false", {1, 2}),
        ("release=first", {0}),
        ("version=999", set()),
    ],
)
def test_filters(api, query, expected):
    version = make_version()
    rows = [
        make_run(version, job=make_job("succeeded"), release=make_release()),
        make_run(version, job=make_job("failed"), network="yolov3-tiny"),
        make_run(version),
    ]
    found = {row["id"] for row in api.get(f"{LIST}?{query}").json()["results"]}
    assert found == {rows[place].pk for place in expected}


def test_filters_by_dataset_and_version(api):
    one, other = make_run(make_version("one")), make_run(make_version("other"))
    (found,) = api.get(f"{LIST}?dataset={other.version.dataset_id}").json()["results"]
    assert found["id"] == other.pk
    (found,) = api.get(f"{LIST}?version={one.version_id}").json()["results"]
    assert found["id"] == one.pk
    assert api.get(f"{LIST}?state=sleeping").json().keys() == {"state"}


def test_the_list_asks_as_many_queries_for_sixty_runs_as_for_one(client, dan, django_assert_num_queries):
    client.force_login(dan)
    version, release = make_version(), make_release()
    make_run(version, job=make_job("running"), start_release=release, created_by=dan)
    with django_assert_num_queries(4):  # session, person, count, rows
        client.get(LIST)
    for _ in range(59):
        make_run(version, job=make_job("failed"), start_release=release, created_by=dan)
    with django_assert_num_queries(4):
        answer = client.get(LIST).json()
    assert (answer["count"], len(answer["results"])) == (60, 50)


def test_one_run_tells_its_epochs(api):
    run = make_run(make_version(), job=make_job("cancelled"), epochs_done=2, best={"epoch": 2}, anchors=[[8, 9]])
    said = api.get(url("run", run)).json()
    assert [(each["number"], each["losses"]["loss"], each["metrics"]["map50"]) for each in said["epochs_done"]] == [
        (1, 5.0, 0.1),
        (2, 2.5, 0.2),
    ]
    assert (said["anchors"], said["can_publish_best"], said["has_examination"]) == ([[8, 9]], True, False)
    assert api.get(reverse("training_api:run", args=[run.pk + 1])).status_code == 404


def test_a_run_is_started_with_the_defaults(api, dan):
    version = make_version()
    answer = api.post(LIST, {"version": version.pk}, format="json")
    run = TrainingRun.objects.get()
    assert answer.status_code == 202
    assert (answer.json()["id"], answer.json()["job"]["state"]) == (run.pk, "queued")
    assert (run.network, run.net_size, run.epochs, run.batch, run.seed) == ("yolov3-slim", 416, 60, 8, 0)
    assert (run.options, run.created_by) == ({}, dan)


def test_a_run_is_started_with_every_setting(api):
    version, crops, start = make_version(), make_version("crops"), make_release("start")
    sent = {
        "version": version.pk,
        "network": "yolov3-slim",
        "net_size": 416,
        "minutes": 90,
        "batch": 4,
        "seed": 3,
        "crops_version": crops.pk,
        "start_release": "start",
        "anchors_from": "start",
        "options": {"learning_rate": 0.001, "augment": {"mosaic": 0.5}},
    }
    assert api.post(LIST, sent, format="json").status_code == 202
    run = TrainingRun.objects.get()
    assert (run.net_size, run.batch, run.seed, run.anchors_from) == (416, 4, 3, "start")
    assert (run.crops_version, run.start_release) == (crops, start)
    assert run.options == {"learning_rate": 0.001, "augment": {"mosaic": 0.5}, "minutes": 90.0}
    assert run.epochs == 5000  # as many as fit
    assert run.configuration().augment.mosaic == 0.5


def test_a_run_is_to_be_ready_by_a_moment_and_starts_from_weights(api):
    weights = StartWeights.objects.create(name="tiny", network="yolov3-tiny", sha256="1" * 64, size=1, layers=13)
    moment = timezone.now() + timedelta(hours=8)
    sent = {"version": make_version().pk, "network": "yolov3-tiny", "ready_by": moment, "start_weights": "tiny"}
    assert api.post(LIST, sent, format="json").status_code == 202
    run = TrainingRun.objects.get()
    assert (run.ready_by, run.start_weights, run.is_timed) == (moment, weights, True)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"version": 999}, "version", "does not exist"),
        ({"network": "resnet"}, "network", "not a valid choice"),
        ({"net_size": 300}, "net_size", "multiple of 32"),
        ({"net_size": 256}, "net_size", "greater than or equal to 288"),
        ({"epochs": 0}, "epochs", "greater than or equal to 1"),
        ({"epochs": 3, "minutes": 5}, "minutes", "not two"),
        ({"ready_by": "2020-01-01T06:00:00Z"}, "ready_by", "too soon"),
        ({"start_release": "nobody"}, "start_release", "does not exist"),
        ({"anchors_from": "start"}, "anchors_from", "a model to start from"),
        ({"options": {"speed": 1}}, "options", "speed"),
        ({"options": {"ema": 1}}, "options", "below 1"),
        ({"options": {"augment": {"mosaic": 7}}}, "options", "between 0 and 1"),
    ],
)
def test_a_mistake_names_its_field_and_starts_nothing(api, values, field, sentence):
    answer = api.post(LIST, {"version": make_version().pk, **values}, format="json")
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert sentence in " ".join(answer.json()[field])
    assert not TrainingRun.objects.exists()


def test_a_run_is_cancelled_and_resumed(api):
    run = make_run(make_version(), job=make_job("queued"))
    assert api.post(url("cancel", run)).json()["job"]["state"] == "cancelled"
    assert api.post(url("resume", run)).json()["job"]["state"] == "queued"
    answer = api.post(url("resume", run))
    assert (answer.status_code, answer.json()["detail"]) == (409, "Only a cancelled or failed job can be resumed.")


def test_the_best_epoch_is_published_where_there_is_one(api):
    run = make_run(make_version(), job=make_job("failed"), best={"epoch": 1})
    said = api.post(url("publish_best", run)).json()
    assert (said["job"]["state"], said["publish_best"]) == ("queued", True)
    empty = make_run(make_version(), job=make_job("failed"))
    answer = api.post(url("publish_best", empty))
    assert (answer.status_code, "No epoch of this run" in answer.json()["detail"]) == (409, True)


def test_epochs_come_as_csv_whatever_is_accepted(api):
    run = make_run(make_version(), epochs_done=2)
    answer = api.get(url("epochs_csv", run), HTTP_ACCEPT="text/csv")
    lines = answer.content.decode().splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert (len(lines), lines[0].split(",")[:3]) == (3, ["run", "network", "epoch"])


def test_steps_come_as_csv_once_there_are_some(api):
    run = make_run(make_version())
    assert api.get(url("steps_csv", run)).status_code == 404
    Curve.objects.create(run=run, points=[[0.5, 2, 0.001, 5.0, 2.0, 2.0, 1.0]])
    lines = api.get(url("steps_csv", run)).content.decode().splitlines()
    assert lines == ["epochs done,steps,learning rate,loss,box,objectness,classes", "0.5,2,0.001,5.0,2.0,2.0,1.0"]


def test_the_close_look_tells_curves_confusion_and_pictures(api):
    run = make_run(make_version())
    assert api.get(url("examination", run)).status_code == 404
    make_examination(run, p11=2)
    said = api.get(url("examination", run)).json()
    assert (said["run"], said["thresholds"], said["confusion"][0]) == (run.pk, [0.4, 0.25], [3, 1, 0])
    assert (said["pictures"][0]["missed"], said["pictures"][0]["found"][0][1]) == (2, 0.75)
    assert "true" not in said["pictures"][1]
    assert api.get(url("run", run)).json()["has_examination"] is True


def test_start_weights_are_listed_by_name(api):
    for name in ("tiny", "darknet"):
        StartWeights.objects.create(name=name, network="yolov3", sha256=name.ljust(64, "0"), size=7, layers=52)
    rows = api.get("/api/start-weights/").json()["results"]
    assert [(row["name"], row["layers"], row["size"]) for row in rows] == [("darknet", 52, 7), ("tiny", 52, 7)]


def test_who_may_not_train_is_refused(outsider):
    run = make_run(make_version(), job=make_job("queued"))
    assert outsider.get(LIST).status_code == 403
    assert outsider.post(LIST, {"version": run.version_id}, format="json").status_code == 403
    assert outsider.post(url("cancel", run)).status_code == 403
    assert outsider.get(url("epochs_csv", run)).status_code == 403
    run.job.refresh_from_db()
    assert run.job.state == "queued"
