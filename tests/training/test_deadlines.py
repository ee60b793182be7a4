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
