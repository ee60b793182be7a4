"""What a training would take, from how long earlier ones took."""

import pytest

from tests.training.makers import make_run, make_version
from training.estimates import Estimate, Pictures, epoch_work, estimate, pace_of, work_of
from training.models import Curve
from yolo.config import TrainConfig

QUICK = {"canvas": 64, "canvases_per_picture": 0.5, "fine_tune_canvas": 128}
PLAN = TrainConfig(net_size=288, epochs=10, fine_tune_share=0.2, validate_every=2, **QUICK)


def test_work_counts_learnt_canvases_three_times_and_validated_pictures_once():
    pictures = Pictures(train=10, validation=2)
    assert epoch_work(PLAN, pictures) == 3 * 10 * 0.5 * 64**2 + 2 * 288**2 / 2
    first, last = 3 * 10 * 0.5 * 64**2 + 2 * 288**2 / 2, 3 * 10 * 0.5 * 128**2 + 2 * 288**2 / 2
    assert work_of(PLAN, pictures) == 8 * first + 2 * last


def test_without_an_earlier_training_of_that_network_no_time_is_told(db):
    version = make_version(train=10, validation=2, test=2)
    make_run(version, network="yolov3-tiny", epochs_done=3)
    make_run(version)  # has done nothing yet
    assert estimate(version, PLAN) == Estimate(Pictures(10, 2, 2), 10, False)


def test_a_training_like_the_last_takes_as_long_for_each_epoch(db):
    version = make_version(train=10, validation=2)
    make_run(version, epochs_done=3, options={**QUICK, "validate_every": 2, "fine_tune_share": 0})  # a minute each
    plan = TrainConfig(net_size=288, epochs=10, fine_tune_share=0, validate_every=2, **QUICK)
    found = estimate(version, plan)
    assert (found.seconds, found.runs, found.words) == (pytest.approx(600), 1, "10 minutes")


def test_the_memory_of_the_newest_training_of_the_network_is_told(db):
    version = make_version()
    for network, megabytes in (("yolov3-slim", 900), ("yolov3-slim", 1200), ("yolov3", 5000), ("yolov3-slim", None)):
        Curve.objects.create(run=make_run(version, network=network), peak_megabytes=megabytes)
    assert estimate(version, PLAN).megabytes == 1200


def test_given_minutes_the_epochs_that_fit_are_told(db):
    version = make_version(train=10, validation=2)
    make_run(version, epochs_done=3, options={**QUICK, "fine_tune_share": 0})
    plan = TrainConfig(net_size=288, epochs=500, fine_tune_share=0, minutes=7.5, **QUICK)
    found = estimate(version, plan)
    assert (found.epochs, found.seconds, found.is_by_the_clock) == (7, 450, True)


def test_the_newest_five_trainings_tell_the_pace(db):
    version = make_version(train=10, validation=0)
    for _number in range(6):
        make_run(version, epochs_done=1, options=QUICK)
    pace = pace_of("yolov3-slim")
    assert (pace.runs, pace.seconds) == (5, pytest.approx(60 / (3 * 10 * 0.5 * 64**2)))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "less than a minute"), (89, "1 minute"), (5400, "90 minutes"), (9000, "2.5 hours"), (90_000, "25 hours")],
)
def test_a_time_is_told_no_surer_than_it_is(seconds, words):
    assert Estimate(Pictures(), 1, False, seconds).words == words


def test_the_pace_is_asked_for_in_three_queries(db, django_assert_num_queries):
    for number in range(4):
        make_run(make_version(f"set {number}"), epochs_done=2)
    with django_assert_num_queries(3):
        pace_of("yolov3-slim")
