"""Transactions of many rows last about a tenth of a second, however fast the machine is."""

from labelling.pace import portions


class Clock:
    """A clock that a test sets forward."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def sizes(count: int, seconds_a_row) -> list[int]:
    """The portions of so many keys where a row takes `seconds_a_row(number of the portion)`."""
    clock, found = Clock(), []
    for portion in portions(range(count), clock=clock):
        found.append(len(portion))
        clock.now += len(portion) * seconds_a_row(len(found))
    return found


def test_quick_rows_go_in_portions_that_grow_to_the_most():
    assert sizes(1300, lambda number: 0.0001) == [25, 50, 100, 200, 400, 500, 25]


def test_slow_rows_go_in_portions_of_a_tenth_of_a_second():
    # a row takes 10 ms: 25 of them a quarter of a second, then 10 at a time
    assert sizes(55, lambda number: 0.01) == [25, 10, 10, 10]


def test_a_portion_that_was_held_up_makes_the_next_ones_smaller_and_they_recover():
    # about 1 ms a row, but the third portion takes 40 times as long
    assert sizes(300, lambda number: (40 if number == 3 else 1) / 1024) == [25, 50, 100, 2, 4, 8, 16, 32, 63]


def test_rows_slower_than_the_wish_go_one_by_one_and_none_is_lost():
    assert sizes(28, lambda number: 3) == [25, 1, 1, 1]
    assert sizes(0, lambda number: 1) == []
