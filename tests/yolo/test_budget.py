import pytest

from tests.yolo.narrow import NARROW, narrow_config
from yolo.budget import Budget


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setattr("yolo.config.NETWORKS", {"narrow": NARROW})


def test_without_minutes_all_epochs_are_done():
    budget = Budget(narrow_config(epochs=7))
    budget.spent(0, 1e6)
    assert budget.plan_for(1).epochs == 7


def test_the_epochs_that_fit_are_planned_once_one_has_been_timed():
    budget = Budget(narrow_config(epochs=100, minutes=10, fine_tune_share=0.0))
    assert budget.plan_for(0).epochs == 100
    budget.spent(0, 60)
    # 540 seconds are left: nine epochs of 60 beside the one that is done
    assert budget.plan_for(1).epochs == 10
    budget.spent(1, 180)
    # 360 seconds are left for epochs of (60 + 180) / 2
    assert budget.plan_for(2).epochs == 5


def test_the_larger_canvases_of_the_last_phase_are_reckoned_with():
    # The last phase has twice the side and takes four times as long.
    config = narrow_config(epochs=100, minutes=10, fine_tune_share=0.5, fine_tune_canvas=192)
    budget = Budget(config)
    budget.plan_for(0)
    budget.spent(0, 60)
    # Four epochs: 60 s are spent, one more of 60 and two of 240 make 600. Five would be 720.
    assert budget.plan_for(1).epochs == 4


@pytest.mark.parametrize(
    ("seconds", "epochs"),
    [
        (40, 2),  # another ends 20 s after the minute, as far off as the 20 s before it in which none does
        (41, 1),  # 22 s after it, instead of 19 s before it
        (60, 1),
        (500, 1),
    ],
)
def test_another_epoch_is_done_where_that_comes_no_less_close_to_the_time_than_to_stop(seconds, epochs):
    budget = Budget(narrow_config(epochs=100, minutes=1, fine_tune_share=0.0))
    budget.spent(0, seconds)
    assert budget.plan_for(1).epochs == epochs
    assert budget.plan.epochs == epochs


def test_one_epoch_is_done_however_late_it_is():
    budget = Budget(narrow_config(epochs=100, minutes=1))
    budget.spent(0, 500, share=0)  # an epoch that diverged
    assert budget.plan_for(0).epochs == 1


def test_an_epoch_that_is_begun_is_finished_however_late_it_is():
    budget = Budget(narrow_config(epochs=100, minutes=1))
    budget.spent(0, 500)
    assert budget.plan_for(1, least=2).epochs == 2


def test_once_the_last_phase_has_begun_it_does_not_begin_again():
    config = narrow_config(epochs=100, minutes=10, fine_tune_share=0.5)
    budget = Budget(config)
    budget.spent(0, 100)
    assert budget.plan_for(1).epochs == 6
    for epoch in (1, 2):
        budget.plan_for(epoch)
        budget.spent(epoch, 100)
    # 300 seconds would now do for many of these quick ones, but the fourth of six is fine-tuned already.
    budget.plan_for(3)
    budget.spent(3, 1)
    assert budget.plan_for(4).epochs == 6


def test_a_resumed_training_keeps_its_plan_until_it_knows_its_pace():
    budget = Budget(narrow_config(epochs=100, minutes=10), seconds=300, epochs=12)
    assert budget.plan_for(5).epochs == 12
    budget.spent(5, 10, share=0.25)
    # A quarter of an epoch took 10 seconds: 290 are left for epochs of 40
    assert budget.plan_for(6).epochs == 6 + 7
