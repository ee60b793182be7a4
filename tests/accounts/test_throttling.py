"""Failed logins are counted for a name and an address together."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.services import login_failure_record
from accounts.throttling import login_subject, login_wait

pytestmark = pytest.mark.django_db


def fail(times: int, *, minutes_ago: int = 0) -> None:
    for _ in range(times):
        entry = login_failure_record(name="bob", address="10.0.0.1")
        AuditEntry.objects.filter(pk=entry.pk).update(at=timezone.now() - timedelta(minutes=minutes_ago))


def test_four_failures_are_forgiven():
    fail(4)
    assert login_wait(name="bob", address="10.0.0.1") is None


def test_the_wait_lasts_until_the_fifth_newest_failure_is_a_quarter_of_an_hour_old():
    fail(1, minutes_ago=10)
    fail(4)
    wait = login_wait(name="bob", address="10.0.0.1")
    assert wait is not None
    assert timedelta(minutes=4, seconds=50) < wait <= timedelta(minutes=5)


def test_failures_older_than_a_quarter_of_an_hour_do_not_count():
    fail(5, minutes_ago=16)
    assert login_wait(name="bob", address="10.0.0.1") is None


def test_upper_and_lower_case_are_one_name_and_addresses_differ():
    assert login_subject(name="Bob", address="a") == login_subject(name="bob", address="a")
    assert login_subject(name="bob", address="a") != login_subject(name="bob", address="b")
