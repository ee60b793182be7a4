"""The newest picture of an analysis that is under way."""

import os
import time

import cv2
import numpy as np

from detection.live import ABANDONED, LARGEST, live_path, live_remove, live_sweep, live_write


def picture(width: int, height: int) -> np.ndarray:
    return np.full((height, width, 3), 90, np.uint8)


def test_the_new_picture_replaces_the_old_one():
    live_write(7, picture(64, 48))
    live_write(7, picture(32, 24))
    assert cv2.imread(str(live_path(7))).shape == (24, 32, 3)
    assert [path.name for path in live_path(7).parent.iterdir()] == ["7.jpg"]


def test_large_pictures_are_shrunk():
    live_write(7, picture(1920, 1080))
    assert cv2.imread(str(live_path(7))).shape == (540, LARGEST, 3)


def test_removing_takes_what_a_killed_process_was_writing_too():
    live_write(7, picture(64, 48))
    live_write(77, picture(64, 48))
    (live_path(7).parent / "7.4711.tmp").write_bytes(b"half a picture")
    live_remove(7)
    live_remove(7)
    assert [path.name for path in live_path(7).parent.iterdir()] == ["77.jpg"]


def test_sweeping_takes_only_what_nobody_has_touched_for_long():
    live_write(7, picture(64, 48))
    live_write(8, picture(64, 48))
    long_ago = time.time() - ABANDONED - 1
    os.utime(live_path(7), (long_ago, long_ago))
    live_sweep()
    assert not live_path(7).exists()
    assert live_path(8).exists()
