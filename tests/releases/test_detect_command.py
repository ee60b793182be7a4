"""`manage.py detect`."""

import io
import json
from pathlib import Path

import cv2
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from releases import loading
from releases.services import release_register
from tests.releases.makers import copy_named
from tests.yolo.random_release import random_pictures


@pytest.fixture(autouse=True)
def _bundled(settings, tiny_release_folder):
    settings.BUNDLED_RELEASES = tiny_release_folder.parent


@pytest.fixture
def pictures(tmp_path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "below").mkdir(parents=True)
    cv2.imwrite(str(folder / "b.png"), random_pictures(1, 120, 200))
    cv2.imwrite(str(folder / "below" / "a.jpg"), random_pictures(2, 90, 60))
    (folder / "notes.txt").write_text("no picture")
    return folder


def detect(*paths: Path, **options) -> dict:
    out = io.StringIO()
    call_command("detect", *map(str, paths), json=True, stdout=out, stderr=io.StringIO(), **options)
    return json.loads(out.getvalue())


def test_a_folder_gives_each_picture_with_its_boxes(db, pictures):
    result = detect(pictures, score=0.001)
    assert result["release"] == "tiny-random"
    names = [(image["path"], image["width"], image["height"]) for image in result["images"]]
    assert names == [(str(pictures / "b.png"), 200, 120), (str(pictures / "below" / "a.jpg"), 60, 90)]
    for image in result["images"]:
        assert image["boxes"]
        for box in image["boxes"]:
            left, top, right, bottom = box["xyxy"]
            assert box["class"] in ("with_mask", "without_mask", "worn_incorrectly")
            assert 0.001 <= box["score"] <= 1
            assert 0 <= left < right <= image["width"]
            assert 0 <= top < bottom <= image["height"]
        scores = [box["score"] for box in image["boxes"]]
        assert scores == sorted(scores, reverse=True)


def test_the_score_replaces_the_thresholds(db, pictures):
    few = detect(pictures / "b.png", score=0.9)["images"][0]["boxes"]
    many = detect(pictures / "b.png", score=0.001)["images"][0]["boxes"]
    assert len(few) < len(many)
    assert all(box["score"] >= 0.9 for box in few)


def test_pictures_with_boxes_are_written_where_asked(db, pictures, tmp_path):
    detect(pictures, score=0.001, to=tmp_path / "drawn")
    written = cv2.imread(str(tmp_path / "drawn" / "b.png"))
    assert written.shape == (120, 200, 3)
    assert (written != cv2.imread(str(pictures / "b.png"))).any()
    assert (tmp_path / "drawn" / "below" / "a.jpg").exists()


def test_two_pictures_of_one_name_are_both_written(db, pictures, tmp_path):
    detect(pictures / "b.png", pictures, to=tmp_path / "drawn")
    names = sorted(path.name for path in (tmp_path / "drawn").glob("*.png"))
    assert names == ["b-2.png", "b.png"]


def test_a_picture_on_its_side_is_judged_upright(db, tmp_path):
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    Image.fromarray(random_pictures(3, 64, 96)).save(tmp_path / "side.jpg", exif=exif)
    image = detect(tmp_path / "side.jpg")["images"][0]
    assert (image["width"], image["height"]) == (64, 96)


def test_a_picture_that_cannot_be_read_is_an_entry_with_an_error(db, pictures):
    (pictures / "broken.png").write_bytes(b"no picture")
    images = detect(pictures)["images"]
    assert [Path(image["path"]).name for image in images if "error" in image] == ["broken.png"]
    assert len(images) == 3


def test_it_fails_when_no_picture_can_be_read(db, tmp_path):
    with pytest.raises(CommandError, match="None of the pictures could be read"):
        detect(tmp_path / "missing.jpg")


def test_a_folder_without_pictures_is_told(db, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="no picture"):
        detect(tmp_path / "empty")


def test_an_unknown_release_is_told(db, pictures):
    with pytest.raises(CommandError, match="no release named nothing"):
        detect(pictures, release="nothing")


def test_another_release_can_be_named(db, pictures, tiny_release, tiny_release_folder, tmp_path):
    folder = copy_named(tiny_release_folder, tmp_path / "other", name="other", created="2026-12-01T00:00:00+00:00")
    release_register(folder=folder, by=None)
    assert detect(pictures / "b.png")["release"] == "tiny-random"
    assert detect(pictures / "b.png", release="other")["release"] == "other"


def test_without_a_database_the_bundled_release_serves(monkeypatch, tiny_release_folder):
    def gone() -> None:
        raise OperationalError("no such table")

    monkeypatch.setattr(loading, "release_active", gone)
    assert loading.chosen_detector(None).release.folder == tiny_release_folder
