"""Times as people and cameras write them: with an offset, or read off the clock of a time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def moment_from(text: str, zone: ZoneInfo) -> datetime:
    """The moment that an ISO 8601 text names, in UTC; without an offset it is the time in `zone`.

    Raises ValidationError with a sentence for what is no time, and for a local time that the change to or
    from summer time leaves out or has twice.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        message = _("“%(text)s” is no time; write one like 2026-07-01T14:30:00+02:00.") % {"text": text}
        raise ValidationError(message, code="no_time") from None
    if found.tzinfo is None:
        found = _localised(found, zone)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValidationError(_("This time is out of range."), code="out_of_range") from None


def _localised(naive: datetime, zone: ZoneInfo) -> datetime:
    earlier, later = naive.replace(tzinfo=zone), naive.replace(tzinfo=zone, fold=1)
    if earlier.utcoffset() == later.utcoffset():
        return earlier
    words = {"time": f"{naive:%Y-%m-%d %H:%M}", "zone": zone.key}
    if later.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        message = _("%(time)s does not exist in %(zone)s: the clock went forward to summer time.")
        raise ValidationError(message % words, code="no_such_time")
    message = _("%(time)s comes twice in %(zone)s: the clock went back from summer time. Add the offset, like +02:00.")
    raise ValidationError(message % words, code="ambiguous_time")
