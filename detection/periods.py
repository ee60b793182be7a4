"""The period a page looks at, as its address says it: `?days=30`, or `?from=2026-11-01&to=2026-11-14`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

CHOICES = (7, 30, 90)
DEFAULT_DAYS = 30
LONGEST_DAYS = 366
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9000, 1, 1)
"""Days outside of these are no days of a camera; near the ends of the calendar, sums of days overflow."""


@dataclass(frozen=True)
class Period:
    """The last `days` days, or the days from `first` to `last`, both included; days of the camera's calendar."""

    days: int = DEFAULT_DAYS
    first: date | None = None
    last: date | None = None

    def dates(self, zone: ZoneInfo, now: datetime) -> tuple[date, date]:
        """First and last day in a camera's time zone."""
        last = self.last or now.astimezone(zone).date()
        return self.first or last - timedelta(days=self.days - 1), last

    @property
    def is_chosen(self) -> bool:
        """Whether the days were named one by one."""
        return self.first is not None

    @property
    def query(self) -> str:
        """The part of an address that leads to this period."""
        if self.first is not None and self.last is not None:
            return f"from={self.first.isoformat()}&to={self.last.isoformat()}"
        return f"days={self.days}"


def period_from(query: Mapping[str, str]) -> Period:
    """Read a period from an address; what cannot be read gives the default one."""
    first, last = _date(query.get("from", "")), _date(query.get("to", ""))
    if first and last and first <= last:
        return Period(first=max(first, last - timedelta(days=LONGEST_DAYS - 1)), last=last)
    text = query.get("days", "")
    return Period(days=next((days for days in CHOICES if text == str(days)), DEFAULT_DAYS))


def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
