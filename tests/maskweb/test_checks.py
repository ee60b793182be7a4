from pathlib import Path

import pytest

from maskweb import checks


def ids(messages) -> list[str]:
    return [message.id for message in messages]


def test_this_installation_has_no_errors():
    found = [checks.data_folder_is_writable(), checks.uploads_are_renamed(), checks.opencv_is_installed_once()]
    assert found == [[], [], []]


def test_a_data_folder_that_is_not_there_is_an_error(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "nowhere"
    assert ids(checks.data_folder_is_writable()) == ["maskweb.E001"]


@pytest.mark.parametrize(
    ("installed", "found"),
    [
        ({"opencv-python-headless"}, []),
        (set(), []),
        ({"opencv-python", "opencv-python-headless"}, ["maskweb.E002"]),
    ],
)
def test_two_packages_of_opencv_are_an_error(monkeypatch, installed, found):
    monkeypatch.setattr(checks, "_is_installed", lambda name: name in installed)
    assert ids(checks.opencv_is_installed_once()) == found


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second file system")
def test_uploads_on_another_file_system_are_warned_of(settings):
    settings.FILE_UPLOAD_TEMP_DIR = Path("/dev/shm")
    assert ids(checks.uploads_are_renamed()) == ["maskweb.W001"]


@pytest.mark.parametrize(
    ("embedded", "redis_url", "found"),
    [(True, "", []), (False, "redis://somewhere", []), (False, "", ["maskweb.W002"])],
)
def test_a_database_server_without_redis_is_warned_of(settings, embedded, redis_url, found):
    settings.EMBEDDED, settings.REDIS_URL = embedded, redis_url
    assert ids(checks.messages_reach_all_processes()) == found


def test_the_checks_are_registered():
    from django.core.checks.registry import registry

    assert checks.opencv_is_installed_once in registry.get_checks()
