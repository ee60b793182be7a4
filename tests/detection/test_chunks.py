"""Detections on their way into the database and back."""

import json

import numpy as np
import pytest

from detection.chunks import frame_from, frame_row, look_of


def test_a_frame_comes_back_from_its_row_as_it_was_rounded():
    boxes = np.array([[10.04, 20.06, 50, 70]], np.float32)
    row = json.loads(json.dumps(frame_row(1.23456789, boxes, np.array([[0.12344, 0.9]], np.float32), [(8.5, 99.0)])))
    frame = frame_from(row)
    (found,) = frame.detections
    assert (frame.time, found.time) == (1.23456789, 1.23456789)
    assert found.box == (10.0, 20.1, 50.0, 70.0)
    assert found.scores == (0.1234, 0.9)
    assert (found.sharpness, found.brightness) == (8.5, 99.0)


def test_a_frame_without_faces_is_kept_too():
    row = frame_row(0.0, np.zeros((0, 4), np.float32), np.zeros((0, 3), np.float32), [])
    assert row == {"t": 0.0, "boxes": []}
    assert frame_from(row).detections == ()


def test_sharpness_and_brightness_tell_a_flat_face_from_a_grained_one():
    image = np.full((100, 100, 3), 90, np.uint8)
    assert look_of(image, np.array([10, 10, 50, 50], np.float32)) == (0, 90)
    image[np.arange(100) // 10 % 2 == 1] = 200  # stripes ten pixels high
    sharpness, brightness = look_of(image, np.array([0, 0, 100, 100], np.float32))
    assert sharpness > 100
    assert brightness == pytest.approx(145, abs=3)
    assert look_of(image, np.array([-20, -20, -5, -5], np.float32)) == (0, 0)
