"""Files on their way in."""

import hashlib
import os
import time
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import TemporaryUploadedFile

from detection.incoming import incoming, incoming_sweep
from jobs import startup

CONTENT = b"maskweb" * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def test_a_file_in_memory_is_copied_and_the_copy_goes_away(settings):
    file = File(BytesIO(CONTENT), name="clip.mp4")
    file.read(10)
    with incoming(file) as found:
        assert (found.size, found.sha256) == (7000, DIGEST)
        assert found.path.parent == Path(settings.FILE_UPLOAD_TEMP_DIR)
        assert found.path.read_bytes() == CONTENT
    assert not found.path.exists()


def test_a_copy_that_was_moved_away_is_not_missed(settings, tmp_path):
    with incoming(File(BytesIO(CONTENT), name="clip.mp4")) as found:
        found.path.rename(tmp_path / "kept")
    assert (tmp_path / "kept").read_bytes() == CONTENT


def test_a_large_upload_is_used_where_it_lies():
    with TemporaryUploadedFile("clip.mp4", "video/mp4", 0, None) as file:
        file.write(CONTENT)
        file.flush()
        with incoming(file) as found:
            assert str(found.path) == file.temporary_file_path()
            assert (found.size, found.sha256) == (7000, DIGEST)
        assert found.path.exists()


def test_a_file_too_large_is_refused_and_its_copy_goes_away(settings):
    settings.MAX_CLIP_BYTES = 6999
    with pytest.raises(ValidationError, match="too large"), incoming(File(BytesIO(CONTENT), name="clip.mp4")):
        pass
    assert list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()) == []


def test_what_killed_processes_left_goes_at_the_next_start(settings):
    left, arriving = (Path(settings.FILE_UPLOAD_TEMP_DIR) / name for name in ("left.upload", "arriving.upload"))
    for path, age in ((left, 3700), (arriving, 3500)):
        path.write_bytes(CONTENT)
        os.utime(path, (time.time() - age,) * 2)
    incoming_sweep()
    assert (left.exists(), arriving.exists()) == (False, True)
    assert "detection.incoming.incoming_sweep" in startup._actions
