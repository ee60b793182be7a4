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
    # a row takes 4 ms, nearly: 25 of them a tenth of a second, and so it stays
    assert sizes(80, lambda number: 1 / 256) == [25, 25, 25, 5]


def test_a_portion_that_was_held_up_makes_the_next_ones_smaller_and_they_recover():
    # about 1 ms a row, but the third portion takes 40 times as long
    assert sizes(300, lambda number: (40 if number == 3 else 1) / 1024) == [25, 50, 100, 20, 40, 65]


def test_portions_never_get_so_small_that_beginning_and_ending_them_is_all_they_do():
    assert sizes(68, lambda number: 3) == [25, 20, 20, 3]
    assert sizes(0, lambda number: 1) == []
