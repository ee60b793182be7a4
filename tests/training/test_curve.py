"""The course of a training by its steps, kept small."""

from training.curve import StepCurve, peak_megabytes
from yolo.train import StepEvent


def event(epoch: int, step: int, loss: float, *, steps: int = 4, rate: float = 0.001) -> StepEvent:
    losses = {"loss": loss, "box": loss / 2, "objectness": 1.0, "classes": 0.0}
    return StepEvent(
        epoch=epoch,
        epochs=9,
        step=step,
        steps=steps,
        losses=losses,
        learning_rate=rate,
        pictures_per_second=1.0,
        seconds_left=None,
    )


def curve_of(*events: StepEvent, **settings: int) -> StepCurve:
    curve = StepCurve(**settings)
    for each in events:
        curve.add(each)
    return curve


def test_a_point_is_the_mean_of_its_own_steps_not_of_the_epoch_so_far():
    # Means since the epoch began: 8 after one step; 5 after three, so that the two between have (3 * 5 - 8) / 2.
    rows = curve_of(event(1, 1, 8.0), event(1, 3, 5.0, rate=0.002)).rows
    assert rows == [[0.25, 1, 0.001, 8.0, 4.0, 1.0, 0.0], [0.75, 2, 0.002, 3.5, 1.75, 1.0, 0.0]]


def test_an_epoch_begins_its_means_anew():
    rows = curve_of(event(1, 4, 8.0), event(2, 2, 3.0)).rows
    assert [row[:4] for row in rows] == [[1.0, 4, 0.001, 8.0], [1.5, 2, 0.001, 3.0]]


def test_two_neighbours_become_one_when_there_are_too_many():
    events = [event(1, step, 6.0) for step in (1, 2, 3, 4)]
    curve = curve_of(*events, event(2, 1, 3.0), event(2, 2, 2.0), most=4)
    # The fifth point halves them: 1+2, 3+4, and the fifth, which the sixth (of a loss of 2 * 2 - 3) then joins.
    assert [row[:4] for row in curve.rows] == [[0.5, 2, 0.001, 6.0], [1.0, 2, 0.001, 6.0], [1.5, 2, 0.001, 2.0]]
    assert curve.width == 2


def test_a_curve_stays_small_however_long_it_gets():
    curve = curve_of(*(event(epoch, step, 1.0) for epoch in range(1, 301) for step in range(1, 5)), most=50)
    assert 25 <= len(curve.rows) <= 50
    assert sum(row[1] for row in curve.rows) == 1200  # no step is lost


def test_what_is_repeated_after_a_fall_back_replaces_what_was_there():
    curve = curve_of(event(1, 4, 5.0), event(2, 2, 4.0), event(2, 4, 90.0))
    again = StepCurve(curve.rows, width=curve.width)
    again.add(event(2, 3, 3.0))
    assert [row[0] for row in again.rows] == [1.0, 1.5, 1.75]
    assert again.rows[-1][3] == 3.0


def test_a_curve_that_is_read_again_is_the_same():
    curve = curve_of(event(1, 1, 8.0), event(1, 3, 5.0))
    assert StepCurve(curve.rows).rows == curve.rows


def test_the_memory_of_this_process_is_told_in_megabytes():
    assert 20 < peak_megabytes() < 100_000
