import numpy as np
import pytest

from yolo.stability import DivergedError, LossWatch, Trouble, bound_of, check_score, check_weights


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


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 65505.0, -1e30])
def test_weights_beyond_what_a_release_can_hold_are_noticed_in_any_network(value):
    sound, broken = [np.full(3, 65504, np.float32)], [np.ones(3, np.float32), np.array([1, value], np.float32)]
    check_weights(sound, sound)
    with pytest.raises(DivergedError, match="weights or batch statistics") as caught:
        check_weights(sound, broken)
    assert caught.value.trouble is Trouble.WEIGHTS


def test_a_training_that_begins_with_larger_numbers_may_keep_them():
    start = [np.array([-70000, 3], np.float32), np.zeros(0, np.float32)]
    assert bound_of(start) == 140000
    assert bound_of([np.ones(2, np.float32)]) == 65504
    check_weights(start, bound=bound_of(start))
    with pytest.raises(DivergedError):
        check_weights([np.array([140001], np.float32)], bound=bound_of(start))


@pytest.mark.parametrize(
    ("score", "best", "collapsed"),
    [
        (0.0, 0.6, True),
        (0.059, 0.6, True),
        (0.061, 0.6, False),  # bad, but a tenth is left
        (0.0, 0.09, False),  # it was never good
        (-1.0, 0.5, True),  # nothing of the judged classes could be measured any more
        (0.3, -1.0, False),
    ],
)
def test_a_network_that_was_good_and_finds_next_to_nothing_has_collapsed(score, best, collapsed):
    if not collapsed:
        check_score(score, best)
        return
    with pytest.raises(DivergedError, match="hardly finds anything"):
        check_score(score, best)
