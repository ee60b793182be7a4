from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from detection.stats import (
    Day,
    Interval,
    Tally,
    compliance,
    coverage_by_day,
    day_bounds,
    days_between,
    difference_interval,
    wilson_interval,
)

BERLIN = ZoneInfo("Europe/Berlin")


def test_no_trials_say_nothing():
    assert wilson_interval(0, 0) == Interval(0.0, 1.0)


def test_the_interval_of_eight_in_ten():
    # z = 2 for easy figures: widening 1 + 4/10 = 1.4; centre (0.8 + 4/20) / 1.4 = 1/1.4;
    # half = 2/1.4 * sqrt(0.8*0.2/10 + 4/400) = 2/1.4 * sqrt(0.026).
    half = 2 / 1.4 * 0.026**0.5
    found = wilson_interval(8, 10, z=2)
    assert found.low == pytest.approx(1 / 1.4 - half)
    assert found.high == pytest.approx(1 / 1.4 + half)


def test_the_interval_of_the_textbook():
    # Newcombe (1998), table I, method 3: 81 of 263 gives 0.2553 to 0.3662.
    found = wilson_interval(81, 263)
    assert found.low == pytest.approx(0.2553, abs=5e-5)
    assert found.high == pytest.approx(0.3662, abs=5e-5)


def test_no_success_begins_at_zero():
    # With k = 0 the upper bound is z²/(n + z²); z = 2, n = 4: 4/8.
    assert wilson_interval(0, 4, z=2) == Interval(0.0, pytest.approx(0.5))


def test_only_successes_end_at_one():
    # The mirror image: n/(n + z²) = 4/8.
    assert wilson_interval(4, 4, z=2) == Interval(pytest.approx(0.5), 1.0)


@pytest.mark.parametrize(("k", "n"), [(-1, 3), (4, 3)])
def test_impossible_counts_are_refused(k, n):
    with pytest.raises(ValueError, match="successes"):
        wilson_interval(k, n)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0), None),
        ((4, 0, 0), None),  # four judged: too few to say
        ((3, 1, 1), 0.6),  # five are enough
        ((0, 5, 0), 0.0),
        ((5, 0, 0), 1.0),
        ((6, 3, 3), 0.5),
    ],
)
def test_compliance(counts, expected):
    assert compliance(*counts) == expected


def test_unknown_changes_neither_rate_nor_interval():
    tally = Tally(with_mask=6, without_mask=2)
    assert (tally.plus("unknown", 100).rate, tally.plus("unknown", 100).interval) == (0.75, tally.interval)


def test_few_judged_have_an_interval_but_no_rate():
    tally = Tally(with_mask=2, unknown=9)
    assert tally.rate is None
    # n = k = 2: lower bound 2 / (2 + z²), z² = 3.8415
    assert tally.interval == Interval(pytest.approx(0.34238, abs=1e-5), 1.0)


def test_tallies_add_up():
    total = Tally(1, 2, 3, 4) + Tally(10, 20, 30, 40)
    assert total == Tally(11, 22, 33, 44)
    assert (total.judged, total.passages) == (66, 110)


def test_a_verdict_nobody_knows_is_no_tally():
    with pytest.raises(AttributeError):
        Tally().plus("bearded")


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)],
)
def test_a_day_has_23_or_25_hours_where_the_clock_changes(day, hours):
    begins, ends = day_bounds(day, BERLIN)
    assert ends - begins == timedelta(hours=hours)


def test_days_between_holds_both_ends():
    assert list(days_between(date(2026, 2, 27), date(2026, 3, 1))) == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
    ]


def test_coverage_counts_what_two_clips_share_once():
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    spans = [
        (noon + timedelta(minutes=20), noon + timedelta(minutes=30)),
        (noon, noon + timedelta(minutes=10)),
        (noon + timedelta(minutes=5), noon + timedelta(minutes=15)),
        (noon + timedelta(minutes=6), noon + timedelta(minutes=7)),
    ]
    assert coverage_by_day(spans, BERLIN) == {date(2026, 7, 1): timedelta(minutes=25)}


def test_coverage_is_split_at_the_local_midnight():
    # 23:30 to 00:45 in Berlin, where summer is two hours ahead of UTC
    begins = datetime(2026, 7, 1, 21, 30, tzinfo=UTC)
    assert coverage_by_day([(begins, begins + timedelta(minutes=75))], BERLIN) == {
        date(2026, 7, 1): timedelta(minutes=30),
        date(2026, 7, 2): timedelta(minutes=45),
    }


def test_the_long_day_is_covered_for_25_hours():
    begins, ends = day_bounds(date(2026, 10, 25), BERLIN)
    covered = coverage_by_day([(begins - timedelta(hours=1), ends + timedelta(hours=1))], BERLIN)
    assert covered[date(2026, 10, 25)] == timedelta(hours=25)


def test_a_day_without_video_is_a_gap():
    assert not Day(date(2026, 7, 1)).is_seen
    assert Day(date(2026, 7, 1), covered=timedelta(seconds=1)).is_seen


def test_a_day_that_comes_twice_is_counted_to_its_end():
    # St. John's went from 00:01 on 7 November 2010 back to 23:01 on the 6th, whose second end was 03:30 in UTC.
    span = (datetime(2010, 11, 7, 2, 45, tzinfo=UTC), datetime(2010, 11, 7, 4, tzinfo=UTC))
    covered = coverage_by_day([span], ZoneInfo("America/St_Johns"))
    assert covered == {date(2010, 11, 6): timedelta(minutes=45), date(2010, 11, 7): timedelta(minutes=30)}


def test_the_interval_of_a_difference_is_that_of_the_textbook():
    # Newcombe (1998), table II, example (a), method 10: 56 of 70 less 48 of 80 gives 0.0524 to 0.3339.
    assert difference_interval((48, 80), (56, 70)) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_of_the_same_figures_the_difference_is_around_zero():
    low, high = difference_interval((8, 10), (8, 10))
    assert low == pytest.approx(-high)
    assert high > 0


@pytest.mark.parametrize(("before", "after"), [((0, 0), (3, 4)), ((3, 4), (0, 0))])
def test_a_difference_with_nothing_on_a_side_says_nothing(before, after):
    assert difference_interval(before, after) == (-1.0, 1.0)
