"""The pages of training."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from tests.training.makers import make_job, make_run, make_version
from training.models import Curve, TrainingRun


def form(version_row, **values) -> dict[str, object]:
    return {"version": version_row.pk, "network": "yolov3-slim", "net_size": 416, "epochs": 30, "batch": 8, **values}


def test_the_form_offers_sixty_epochs_and_sizes_from_288(client, dan):
    make_version()
    client.force_login(dan)
    page = client.get(reverse("training:start")).content.decode()
    assert 'name="epochs" value="60"' in page
    assert 'min="288"' in page
    assert "squares v1" in page


def test_without_a_version_the_form_says_what_to_do_first(client, dan):
    client.force_login(dan)
    assert "Go to the datasets" in client.get(reverse("training:start")).content.decode()


def test_posting_the_form_starts_a_run_and_leads_to_its_page(client, dan):
    version = make_version()
    client.force_login(dan)
    answer = client.post(reverse("training:start"), form(version, epochs=5))
    run = TrainingRun.objects.get()
    assert answer["Location"] == reverse("training:run", args=[run.pk])
    assert (run.epochs, run.net_size, run.job.state, run.created_by) == (5, 416, "queued", dan)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("net_size", 300, "multiple of step size 32"),
        ("net_size", 256, "greater than or equal to 288"),
        ("epochs", 0, "greater than or equal to 1"),
        ("batch", "many", "Enter a whole number"),
        ("version", 999, "Select a valid choice"),
    ],
)
def test_a_wrong_value_is_told_next_to_its_field(client, dan, field, value, sentence):
    client.force_login(dan)
    answer = client.post(reverse("training:start"), form(make_version(), **{field: value}))
    assert answer.status_code == 400
    assert sentence in str(answer.context["form"].errors[field])
    assert sentence in answer.content.decode()
    assert not TrainingRun.objects.exists()


def test_a_budget_of_minutes_leaves_the_epochs_to_the_clock(client, dan):
    client.force_login(dan)
    client.post(reverse("training:start"), form(make_version(), budget="minutes", minutes=90, epochs=""))
    run = TrainingRun.objects.get()
    assert (run.options, run.epochs, run.ready_by, run.is_timed) == ({"minutes": 90}, 5000, None, True)


def test_a_budget_by_the_clock_is_ready_the_next_time_it_shows_that(client, dan, monkeypatch):
    now = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    client.force_login(dan)
    client.post(reverse("training:start"), form(make_version(), budget="ready_by", ready_by="06:00"))
    run = TrainingRun.objects.get()
    assert run.ready_by == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert run.options == {}  # counted when it begins: it may have to wait
    assert "Ready by 06:00." in client.get(reverse("training:run", args=[run.pk])).content.decode()


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"budget": "minutes"}, "minutes", "Say how much."),
        ({"budget": "minutes", "minutes": 0}, "minutes", "greater than or equal to 1"),
        ({"budget": "ready_by"}, "ready_by", "Say how much."),
        ({"budget": "ready_by", "ready_by": "25:00"}, "ready_by", "Enter a valid time"),
        ({"budget": "ready_by", "ready_by": "22:01"}, "ready_by", "This is too soon"),
        ({"epochs": ""}, "epochs", "Say how much."),
    ],
)
def test_a_budget_without_its_measure_is_refused(client, dan, monkeypatch, values, field, sentence):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 23, 22, 0, tzinfo=UTC))
    client.force_login(dan)
    answer = client.post(reverse("training:start"), form(make_version(), **values))
    assert sentence in str(answer.context["form"].errors[field])
    assert not TrainingRun.objects.exists()


@pytest.mark.parametrize(
    ("state", "detail", "epochs_done", "expected"),
    [
        ("running", {"epochs": 37}, 3, 37),
        ("running", {"epochs": 500}, 0, 1),  # nobody knows yet how long one takes
        ("running", {"epochs": 500, "epochs_done": 0}, 1, 1),  # said before the first was done
        ("running", {"epochs": 37, "epochs_done": 1}, 1, 37),
        ("succeeded", {"epochs": 37}, 36, 36),
    ],
)
def test_the_charts_of_a_run_by_the_clock_reach_as_far_as_is_planned(client, dan, state, detail, epochs_done, expected):
    job = make_job(state, detail=detail)
    run = make_run(make_version(), job=job, epochs=500, options={"minutes": 60}, epochs_done=epochs_done)
    client.force_login(dan)
    assert client.get(reverse("training:epochs", args=[run.pk])).json()["of"] == expected


def test_the_best_so_far_of_a_cancelled_run_is_published_from_its_page(client, dan):
    run = make_run(make_version(), job=make_job("cancelled"), epochs_done=2, best={"epoch": 2})
    client.force_login(dan)
    page = client.get(reverse("training:run", args=[run.pk])).content.decode()
    assert "Publish the best so far" in page
    assert "The best so far is epoch 2." in page
    client.post(reverse("training:publish_best", args=[run.pk]))
    run.refresh_from_db()
    assert (run.publish_best, run.job.state) == (True, "queued")


def test_a_cancelled_run_without_an_epoch_has_nothing_to_publish(client, dan):
    run = make_run(make_version(), job=make_job("cancelled"))
    client.force_login(dan)
    assert "Publish the best" not in client.get(reverse("training:run", args=[run.pk])).content.decode()
    answer = client.post(reverse("training:publish_best", args=[run.pk]), follow=True)
    assert "No epoch of this run is done yet" in answer.content.decode()


@pytest.mark.parametrize(
    ("begun", "told"),
    [
        ({"taken": 300, "left_out": ["a", "b"]}, False),  # as runs of earlier versions have it
        ({"taken": 300, "left_out": ["a", "b"], "widened": 0}, False),
        ({"taken": 300, "left_out": [], "widened": 220}, True),
    ],
)
def test_a_run_tells_what_it_began_with(client, dan, begun, told):
    run = make_run(make_version(), job=make_job("succeeded"), started_with=begun)
    client.force_login(dan)
    page = client.get(reverse("training:run", args=[run.pk])).content.decode()
    assert f"300 weight arrays taken, {len(begun['left_out'])} began at random" in page
    assert ("220 of those taken came from a narrower network" in page) == told
    for name in begun["left_out"]:
        assert f'<span class="d-block">{name}</span>' in page


@pytest.mark.parametrize(("minutes", "told"), [(1, "1 minute of training"), (1.5, "1.5 minutes of training")])
def test_a_run_by_the_clock_tells_its_minutes(client, dan, minutes, told):
    run = make_run(make_version(), job=make_job("succeeded"), options={"minutes": minutes})
    client.force_login(dan)
    assert told in client.get(reverse("training:run", args=[run.pk])).content.decode()


def test_a_run_of_an_earlier_version_with_a_setting_beyond_the_bounds_opens(client, dan):
    run = make_run(make_version(), job=make_job("succeeded"), options={"scenes": [0.5, 12]}, epochs_done=1)
    client.force_login(dan)
    assert "Scenes 0.5 to 12" in client.get(reverse("training:run", args=[run.pk])).content.decode()
    assert client.get(reverse("training:start"), {"like": run.pk}).status_code == 200


def test_a_run_that_diverged_for_good_is_started_again_and_not_resumed(client, dan):
    run = make_run(make_version(), job=make_job("failed", failure="Exploded.", detail={"diverged": True}))
    client.force_login(dan)
    page = client.get(reverse("training:run", args=[run.pk])).content.decode()
    assert "Resume" not in page
    assert f'<a class="btn btn-primary" href="{reverse("training:start")}?like={run.pk}"' in page
    assert "0 whole epochs" not in page


def test_a_run_whose_process_has_not_started_yet_says_so(client, dan):
    run = make_run(make_version(), job=make_job("running"))
    client.force_login(dan)
    assert ">starting</p>" in client.get(reverse("training:run", args=[run.pk])).content.decode()


def test_of_those_that_wait_the_list_draws_no_charts_and_shows_them_last(client, dan):
    version = make_version()
    running, waiting = (make_run(version, job=make_job(state)) for state in ("running", "queued"))
    client.force_login(dan)
    answer = client.get(reverse("training:runs"))
    assert answer.context["unfinished"] == [running, waiting]
    assert answer.content.decode().count("data-charts") == 1
    assert "data-charts" in client.get(reverse("training:run", args=[waiting.pk])).content.decode()


def test_a_run_cancelled_in_its_first_epoch_shows_the_steps_it_did(client, dan):
    run = make_run(make_version(), job=make_job("cancelled"))
    client.force_login(dan)
    address = reverse("training:run", args=[run.pk])
    assert "data-epochs-url" not in client.get(address).content.decode()
    Curve.objects.create(run=run, points=[[0.5, 2, 0.001, 5.0, 2.0, 2.0, 1.0]])
    page = client.get(address).content.decode()
    assert "data-epochs-url" in page and "training-run.js" in page
    assert "Steps as CSV" in page and "Epochs as CSV" not in page


def test_running_trainings_stand_before_finished_ones(client, dan):
    version = make_version()
    running = make_run(version, job=make_job("running"))
    finished = make_run(version, job=make_job("succeeded"), epochs_done=3)
    client.force_login(dan)
    answer = client.get(reverse("training:runs"))
    assert answer.context["unfinished"] == [running]
    assert answer.context["finished"] == [finished]
    page = answer.content.decode()
    assert f'data-job="{running.job.pk}"' in page
    assert "3 / 4" in page
    assert "3:00" in page  # three epochs of a minute


def test_the_list_asks_as_many_queries_for_twenty_runs_as_for_two(client, dan, django_assert_num_queries):
    version = make_version()
    client.force_login(dan)
    make_run(version, job=make_job("running"), epochs_done=1)
    make_run(version, job=make_job("succeeded"), epochs_done=2)
    with django_assert_num_queries(4):  # session, person, count, rows
        client.get(reverse("training:runs"))
    for _ in range(18):
        make_run(version, job=make_job("failed", failure="no"), epochs_done=2)
    with django_assert_num_queries(4):
        client.get(reverse("training:runs"))


def test_the_epochs_of_a_run_are_sent_in_order_for_its_charts(client, dan):
    run = make_run(make_version(), epochs_done=2)
    client.force_login(dan)
    answer = client.get(reverse("training:epochs", args=[run.pk])).json()
    assert answer["of"] == 4
    assert answer["classes"][1] == {"name": "without_mask", "label": "without mask", "style": "without"}
    assert [epoch["number"] for epoch in answer["epochs"]] == [1, 2]
    assert answer["epochs"][1]["losses"]["loss"] == 2.5
    assert answer["epochs"][1]["metrics"]["map50"] == 0.2


def test_the_charts_are_told_the_steps_and_the_page_leads_to_them_as_a_table(client, dan):
    run = make_run(make_version(), job=make_job("running"), epochs_done=1)
    Curve.objects.create(run=run, points=[[0.5, 2, 0.001, 5.0, 2.0, 2.0, 1.0]], peak_megabytes=1234)
    client.force_login(dan)
    assert client.get(reverse("training:epochs", args=[run.pk])).json()["steps"] == [
        [0.5, 2, 0.001, 5.0, 2.0, 2.0, 1.0]
    ]
    page = client.get(reverse("training:run", args=[run.pk])).content.decode()
    assert "1,234 MB" in page
    address = reverse("training:steps_csv", args=[run.pk])
    assert address in page
    expected = ["epochs done,steps,learning rate,loss,box,objectness,classes", "0.5,2,0.001,5.0,2.0,2.0,1.0"]
    assert client.get(address).content.decode().splitlines() == expected


def test_a_run_of_an_earlier_version_without_steps_has_its_epochs_drawn(client, dan):
    run = make_run(make_version(), job=make_job("succeeded"), epochs_done=2)
    client.force_login(dan)
    assert client.get(reverse("training:epochs", args=[run.pk])).json()["steps"] == []
    assert (
        reverse("training:steps_csv", args=[run.pk])
        not in client.get(reverse("training:run", args=[run.pk])).content.decode()
    )


def test_the_epochs_of_a_run_are_a_table_by_class_and_by_size(client, dan):
    run = make_run(make_version(), job=make_job("succeeded"), epochs_done=2, best={"epoch": 2})
    best = run.epochs_done.get(number=2)
    best.metrics = {"map50": 0.5, "ap50": {"with_mask": 0.75}, "map50_95_small": 0.125}
    best.save()
    client.force_login(dan)
    context = client.get(reverse("training:run", args=[run.pk])).context
    found = dict(
        zip([(head.name, head.of) for head in context["epoch_heads"]], context["epochs"][1].cells, strict=True)
    )
    assert found == {
        ("mAP@.5", "with and without mask"): 0.5,
        ("mAP@.5:.95", "with and without mask"): None,
        ("AP@.5", "with mask"): 0.75,
        ("AP@.5", "without mask"): None,
        ("mAP@.5:.95", "small faces"): 0.125,
        ("mAP@.5:.95", "medium faces"): None,
        ("mAP@.5:.95", "large faces"): None,
    }
    assert [row.is_best for row in context["epochs"]] == [False, True]


def test_a_run_under_way_can_be_cancelled_from_its_page(client, dan):
    run = make_run(make_version(), job=make_job("running"))
    client.force_login(dan)
    page = client.get(reverse("training:run", args=[run.pk])).content.decode()
    assert reverse("training:cancel", args=[run.pk]) in page
    client.post(reverse("training:cancel", args=[run.pk]))
    run.job.refresh_from_db()
    assert run.job.cancel_requested_at is not None


def test_a_failed_run_says_why_and_can_be_resumed(client, dan):
    run = make_run(make_version(), job=make_job("failed", failure="The disk is full."), epochs_done=2)
    client.force_login(dan)
    page = client.get(reverse("training:run", args=[run.pk])).content.decode()
    assert "The disk is full." in page
    assert "2 whole epochs are kept." in page
    client.post(reverse("training:resume", args=[run.pk]))
    run.job.refresh_from_db()
    assert run.job.state == Job.State.QUEUED


def test_resuming_a_running_training_is_refused_with_a_sentence(client, dan):
    run = make_run(make_version(), job=make_job("running"))
    client.force_login(dan)
    answer = client.post(reverse("training:resume", args=[run.pk]), follow=True)
    assert "Only a cancelled or failed job can be resumed." in answer.content.decode()


def test_a_finished_run_leads_to_its_model_and_lets_an_engineer_make_it_active(client, dan, carol, tiny_release):
    tiny_release.is_active = False
    tiny_release.save()
    run = make_run(make_version(), job=make_job("succeeded"), release=tiny_release, epochs_done=4)
    activate = reverse("releases:activate", args=[tiny_release.pk])
    client.force_login(dan)
    assert activate in client.get(reverse("training:run", args=[run.pk])).content.decode()
    client.force_login(carol)  # trains, but does not decide what judges
    page = client.get(reverse("training:run", args=[run.pk])).content.decode()
    assert activate not in page
    assert reverse("releases:release", args=[tiny_release.pk]) in page


def test_the_page_of_a_model_leads_to_its_training_those_who_may_see_it(client, dan, bob, tiny_release):
    run = make_run(make_version(), job=make_job("succeeded"), release=tiny_release)
    training, model = reverse("training:run", args=[run.pk]), reverse("releases:release", args=[tiny_release.pk])
    client.force_login(dan)
    assert f'href="{training}"' in client.get(model).content.decode()
    client.force_login(bob)  # the safety officer
    page = client.get(model).content.decode()
    assert str(run) in page
    assert training not in page


@pytest.mark.parametrize("name", ["run", "epochs", "cancel", "resume", "publish_best"])
def test_a_viewer_sees_no_training(client, charlie, name):
    run = make_run(make_version(), job=make_job("running"))
    client.force_login(charlie)
    method = client.post if name in ("cancel", "resume", "publish_best") else client.get
    assert method(reverse(f"training:{name}", args=[run.pk])).status_code == 403
    run.job.refresh_from_db()
    assert run.job.cancel_requested_at is None


@pytest.mark.parametrize("name", ["runs", "start"])
def test_a_viewer_starts_no_training(client, charlie, name):
    client.force_login(charlie)
    assert client.get(reverse(f"training:{name}")).status_code == 403


def test_the_only_version_is_chosen_already_and_of_two_none(client, dan):
    only = make_version()
    client.force_login(dan)
    start = reverse("training:start")
    assert client.get(start).context["form"]["version"].value() == only.pk
    make_version("others")
    assert client.get(start).context["form"]["version"].value() is None
