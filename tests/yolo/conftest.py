"""One written release for all tests of it: writing one takes seconds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from yolo.release import Release, read_release


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release with random weights; not to be changed."""
    from tests.yolo.random_release import random_release

    return random_release(tmp_path_factory.mktemp("releases") / "random")


@pytest.fixture
def release(written: Release, tmp_path: Path) -> Release:
    """A copy of it, free to be damaged."""
    shutil.copytree(written.folder, tmp_path / "release")
    return read_release(tmp_path / "release")
