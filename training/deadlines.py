"""Trainings that are to be ready by a time of day."""

from datetime import UTC, datetime, time, timedelta
from typing import Final

MOST_EPOCHS: Final = 5000
"""More than fit into any night: of them a training by the clock does as many as it can."""
MEASURING_SHARE: Final = 0.05
MEASURING_LEAST: Final = timedelta(minutes=2)
"""What is kept of the time for measuring the best epoch and writing its release."""


def next_time(clock: time, *, now: datetime) -> datetime:
    """The next moment after `now` at which clocks in its zone show that time.

    Where clocks go back and show it twice, the first of both that is still to come. A time that they pass over when
    they go forward is as long after midnight as on any other day.
    """
    days = (now.date(), now.date() + timedelta(days=1))
    moments = [datetime.combine(day, clock, tzinfo=now.tzinfo).replace(fold=fold) for day in days for fold in (0, 1)]
    # In UTC: two moments of one zone are compared by what its clocks show.
    return next(moment for moment in moments if moment.astimezone(UTC) > now.astimezone(UTC))


def minutes_to_train(ready_by: datetime, *, now: datetime) -> float:
    """Minutes of training after which there is still time to measure what it gave; 0 when it is too late."""
    left = ready_by.astimezone(UTC) - now.astimezone(UTC)
    kept = max(MEASURING_LEAST, left * MEASURING_SHARE)
    return max(0.0, round((left - kept) / timedelta(minutes=1), 1))
