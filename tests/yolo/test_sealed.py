"""What is added to a frozen release."""

import json
import shutil
from pathlib import Path

import pytest

from yolo.release import Release, ReleaseError, read_release
from yolo.sealed import release_hash, seal_read, seal_write

VALUES = {"loss": 0.0075, "made": "2026-11-26"}


def test_what_is_sealed_is_read_back(release: Release):
    written = seal_write(release.folder, "extra.json", VALUES)
    assert seal_read(release.folder, "extra.json") == written
    assert {key: written[key] for key in VALUES} == VALUES
    assert written["release_sha256"] == release_hash(release.folder)


def test_a_release_stays_as_it_was_frozen(release: Release):
    before = release_hash(release.folder)
    seal_write(release.folder, "extra.json", VALUES)
    assert release_hash(release.folder) == before
    assert read_release(release.folder) == release


def test_what_was_never_sealed_is_none(release: Release):
    assert seal_read(release.folder, "extra.json") is None


def test_sealing_twice_is_refused_and_keeps_the_first(release: Release):
    seal_write(release.folder, "extra.json", VALUES)
    with pytest.raises(ReleaseError, match="never changed"):
        seal_write(release.folder, "extra.json", {"loss": 0.0})
    kept = seal_read(release.folder, "extra.json")
    assert kept is not None and kept["loss"] == 0.0075


def test_the_files_it_brings_are_compared_with_their_hashes(release: Release):
    (release.folder / "more.bin").write_bytes(b"0123")
    seal_write(release.folder, "extra.json", VALUES, files=["more.bin"])
    (release.folder / "more.bin").write_bytes(b"0124")
    with pytest.raises(ReleaseError, match=r"more\.bin is not as it was written"):
        seal_read(release.folder, "extra.json")
    (release.folder / "more.bin").unlink()
    with pytest.raises(ReleaseError, match=r"more\.bin is missing"):
        seal_read(release.folder, "extra.json")


def test_a_changed_value_is_refused(release: Release):
    seal_write(release.folder, "extra.json", VALUES)
    _change(release.folder / "extra.json", loss=0.0)
    with pytest.raises(ReleaseError, match="seal does not fit"):
        seal_read(release.folder, "extra.json")


def test_it_does_not_fit_another_release(release: Release, tmp_path: Path):
    seal_write(release.folder, "extra.json", VALUES)
    other = tmp_path / "other"
    shutil.copytree(release.folder, other)
    _change(other / "release.json", name="other")
    with pytest.raises(ReleaseError, match="another release"):
        seal_read(other, "extra.json")


@pytest.mark.parametrize("content", ["no json", "[]", "{}"])
def test_what_is_no_seal_is_damaged(release: Release, content: str):
    (release.folder / "extra.json").write_text(content)
    with pytest.raises(ReleaseError, match="damaged"):
        seal_read(release.folder, "extra.json")


def test_what_cannot_be_written_is_a_sentence_and_leaves_nothing(release: Release, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = sorted(release.folder.iterdir())
    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(ReleaseError, match=r"extra\.json of \w+ cannot be written: No space left"):
        seal_write(release.folder, "extra.json", VALUES)
    assert sorted(release.folder.iterdir()) == before


def _change(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
