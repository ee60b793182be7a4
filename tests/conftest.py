"""Fixtures every test may use: a data folder of its own, and people of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from accounts.models import User
from accounts.rights import Role


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = settings.MEDIA_ROOT / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield


def make_user(username: str, role: str) -> User:
    return User.objects.create_user(username, password="correct horse", role=role)


@pytest.fixture
def alice(db) -> User:
    """The administrator."""
    return make_user("alice", Role.ADMINISTRATOR)


@pytest.fixture
def bob(db) -> User:
    """The safety officer."""
    return make_user("bob", Role.SAFETY_OFFICER)


@pytest.fixture
def carol(db) -> User:
    """The data-set manager."""
    return make_user("carol", Role.DATASET_MANAGER)


@pytest.fixture
def dan(db) -> User:
    """The engineer."""
    return make_user("dan", Role.ENGINEER)


@pytest.fixture
def wanda(db) -> User:
    """The webcam administrator."""
    return make_user("wanda", Role.CAMERA_MANAGER)


@pytest.fixture
def charlie(db) -> User:
    """The viewer, member of no camera."""
    return make_user("charlie", Role.VIEWER)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The photographs and clips that lie beside the project where it is developed."""
    return Path(django_settings.BASE_DIR).parent / "shared" / "data"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, with a printed line, the tests that need ../shared where it is absent."""
    import os

    if (Path(django_settings.BASE_DIR).parent / "shared" / "data").is_dir():
        return
    needing = [item for item in items if item.get_closest_marker("shared")]
    if not needing:
        return
    if os.environ.get("MASKWEB_REQUIRE_SHARED") == "1":
        raise pytest.UsageError("MASKWEB_REQUIRE_SHARED is set, but ../shared/data is not there.")
    items[:] = [item for item in items if not item.get_closest_marker("shared")]
    config.hook.pytest_deselected(items=needing)
    config.get_terminal_writer().line(f"deselected {len(needing)} tests that need ../shared/data, which is not here")
