"""What is on record of pictures: their hash changes with everything that a training sees of them."""

import hashlib

import cv2
import numpy as np
import pytest

from yolo.origin import CODE, code_version, packages, samples_sha256
from yolo.samples import Sample


@pytest.fixture
def samples(tmp_path) -> list[Sample]:
    for name, value in (("a.png", 10), ("b.png", 20)):
        cv2.imwrite(str(tmp_path / name), np.full((8, 8, 3), value, np.uint8))
    return [
        Sample(tmp_path / "a.png", np.array([[1, 1, 4, 4], [2, 2, 6, 6]], np.float32), np.array([0, 1])),
        Sample(tmp_path / "b.png", np.zeros((0, 4), np.float32), np.zeros(0, np.int64)),
    ]


def test_the_order_of_pictures_and_of_boxes_does_not_count(samples):
    one, other = samples
    turned = Sample(one.path, one.boxes[::-1], one.labels[::-1])
    assert samples_sha256([other, turned]) == samples_sha256([one, other])


def test_every_change_counts(samples, tmp_path):
    one, other = samples
    before = samples_sha256(samples)
    moved = Sample(one.path, one.boxes + 1, one.labels)
    renamed = Sample(one.path, one.boxes, one.labels, name="c.png")
    relabelled = Sample(one.path, one.boxes, one.labels[::-1])
    hashes = {samples_sha256([each, other]) for each in (moved, renamed, relabelled)} | {samples_sha256([one])}
    cv2.imwrite(str(tmp_path / "b.png"), np.full((8, 8, 3), 21, np.uint8))
    assert len(hashes | {before, samples_sha256(samples)}) == 6


def test_it_is_written_as_is_said(samples):
    other = samples[1]
    content = hashlib.sha256(other.path.read_bytes()).hexdigest()
    assert samples_sha256([other]) == hashlib.sha256(f"b.png\t{content}\t[]".encode()).hexdigest()


def test_without_git_the_version_alone_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (code_version("0.1"), code_version()) == ("0.1", "unknown")
    assert (CODE / "yolo" / "origin.py").exists()


def test_packages_that_are_not_installed_are_left_out():
    assert packages(("numpy", "no-such-package")) == {"numpy": np.__version__}
