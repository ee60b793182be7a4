"""Times of day and the minutes until then."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from training.deadlines import minutes_to_train, next_time

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_time_still_to_come_is_today_and_one_that_is_past_tomorrow():
    now = datetime(2026, 11, 23, 22, 30, tzinfo=BERLIN)
    assert next_time(time(23, 0), now=now) == datetime(2026, 11, 23, 23, 0, tzinfo=BERLIN)
    assert next_time(time(6, 0), now=now) == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    assert next_time(time(22, 30), now=now) == datetime(2026, 11, 24, 22, 30, tzinfo=BERLIN)


def test_a_night_in_which_clocks_go_back_has_an_hour_more():
    now = datetime(2026, 10, 24, 22, 0, tzinfo=BERLIN)  # until 6 o'clock: 8 hours on the clock, 9 to train in
    assert next_time(time(6, 0), now=now).astimezone(UTC) - now.astimezone(UTC) == timedelta(hours=9)


def test_a_night_in_which_clocks_go_forward_has_an_hour_less():
    now = datetime(2027, 3, 27, 22, 0, tzinfo=BERLIN)  # until 6 o'clock: 8 hours on the clock, 7 to train in
    ready_by = next_time(time(6, 0), now=now)
    assert ready_by.astimezone(UTC) == datetime(2027, 3, 28, 4, 0, tzinfo=UTC)
    # 420 minutes less a twentieth; both moments of one zone, as the form has them.
    assert minutes_to_train(ready_by, now=now) == 399.0


def test_a_time_that_clocks_pass_over_comes_all_the_same():
    now = datetime(2027, 3, 28, 1, 50, tzinfo=BERLIN)  # ten minutes later it is 3 o'clock
    assert next_time(time(2, 30), now=now).astimezone(UTC) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_time_that_clocks_show_twice_is_the_first_still_to_come():
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))  # both are 2:30 in Berlin
    assert next_time(time(2, 30), now=(first - timedelta(hours=3)).astimezone(BERLIN)).astimezone(UTC) == first
    assert next_time(time(2, 30), now=first.astimezone(BERLIN)).astimezone(UTC) == second
    later = next_time(time(2, 30), now=second.astimezone(BERLIN))
    assert later == datetime(2026, 10, 26, 2, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (480, 456.0),  # a twentieth, 24 minutes, is kept for measuring
        (20, 18.0),  # two minutes at least
        (2, 0.0),
        (-5, 0.0),
    ],
)
def test_some_of_the_time_is_kept_for_measuring(minutes, expected):
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert minutes_to_train(now + timedelta(minutes=minutes), now=now) == expected
