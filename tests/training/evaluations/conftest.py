"""A version and two releases to measure on it. What they find is told by a stand-in."""

import pytest

from releases.models import ModelRelease
from tests.training.makers import make_version
from tests.training.test_evaluating import KnownDetector
from training import evaluating


@pytest.fixture
def version(db, monkeypatch):
    monkeypatch.setattr(evaluating, "detector_for", KnownDetector)
    return make_version("squares")


@pytest.fixture
def other(tiny_release) -> ModelRelease:
    """Another release in the same folder."""
    values = {"network": "yolov3-tiny", "net_size": 288, "classes": tiny_release.classes}
    return ModelRelease.objects.create(name="other", sha256="5" * 64, folder=tiny_release.folder, **values)
