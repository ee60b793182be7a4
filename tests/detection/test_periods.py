from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from detection.periods import Period, period_from

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, Period(days=30)),
        ({"days": "7"}, Period(days=7)),
        ({"days": "8"}, Period(days=30)),
        ({"days": "seven"}, Period(days=30)),
        ({"from": "2026-11-01", "to": "2026-11-14"}, Period(first=date(2026, 11, 1), last=date(2026, 11, 14))),
        ({"from": "2026-11-14", "to": "2026-11-01"}, Period(days=30)),
        ({"from": "yesterday", "to": "2026-11-01", "days": "90"}, Period(days=90)),
        # near the ends of the calendar, sums of days overflow
        ({"from": "0001-01-01", "to": "0001-01-02"}, Period(days=30)),
        ({"from": "9999-12-01", "to": "9999-12-31"}, Period(days=30)),
        ({"days": "9" * 5000}, Period(days=30)),
        # 366 days at most: 2 January 2025 to 2 January 2026 are 366
        ({"from": "2001-01-01", "to": "2026-01-02"}, Period(first=date(2025, 1, 2), last=date(2026, 1, 2))),
    ],
)
def test_an_address_names_a_period(query, expected):
    assert period_from(query) == expected


def test_the_last_days_end_today_in_the_cameras_zone():
    # 23:30 in UTC is half past midnight in Berlin
    assert Period(days=7).dates(ZoneInfo("Europe/Berlin"), NOW) == (date(2026, 11, 17), date(2026, 11, 23))
    assert Period(days=7).dates(ZoneInfo("UTC"), NOW) == (date(2026, 11, 16), date(2026, 11, 22))


def test_chosen_days_are_the_same_everywhere():
    period = Period(first=date(2026, 11, 1), last=date(2026, 11, 14))
    assert period.dates(ZoneInfo("Asia/Tokyo"), NOW) == (date(2026, 11, 1), date(2026, 11, 14))


@pytest.mark.parametrize("period", [Period(days=7), Period(first=date(2026, 11, 1), last=date(2026, 11, 14))])
def test_a_period_survives_its_way_through_the_address(period):
    assert period_from(dict(part.split("=") for part in period.query.split("&"))) == period
