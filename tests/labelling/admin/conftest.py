"""People who work in the administration, and what they ask of it."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.rights import Role
from accounts.services import role_apply
from tests.conftest import make_user


def signed_in(user: User) -> Client:
    role_apply(user=user)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager(carol) -> Client:
    return signed_in(carol)


@pytest.fixture
def annotator(db) -> Client:
    return signed_in(make_user("ann", Role.ANNOTATOR))


@pytest.fixture
def engineer(dan) -> Client:
    return signed_in(dan)


def act(client: Client, table: str, action: str, keys, **answers):
    """Choose rows and an action; with answers, those of the page that asks."""
    data = {"action": action, "_selected_action": list(keys), **answers}
    return client.post(f"/admin/labelling/{table}/", {**data, "answered": "1"} if answers else data, follow=True)
