"""Programs with the tokens of people."""

import pytest
from rest_framework.test import APIClient

from tests.programs import as_person


@pytest.fixture
def api(carol) -> APIClient:
    """A program of the data-set manager."""
    return as_person(carol)


@pytest.fixture
def reader(dan) -> APIClient:
    """A program of the engineer, who may look at datasets and change nothing."""
    return as_person(dan)
