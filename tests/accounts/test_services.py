"""Writes about people."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import ApiToken, AuditEntry, User
from accounts.rights import Role
from accounts.services import (
    api_token_create,
    first_administrator_create,
    last_administrator_check,
    profile_update,
    token_digest,
    user_create,
    user_update,
)


def test_the_first_administrator_is_made_once(db):
    made = first_administrator_create()
    assert made is not None
    user, password = made
    assert user.check_password(password)
    assert user.role == Role.ADMINISTRATOR
    assert first_administrator_create() is None


def test_of_a_token_only_the_digest_is_kept(bob):
    row, token = api_token_create(user=bob, name="upload")
    assert token.startswith("mw_")
    assert row.digest == token_digest(token)
    assert not ApiToken.objects.filter(digest=token).exists()


def test_a_role_that_nobody_knows_is_refused(alice):
    with pytest.raises(ValidationError):
        user_create(username="erin", role="emperor", by=alice)
    assert not User.objects.filter(username="erin").exists()


def test_a_change_is_on_record_with_old_and_new_values(alice, bob):
    user_update(user=bob, role=Role.ENGINEER, is_active=True, first_name="Bob", by=alice)
    entry = AuditEntry.objects.get(action="user_update")
    assert entry.actor == alice
    assert entry.detail == {"username": "bob", "role": ["safety_officer", "engineer"], "first_name": ["", "Bob"]}


def test_an_inactive_administrator_does_not_count_as_one_left(alice):
    erin, _password = user_create(username="erin", role=Role.ADMINISTRATOR, by=alice)
    user_update(user=erin, role=Role.ADMINISTRATOR, is_active=False, by=alice)
    with pytest.raises(ValidationError):
        last_administrator_check(user=alice, role=Role.VIEWER, is_active=True)


def test_somebody_who_is_no_administrator_can_always_be_deactivated(alice, bob):
    user_update(user=bob, role=Role.SAFETY_OFFICER, is_active=False, by=alice)
    bob.refresh_from_db()
    assert not bob.is_active


def test_a_profile_with_an_unknown_time_zone_is_refused(bob):
    with pytest.raises(ValidationError, match="Mars/Olympus is no time zone"):
        profile_update(user=bob, first_name="", last_name="", email="", time_zone="Mars/Olympus")
