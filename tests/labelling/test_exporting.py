"""Zips made while they are sent."""

import io
import zipfile

from labelling.exporting import asynchronously, zip_stream
from labelling.voc import VocEntry


def entries(folder):
    (folder / "1.jpg").write_bytes(b"picture" * 1000)
    yield VocEntry("JPEGImages/1.jpg", picture=folder / "1.jpg")
    yield VocEntry("Annotations/1.xml", content=b"<annotation/>")


def test_the_parts_make_a_zip(tmp_path):
    parts = list(zip_stream(entries(tmp_path)))
    assert len(parts) == 3
    archive = zipfile.ZipFile(io.BytesIO(b"".join(parts)))
    assert archive.testzip() is None
    assert archive.read("JPEGImages/1.jpg") == b"picture" * 1000
    assert archive.read("Annotations/1.xml") == b"<annotation/>"


def test_a_file_is_read_when_its_turn_comes(tmp_path):
    stream = zip_stream(entries(tmp_path))
    assert b"picture" in next(stream)
    assert not stream.gi_frame.f_locals["pipe"]._parts


async def test_the_parts_arrive_one_by_one_under_asgi(tmp_path):
    parts = [part async for part in asynchronously(zip_stream(entries(tmp_path)))]
    assert len(parts) == 3
    assert zipfile.ZipFile(io.BytesIO(b"".join(parts))).testzip() is None
