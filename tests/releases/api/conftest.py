"""Programs with the tokens of people, and releases to ask for."""

import pytest
from rest_framework.test import APIClient

from releases.models import ModelRelease
from tests.programs import as_person


@pytest.fixture
def api(dan) -> APIClient:
    """A program of the engineer, who manages releases."""
    return as_person(dan)


@pytest.fixture
def reader(bob) -> APIClient:
    """A program of the safety officer, who may look at releases and change nothing."""
    return as_person(bob)


@pytest.fixture
def spare(tiny_release) -> ModelRelease:
    """A second release beside the active one, in the same folder, measured on validation pictures."""
    return ModelRelease.objects.create(
        name="spare",
        network="yolov3-tiny",
        net_size=288,
        classes=["with_mask"],
        metrics={
            "validation": {
                "pictures": 9,
                "map50": 0.5,
                "judged": ["with_mask"],
                "ap50": {"with_mask": 0.5},
                "boxes": {"with_mask": 4},
            }
        },
        sha256="5" * 64,
        folder=tiny_release.folder,
    )
