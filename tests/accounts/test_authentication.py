"""The API's login by token."""

import pytest
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.authentication import TokenAuthentication
from accounts.services import api_token_create


def authenticate(header):
    headers = {} if header is None else {"Authorization": header}
    return TokenAuthentication().authenticate(Request(APIRequestFactory().get("/", headers=headers)))


def test_a_token_is_its_person_and_remembers_when_it_was_used(bob):
    row, token = api_token_create(user=bob, name="upload")
    before = timezone.now()
    assert authenticate(f"Bearer {token}") == (bob, row)
    row.refresh_from_db()
    assert row.last_used_at >= before


@pytest.mark.parametrize("header", [None, "Basic abc", "Bearer", "Bearer a b"])
def test_what_is_no_bearer_token_is_left_to_others(header, db):
    assert authenticate(header) is None


def test_a_wrong_token_is_refused(db):
    with pytest.raises(AuthenticationFailed):
        authenticate("Bearer mw_wrong")


@pytest.mark.parametrize("token", ["mwcam_of_a_camera", "ghp_of_something_else"])
def test_a_token_of_another_kind_is_told_that_it_does_not_serve_here(token):
    with pytest.raises(AuthenticationFailed, match="not valid here"):
        authenticate(f"Bearer {token}")


def test_the_token_of_somebody_deactivated_is_refused(bob):
    _row, token = api_token_create(user=bob, name="upload")
    bob.is_active = False
    bob.save()
    with pytest.raises(AuthenticationFailed):
        authenticate(f"Bearer {token}")
