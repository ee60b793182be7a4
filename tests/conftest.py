"""Fixtures every test may use: a data folder of its own, and people of each kind."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as django_settings
from django.db import connections

from accounts.models import User
from accounts.rights import Role

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.jobs.site import Site


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = settings.MEDIA_ROOT / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory) -> None:
    """A file, as in use, and not memory: there, threads do not wait for each other but fail with 'table is locked'."""
    database = connections["default"]
    if database.vendor == "sqlite":
        database.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def _own_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that lets others go first would make all later tests of this process do so."""
    priority = os.nice
    monkeypatch.setattr(os, "nice", lambda by: priority(0))


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


TINY_CLASSES = ("with_mask", "without_mask", "worn_incorrectly")
TINY_ANCHORS = [(10, 10), (16, 18), (24, 28), (34, 40), (50, 56), (70, 80), (100, 110), (150, 160), (220, 240)]


@pytest.fixture(scope="session")
def tiny_release_folder(request: pytest.FixtureRequest) -> Path:
    """A whole release of the real network with random weights: it finds much, and nothing sensible.

    Writing takes some 15 s, so that it is kept between test runs until the code behind it changes.
    """
    root = Path(django_settings.BASE_DIR)
    sources = [root / "yolo" / f"{name}.py" for name in ("config", "network", "release", "stored_weights", "export")]
    sources.append(root / "tests" / "yolo" / "random_release.py")
    key = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    kept = request.config.cache.mkdir("tiny-release") / key
    folder = kept / "tiny-random"
    if not folder.exists():
        from tests.yolo.random_release import random_network
        from yolo.release import write_release

        begun = kept.with_name(f"{key}-{os.getpid()}")
        write_release(
            folder=begun / folder.name,
            model=random_network(),
            name="tiny-random",
            network="yolov3-slim",
            classes=TINY_CLASSES,
            anchors=TINY_ANCHORS,
            net_size=288,
            thresholds=dict.fromkeys(TINY_CLASSES, 0.5),
            provenance={"created": "2026-11-22T12:00:00+00:00"},
        )
        with suppress(OSError):  # another process of the same run was first
            begun.rename(kept)
        shutil.rmtree(begun, ignore_errors=True)
    return folder


@pytest.fixture
def tiny_release(db, tiny_release_folder: Path):
    """The release of random weights, registered and active."""
    from releases.services import release_activate, release_register

    return release_activate(release=release_register(folder=tiny_release_folder, by=None), by=None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The photographs and clips that lie beside the project where it is developed."""
    return Path(django_settings.BASE_DIR).parent / "shared" / "data"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser that browser tests drive."""
    found = chromium_path()
    assert found is not None, "browser tests are deselected where there is no Chromium"
    return found


@pytest.fixture(scope="session")
def new_site(tmp_path_factory) -> Path:
    """The data folder of a site before its first start, made once: each running site begins with a copy."""
    from tests.browser import make_site

    folder = tmp_path_factory.mktemp("new-site")
    make_site(folder)
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory, new_site) -> "Iterator[Site]":
    """A running server with one person, alice, its administrator."""
    from tests.browser import running_site

    folder = shutil.copytree(new_site, tmp_path_factory.mktemp("site") / "data")
    with running_site(folder) as site:
        yield site


@pytest.fixture(scope="module")
def browser(chromium) -> "Iterator[Browser]":
    from tests.browser import running_browser

    with running_browser(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def modules(browser) -> "Iterator[Page]":
    """A page on which the modules under static/ can be imported."""
    from tests.browser import page_of_modules

    with page_of_modules(browser) as page:
        yield page


@pytest.fixture
def page(browser, site) -> "Iterator[Page]":
    """A page on which alice is signed in. What the browser's console complains about fails the test."""
    from tests.browser import signed_in

    with signed_in(browser, site, "alice") as page:
        yield page


def chromium_path() -> str | None:
    """The Chromium named by CHROMIUM, else the first one found on this machine."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    found = [path for path in map(shutil.which, filter(None, names)) if path]
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found += [str(path) for path in sorted(cache.glob("chromium-*/chrome-linux*/chrome"))]
    return found[0] if found else None


def needs() -> dict[str, tuple[bool, str]]:
    """For each marker whether what its tests need is here, and what that is."""
    has_shared = (Path(django_settings.BASE_DIR).parent / "shared" / "data").is_dir()
    return {"shared": (has_shared, "../shared/data"), "browser": (chromium_path() is not None, "Chromium")}


def pytest_sessionstart(session: pytest.Session) -> None:
    """Where the tests run in processes of their own, what they lack is told here: they print nothing themselves."""
    if session.config.getoption("numprocesses", default=None):
        for marker, (met, need) in needs().items():
            if not met:
                refuse_where_required(marker, need)
                session.config.get_terminal_writer().line(f"deselected: the tests that need {need}, which is not here")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, with a printed line, the tests whose needs are not met here."""
    for marker, (met, need) in needs().items():
        deselect(config, items, marker, met=met, need=need)


def deselect(config: pytest.Config, items: list[pytest.Item], marker: str, *, met: bool, need: str) -> None:
    """Take out the tests with a marker unless their need is met; an error where MASKWEB_REQUIRE_… forbids that."""
    needing = [item for item in items if item.get_closest_marker(marker)]
    if met or not needing:
        return
    refuse_where_required(marker, need)
    items[:] = [item for item in items if not item.get_closest_marker(marker)]
    config.hook.pytest_deselected(items=needing)
    if not hasattr(config, "workerinput"):
        config.get_terminal_writer().line(f"deselected {len(needing)} tests that need {need}, which is not here")


def refuse_where_required(marker: str, need: str) -> None:
    """An error where MASKWEB_REQUIRE_… says that what these tests need must be there."""
    variable = f"MASKWEB_REQUIRE_{marker.upper()}"
    if os.environ.get(variable) == "1":
        raise pytest.UsageError(f"{variable} is set, but {need} is not there.")
