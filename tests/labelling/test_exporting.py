"""Exports into folders and zips, and zips made while they are sent."""

import io
import zipfile

import pytest

from labelling.exporting import FORMATS, Tally, write_folder, write_zip
from labelling.formats.content import content_of
from labelling.formats.entries import ExportEntry
from releases.zip_stream import asynchronously, zip_stream


def entries(folder):
    (folder / "1.jpg").write_bytes(b"picture" * 1000)
    yield ExportEntry("images/1.jpg", picture=folder / "1.jpg")
    yield ExportEntry("labels/1.txt", content=b"0 1 2 3 4")
    yield ExportEntry("all.json", content=iter([b"[1,", b"2]"]))


def check(archive: zipfile.ZipFile) -> None:
    assert archive.testzip() is None
    assert archive.read("images/1.jpg") == b"picture" * 1000
    assert archive.read("labels/1.txt") == b"0 1 2 3 4"
    assert archive.read("all.json") == b"[1,2]"


def test_the_parts_make_a_zip(tmp_path):
    check(zipfile.ZipFile(io.BytesIO(b"".join(zip_stream(entries(tmp_path))))))


def test_a_file_is_read_when_its_turn_comes(tmp_path):
    stream = zip_stream(entries(tmp_path))
    assert b"picture" in next(stream)
    assert not stream.gi_frame.f_locals["pipe"]._parts


async def test_the_parts_arrive_one_by_one_under_asgi(tmp_path):
    parts = [part async for part in asynchronously(zip_stream(entries(tmp_path)))]
    assert len(parts) > 3
    check(zipfile.ZipFile(io.BytesIO(b"".join(parts))))


def test_a_folder_holds_the_same_files(tmp_path):
    told = []
    write_folder(entries(tmp_path), tmp_path / "out", on_progress=lambda: told.append(1))
    assert (tmp_path / "out/images/1.jpg").read_bytes() == b"picture" * 1000
    assert (tmp_path / "out/all.json").read_bytes() == b"[1,2]"
    assert len(told) == 3


def test_a_zip_that_fails_leaves_the_older_one(tmp_path):
    def failing():
        yield from entries(tmp_path)
        raise OSError("the disk is full")

    target = tmp_path / "out.zip"
    write_zip(entries(tmp_path), target, on_progress=lambda: None)
    with pytest.raises(OSError, match="full"):
        write_zip(failing(), target, on_progress=lambda: None)
    check(zipfile.ZipFile(target))
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["1.jpg", "out.zip"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", FORMATS)
def test_every_form_hands_on_the_pictures_that_have_come(masks, name):
    tally = Tally()
    paths = [entry.path for entry in FORMATS[name].entries(tally.over(content_of(masks)))]
    assert (tally.images, tally.boxes) == (2, 2)
    assert len([path for path in paths if path.endswith(".jpg")]) == 2
    assert len(set(paths)) == len(paths)
