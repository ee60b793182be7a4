import pytest

from yolo.config import TrainConfig
from yolo.schedule import Schedule

# 10 epochs of 100 steps: two of them fine-tune, 150 steps warm up.
SCHEDULE = Schedule(TrainConfig(epochs=10, fine_tune_share=0.2, warm_up_steps=150), 100)


@pytest.mark.parametrize(
    ("step", "rate"),
    [
        (0, 1.5e-3 / 150),
        (74, 1.5e-3 / 2),
        (149, 1.5e-3),
        (150, 1.5e-3),
        (475, 1.5e-3 * 0.525),  # half of the cosine: between 1 and 0.05
        (800, 3e-4),
        (900, 3e-4 * 0.55),  # between 1 and 0.1
        (1000, 3e-5),
    ],
)
def test_warm_up_then_a_cosine_then_a_lower_one(step, rate):
    assert SCHEDULE.learning_rate(step) == pytest.approx(rate)


def test_the_rate_falls_from_the_warm_up_to_the_end_of_the_phase():
    rates = [SCHEDULE.learning_rate(step) for step in range(150, 800)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(1.5e-3 * 0.05, rel=0.01)


def test_a_short_training_warms_up_for_half_of_it_at_most():
    schedule = Schedule(TrainConfig(epochs=1), 20)
    assert schedule.learning_rate(9) == pytest.approx(1.5e-3)
    assert schedule.learning_rate(19) < 0.1e-3 + 1.5e-3 * 0.05
    assert Schedule(TrainConfig(epochs=1), 1).learning_rate(0) == pytest.approx(1.5e-3)
