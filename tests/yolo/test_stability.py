import numpy as np
import pytest

from yolo.stability import DivergedError, LossWatch, check_finite


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_is_noticed_at_once(loss):
    watch = LossWatch()
    watch.note(2.0)
    with pytest.raises(DivergedError, match="no longer a number"):
        watch.note(loss)


def test_one_odd_batch_is_no_explosion():
    watch = LossWatch()
    watch.note(2.0)
    # 2 + 0.05 * (300 - 2) = 16.9, less than ten times 2
    watch.note(300.0)
    assert not watch.is_calm
    for _ in range(100):
        watch.note(2.0)
    assert watch.is_calm


def test_a_loss_that_stays_high_is_one():
    watch = LossWatch()
    watch.note(2.0)
    watch.note(300.0)
    with pytest.raises(DivergedError, match="exploded"):
        watch.note(300.0)


def test_weights_that_are_no_numbers_are_never_saved():
    check_finite([np.ones(3, np.float32)])
    with pytest.raises(DivergedError, match="weights"):
        check_finite([np.ones(3, np.float32), np.array([1, np.inf], np.float32)])
