"""Programs with the tokens of people."""

import pytest
from rest_framework.test import APIClient

from accounts.services import api_token_create


def as_person(user) -> APIClient:
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {api_token_create(user=user, name='test')[1]}")
    return client


@pytest.fixture
def api(carol) -> APIClient:
    """A program of the data-set manager."""
    return as_person(carol)


@pytest.fixture
def reader(dan) -> APIClient:
    """A program of the engineer, who may look at datasets and change nothing."""
    return as_person(dan)
