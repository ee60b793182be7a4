"""The warm inference process, spoken to through its socket as the pages do."""

import stat
import threading

import cv2
import numpy as np
import pytest

from releases.drawing import upright_picture
from releases.services import release_activate
from releases.serving import InferenceServer, WarmDetector
from releases.warm import InferenceAway, PictureRefused, picture_detect, socket_path
from tests.releases.makers import copy_named
from tests.yolo.random_release import random_pictures
from yolo.detector import Detector

PICTURE = cv2.imencode(".png", random_pictures(1, 120, 200))[1].tobytes()


class TinyWarm(WarmDetector):
    """Knows its release, so that the server's threads need no database of their own."""

    def __init__(self, detector):
        super().__init__()
        self.detector = detector

    def current(self):
        return "tiny-random", self.detector


@pytest.fixture
def server(settings, tmp_path, tiny_release_folder):
    settings.DATA_DIR = tmp_path
    with InferenceServer(socket_path(), TinyWarm(Detector(tiny_release_folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_picture_comes_back_with_what_the_detector_sees(server, tiny_release_folder):
    seen = picture_detect(PICTURE, score=0.01)
    expected = Detector(tiny_release_folder).detect(random_pictures(1, 120, 200), score=0.01)
    assert (seen.release, seen.width, seen.height, seen.drawn) == ("tiny-random", 200, 120, b"")
    assert len(seen.boxes) == len(expected) > 0
    assert [box["score"] for box in seen.boxes] == sorted((round(float(s), 5) for s in expected.scores), reverse=True)


def test_the_drawn_picture_comes_along_when_asked_for(server):
    seen = picture_detect(PICTURE, score=0.01, draw=True)
    picture = cv2.imdecode(np.frombuffer(seen.drawn, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (120, 200, 3)
    assert seen.boxes


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty or larger"),
        (b"<html>", "not a JPEG, PNG, WebP, BMP or TIFF"),
        (PICTURE[:60], "damaged"),
        (
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00\x00\xff\xff" * 2 + b"\x08\x02\x00\x00\x00",
            "not a JPEG|megapixels",
        ),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence_and_the_process_lives(server, content, said):
    with pytest.raises(PictureRefused, match=said):
        picture_detect(content)
    assert picture_detect(PICTURE, score=0.01).boxes


def test_a_picture_on_its_side_is_looked_at_upright(tmp_path):
    """EXIF orientation 6: the camera was held on its side, so 200 x 120 becomes 120 x 200."""
    from PIL import Image

    exif = Image.Exif()
    exif[274] = 6
    path = tmp_path / "side.jpg"
    Image.fromarray(random_pictures(1, 120, 200)).save(path, exif=exif)
    assert upright_picture(path.read_bytes()).shape == (200, 120, 3)


def test_only_the_sites_own_user_may_open_the_socket(server):
    assert stat.S_IMODE(socket_path().stat().st_mode) == 0o600


def test_a_process_that_is_away_is_told_in_a_sentence(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with pytest.raises(InferenceAway, match="just being loaded"):
        picture_detect(PICTURE)


def test_a_data_folder_with_a_long_path_has_a_socket_too(settings, tmp_path):
    settings.DATA_DIR = tmp_path / ("a" * 100)
    assert len(str(socket_path())) <= 100


def test_a_switch_of_release_counts_from_the_next_picture(db, tiny_release, tiny_release_folder, tmp_path):
    from releases.services import release_register

    warm = WarmDetector()
    first, detector = warm.current()
    assert warm.current() == (first, detector)
    folder = copy_named(tiny_release_folder, tmp_path / "other", name="other", created="2026-11-23T00:00:00+00:00")
    release_activate(release=release_register(folder=folder, by=None), by=None)
    name, now = warm.current()
    assert (first, name) == ("tiny-random", "other")
    assert now is not detector
