"""Failed logins are counted for a name and an address together: guessing slows down, others still get in."""

import hashlib
from datetime import timedelta

from django.utils import timezone

from accounts.models import AuditEntry

LOGIN_FAILED = "login_failed"
ATTEMPTS = 5
WINDOW = timedelta(minutes=15)


def login_subject(*, name: str, address: str) -> str:
    """What attempts are counted under; hashed, as people type passwords into the wrong field."""
    return hashlib.sha256(f"{name.casefold()}\0{address}".encode()).hexdigest()[:40]


def login_wait(*, name: str, address: str) -> timedelta | None:
    """How long this name must wait at this address, or None where it may try now."""
    now = timezone.now()
    times = AuditEntry.objects.filter(
        action=LOGIN_FAILED, target_type="login", target_id=login_subject(name=name, address=address)
    ).filter(at__gt=now - WINDOW)
    recent = list(times.order_by("-at").values_list("at", flat=True)[:ATTEMPTS])
    return recent[-1] + WINDOW - now if len(recent) == ATTEMPTS else None
