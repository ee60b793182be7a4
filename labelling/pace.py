"""How many rows one transaction changes: as many as take about a tenth of a second, whatever else the machine does.

Others wait to write while a transaction lasts, so its length is what counts, not the number of its rows. That
number follows from how long the transactions before it took.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

WISHED: Final = 0.1  # seconds that a transaction should last
FIRST: Final = 25  # rows of the first one
LEAST: Final = 20  # fewer hardly make it shorter: to begin and to end one takes its time as well
MOST: Final = 500


class Pace:
    """`size` is how many rows the next transaction should change."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.size = min(FIRST, MOST)
        self._clock = clock

    @contextmanager
    def measured(self, rows: int | None = None) -> Iterator[None]:
        """Around one transaction, of `size` rows unless `rows` says how many: it sets the size of the next.

        The size at most doubles, so that a quick one among slow ones misleads nobody.
        """
        began, rows = self._clock(), rows or self.size
        yield
        took = self._clock() - began
        fitting = int(rows * WISHED / took) if took > 0 else MOST
        self.size = min(max(fitting, LEAST), 2 * self.size, MOST)


def portions(keys: Sequence[int], *, clock: Callable[[], float] = time.monotonic) -> Iterator[Sequence[int]]:
    """The keys in portions, each of which is changed, in one transaction, before the next is asked for."""
    pace, done = Pace(clock=clock), 0
    while done < len(keys):
        portion = keys[done : done + pace.size]
        with pace.measured(len(portion)):
            yield portion
        done += len(portion)
