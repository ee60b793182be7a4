"""A second browser."""

import pytest
from django.test import Client


@pytest.fixture
def client_elsewhere() -> Client:
    return Client()
