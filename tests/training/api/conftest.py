"""Programs with the tokens of people."""

import pytest
from rest_framework.test import APIClient

from tests.programs import as_person


@pytest.fixture
def api(dan) -> APIClient:
    """A program of the engineer, who trains."""
    return as_person(dan)


@pytest.fixture
def outsider(bob) -> APIClient:
    """A program of the safety officer, who sees no trainings."""
    return as_person(bob)
