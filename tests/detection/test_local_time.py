"""Local times around the change to and from summer time, in Europe/Berlin: 29 March and 25 October 2026."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from detection.local_time import moment_from

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2026-07-01T14:30:00", 12, 30),
        ("2026-07-01 14:30", 12, 30),
        ("2026-12-01T14:30:00", 13, 30),
        ("2026-07-01T14:30:00Z", 14, 30),
        ("2026-07-01T14:30:00+05:30", 9, 0),
        ("2026-03-29T01:59:00", 0, 59),
        ("2026-03-29T03:00:00", 1, 0),
        ("2026-10-25T02:30:00+02:00", 0, 30),
        ("2026-10-25T02:30:00+01:00", 1, 30),
        ("2026-10-25T03:00:00", 2, 0),
    ],
)
def test_a_time_is_read(text, hour, minute):
    found = moment_from(text, BERLIN)
    assert (found.tzinfo, found.hour, found.minute) == (UTC, hour, minute)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-03-29T02:30:00", "no_such_time"),
        ("2026-10-25T02:30:00", "ambiguous_time"),
        ("yesterday", "no_time"),
        ("", "no_time"),
        ("2026-02-30T10:00:00", "no_time"),
        ("0001-01-01T00:00:00+14:00", "out_of_range"),
    ],
)
def test_a_time_that_names_no_moment_is_refused(text, code):
    with pytest.raises(ValidationError) as refused:
        moment_from(text, BERLIN)
    assert refused.value.code == code


def test_dates_alone_are_midnight():
    assert moment_from("2026-07-01", ZoneInfo("UTC")) == datetime(2026, 7, 1, tzinfo=UTC)
