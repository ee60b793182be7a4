"""Which entries of a zip are looked at, and how far one may unpack."""

import io
import zipfile

import pytest

from releases import zips
from releases.zips import ZipLimitError, directory_check, is_clutter, is_harmless, open_member


@pytest.mark.parametrize(
    ("name", "harmless"),
    [
        ("a.json", True),
        ("in/a.json", True),
        ("in/a..b.json", True),
        ("../a.json", False),
        ("in/../../a.json", False),
        ("..\\a.json", False),
        ("/etc/a.json", False),
        ("\\share\\a.json", False),
        ("C:/a.json", False),
        ("C:\\a.json", False),
        ("in/.hidden", False),
        ("__MACOSX/a.json", False),
        ("folder/", False),
        ("", False),
    ],
)
def test_entries_that_point_outside_or_are_hidden_are_left_alone(name, harmless):
    assert is_harmless(zipfile.ZipInfo(name)) == harmless


@pytest.mark.parametrize(
    ("name", "clutter"),
    [
        ("a.json", False),
        ("../a.json", False),
        ("C:\\a.json", False),
        ("/etc/a.json", False),
        ("in/.hidden", True),
        ("__MACOSX/a.json", True),
        ("folder/", True),
        ("", True),
    ],
)
def test_what_nobody_packed_is_told_from_what_points_outside(name, clutter):
    assert is_clutter(zipfile.ZipInfo(name)) == clutter


def member(content: bytes) -> tuple[zipfile.ZipFile, zipfile.ZipInfo]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", content)
    opened = zipfile.ZipFile(file)
    return opened, opened.infolist()[0]


def test_an_entry_is_read_as_it_was_written():
    with open_member(*member(b"0123456789" * 9999)) as file:
        assert file.read() == b"0123456789" * 9999


@pytest.mark.parametrize(("limit", "value"), [("MOST_RATIO", 20), ("MOST_BYTES", 2**16)])
def test_an_entry_that_unpacks_without_measure_is_stopped(monkeypatch, limit, value):
    monkeypatch.setattr(zips, "FREE_BYTES", 2**16)
    monkeypatch.setattr(zips, limit, value)
    with open_member(*member(b"0" * 2**22)) as file, pytest.raises(ZipLimitError):
        file.read()


@pytest.mark.parametrize("entries", [3, 70_000])  # above 65,535 the end record is that of zip64
def test_a_list_of_entries_without_measure_is_not_read(monkeypatch, tmp_path, entries):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(entries):
            archive.writestr(f"{number}", b"")
    directory_check(path)
    monkeypatch.setattr(zips, "MOST_DIRECTORY_BYTES", entries * 46)  # names come on top
    with pytest.raises(ZipLimitError):
        directory_check(path)


def test_what_is_no_zip_has_no_list(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"no zip")
    directory_check(path)
