"""The arithmetic of compliance: rates, their uncertainty, local days and coverage. Plain Python, no Django."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Z_95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: 2.5 % on either side make an interval of 95 %."""

FEWEST_JUDGED = 5
"""Below so many judged passages no rate is told ('too few to say'): with four, one face moves it by 25 points."""


@dataclass(frozen=True)
class Interval:
    """Bounds of a proportion, 0 <= low <= high <= 1."""

    low: float
    high: float


def wilson_interval(k: int, n: int, z: float = Z_95) -> Interval:
    """The Wilson score interval of k successes in n trials.

    E. B. Wilson, 'Probable inference, the law of succession, and statistical inference', Journal of the
    American Statistical Association 22 (1927), 209-212. No trials say nothing: the answer is [0, 1].

    Raises:
        ValueError: unless 0 <= k <= n.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} successes in {n} trials")
    if n == 0:
        return Interval(0.0, 1.0)
    share = k / n
    widening = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / widening
    half = z / widening * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(0.0 if k == 0 else centre - half, 1.0 if k == n else centre + half)


def difference_interval(before: tuple[int, int], after: tuple[int, int], z: float = Z_95) -> tuple[float, float]:
    """Bounds of after minus before, each (successes, trials) of samples that know nothing of each other; -1 to 1.

    R. G. Newcombe, 'Interval estimation for the difference between independent proportions', Statistics in
    Medicine 17 (1998), 873-890, method 10: from the Wilson intervals of the two. Of the same faces judged twice it
    is wider than need be. Without trials on a side nothing is known: (-1, 1).

    Raises:
        ValueError: unless 0 <= successes <= trials.
    """
    old, new = wilson_interval(*before, z), wilson_interval(*after, z)
    if not before[1] or not after[1]:
        return -1.0, 1.0
    first, second = before[0] / before[1], after[0] / after[1]
    low = second - first - math.hypot(second - new.low, old.high - first)
    high = second - first + math.hypot(new.high - second, first - old.low)
    return low, high


def compliance(with_mask: int, without_mask: int, worn_incorrectly: int) -> float | None:
    """with / (with + without + worn incorrectly); None below `FEWEST_JUDGED`: too few to say.

    Passages whose verdict is 'unknown' are no part of it and are to be shown beside it.
    """
    judged = with_mask + without_mask + worn_incorrectly
    return with_mask / judged if judged >= FEWEST_JUDGED else None


@dataclass(frozen=True)
class Tally:
    """Passages by verdict."""

    with_mask: int = 0
    without_mask: int = 0
    worn_incorrectly: int = 0
    unknown: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.with_mask + other.with_mask,
            self.without_mask + other.without_mask,
            self.worn_incorrectly + other.worn_incorrectly,
            self.unknown + other.unknown,
        )

    def plus(self, verdict: str, count: int = 1) -> "Tally":
        """This tally with `count` more passages of a verdict.

        Raises:
            AttributeError: for a verdict nobody knows.
        """
        return replace(self, **{verdict: getattr(self, verdict) + count})

    @property
    def judged(self) -> int:
        return self.with_mask + self.without_mask + self.worn_incorrectly

    @property
    def passages(self) -> int:
        return self.judged + self.unknown

    @property
    def rate(self) -> float | None:
        return compliance(self.with_mask, self.without_mask, self.worn_incorrectly)

    @property
    def interval(self) -> Interval:
        return wilson_interval(self.with_mask, self.judged)

    def items(self) -> list[tuple[str, int]]:
        """(verdict, count), in the order in which they are shown."""
        return [
            ("with_mask", self.with_mask),
            ("without_mask", self.without_mask),
            ("worn_incorrectly", self.worn_incorrectly),
            ("unknown", self.unknown),
        ]


@dataclass(frozen=True)
class Day:
    """What one camera saw on one day of its own calendar."""

    date: date
    tally: Tally = field(default_factory=Tally)
    covered: timedelta = timedelta(0)

    @property
    def is_seen(self) -> bool:
        """Whether there is any judged video of the day; a day without is a gap, not a zero."""
        return self.covered > timedelta(0)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Begin and end of a local day in UTC: 23 or 25 hours apart where the clock changes."""
    begins = datetime.combine(day, time.min, zone).astimezone(UTC)
    ends = datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
    return begins, ends


def days_between(first: date, last: date) -> Iterator[date]:
    """Each day from first to last, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def coverage_by_day(spans: Iterable[tuple[datetime, datetime]], zone: ZoneInfo) -> dict[date, timedelta]:
    """How much of each local day the spans cover; what two spans share counts once.

    Args:
        spans: (begin, end) of the clips, aware datetimes in any order.
        zone: the camera's time zone.
    """
    covered: dict[date, timedelta] = {}
    reached = datetime.min.replace(tzinfo=UTC)
    for begins, ends in sorted((begin.astimezone(UTC), end.astimezone(UTC)) for begin, end in spans):
        begins = max(begins, reached)
        reached = max(reached, ends)
        while begins < ends:
            day = begins.astimezone(zone).date()
            midnight = day_bounds(day, zone)[1]
            # A clock set back over midnight brings a day once more: on, minute by minute, until it is over again.
            until = min(ends, midnight if midnight > begins else begins + timedelta(minutes=1))
            covered[day] = covered.get(day, timedelta(0)) + (until - begins)
            begins = until
    return covered
