"""The detector against the Keras network of the same release."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.yolo.random_release import NET_SIZE, random_pictures, random_release
from yolo.config import network_named
from yolo.decode import decode
from yolo.detections import Detections, detections_from
from yolo.detector import MOST_SHAPES, Detector
from yolo.letterbox import letterbox, rectangle_for
from yolo.release import Release, ReleaseError, load_network

SHAPES = [(288, 512), (333, 250), (96, 96), (240, 700)]


@pytest.fixture(scope="module")
def detector(written: Release) -> Detector:
    return Detector(written, precision="f32")


class Reference:
    """The same steps with the Keras network in the middle."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.network = load_network(release)

    def run(self, canvas: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        rgb = canvas[None, ..., ::-1].astype(np.float32) / 255
        return [np.asarray(output)[0] for output in self.network(rgb, training=False)]

    def detect(self, picture: NDArray[np.uint8], thresholds: Sequence[float], *, one_label: bool) -> Detections:
        height, width = picture.shape[:2]
        wide, high = rectangle_for(width, height, self.release.net_size)
        canvas, placed = letterbox(picture, width=wide, height=high)
        boxes, scores = decode(
            self.run(canvas),
            self.release.anchors,
            self.release.strides,
            style=self.release.decoding,
            score=min(thresholds),
        )
        return detections_from(
            boxes,
            scores,
            placed,
            thresholds=thresholds,
            iou_threshold=self.release.iou_threshold,
            voting_iou=self.release.voting_iou,
            one_label=one_label,
        )


@pytest.fixture(scope="module")
def reference(written: Release) -> Reference:
    return Reference(written)


def assert_same(found: Detections, wanted: Detections) -> None:
    """Equal but for rounding, which may change the order of nearly equal scores."""
    assert len(found) == len(wanted) > 5
    apart = np.abs(found.boxes[:, None] - wanted.boxes).max(axis=2)
    apart[found.labels[:, None] != wanted.labels] = np.inf
    partner = apart.argmin(axis=1)
    assert sorted(partner) == list(range(len(wanted)))
    assert apart.min(axis=1).max() < 0.05
    np.testing.assert_allclose(found.scores, wanted.scores[partner], atol=1e-4)
    np.testing.assert_allclose(found.class_scores, wanted.class_scores[partner], atol=1e-4)
    assert (np.diff(found.scores) <= 0).all()


@pytest.mark.parametrize("size", [(288, 288), (288, 160), (32, 288)])
def test_raw_outputs_equal_those_of_keras(reference: Reference, detector: Detector, size: tuple[int, int]) -> None:
    canvas = random_pictures(1, size[1], size[0])
    for mine, wanted in zip(detector.run(canvas), reference.run(canvas), strict=True):
        assert mine.shape == wanted.shape
        assert 0.5 < wanted.std() < 20
        np.testing.assert_allclose(mine, wanted, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("shape", SHAPES)
def test_boxes_at_the_releases_thresholds_equal_those_of_keras(
    reference: Reference, detector: Detector, shape: tuple[int, int]
) -> None:
    picture = random_pictures(2, *shape)
    wanted = reference.detect(picture, [0.3, 0.35, 0.4], one_label=True)
    assert_same(detector.detect(picture), wanted)
    assert {0: 0.3, 1: 0.35, 2: 0.4}[int(wanted.labels[-1])] <= wanted.scores[-1]


def test_boxes_at_a_wished_score_equal_those_of_keras(reference: Reference, detector: Detector) -> None:
    picture = random_pictures(3, 200, 300)
    wanted = reference.detect(picture, [0.2] * 3, one_label=False)
    assert len(wanted) > len(detector.detect(picture))
    assert_same(detector.detect(picture, score=0.2), wanted)


def test_boxes_are_pixels_of_the_picture(detector: Detector) -> None:
    found = detector.detect(random_pictures(4, 700, 1100), score=0.01)
    assert found.boxes.dtype == np.float32
    assert found.boxes[:, 0::2].max() > NET_SIZE
    assert found.boxes.min() >= 0
    assert found.boxes[:, 0::2].max() <= 1100 and found.boxes[:, 1::2].max() <= 700


def test_a_batch_of_any_sizes_gives_what_single_pictures_give(detector: Detector) -> None:
    pictures = [random_pictures(5, *shape) for shape in (*SHAPES, SHAPES[0])]
    for batched, picture in zip(detector.detect_batch(pictures), pictures, strict=True):
        single = detector.detect(picture)
        np.testing.assert_array_equal(batched.boxes, single.boxes)
        np.testing.assert_array_equal(batched.scores, single.scores)
    assert detector.detect_batch([]) == []


def test_later_pictures_leave_earlier_outputs_alone(detector: Detector) -> None:
    canvas = random_pictures(6, 96, 96)
    first = detector.run(canvas)
    copies = [output.copy() for output in first]
    detector.run(random_pictures(7, 96, 96))
    for output, copy in zip(first, copies, strict=True):
        np.testing.assert_array_equal(output, copy)


def test_threads_may_share_it(detector: Detector) -> None:
    pictures = [random_pictures(8 + n, 200 + 40 * (n % 2), 300) for n in range(8)]
    alone = [detector.detect(picture).scores for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(detector.detect, pictures))
    for scores, found in zip(alone, together, strict=True):
        np.testing.assert_array_equal(scores, found.scores)


def test_it_keeps_only_the_shapes_used_last(written: Release) -> None:
    detector = Detector(written, threads=1)
    for number in range(1, MOST_SHAPES + 2):
        detector.run(random_pictures(0, 32, 32 * number))
        detector.run(random_pictures(0, 32, 32))
    kept = list(detector._requests)
    assert len(kept) == MOST_SHAPES
    assert (32, 32) in kept and (64, 32) not in kept


def test_the_default_precision_finds_nearly_the_same(written: Release, detector: Detector) -> None:
    canvas = random_pictures(9, 160, 288)
    for mine, exact in zip(Detector(written).run(canvas), detector.run(canvas), strict=True):
        assert np.abs(mine - exact).mean() < 0.02 * exact.std() + 0.02


def test_a_folder_will_do(written: Release, detector: Detector) -> None:
    picture = random_pictures(10, 100, 100)
    found = Detector(written.folder, precision="f32").detect(picture)
    np.testing.assert_array_equal(found.boxes, detector.detect(picture).boxes)


def test_a_folder_without_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no release"):
        Detector(tmp_path)


def test_a_network_that_openvino_cannot_read_is_refused(release: Release) -> None:
    (release.folder / "network.xml").write_text(json.dumps("no network"))
    with pytest.raises(ReleaseError, match="OpenVINO cannot read"):
        Detector(release)


@pytest.mark.parametrize(
    "picture", [np.zeros((10, 10), np.uint8), np.zeros((10, 10, 4), np.uint8), np.zeros((10, 10, 3), np.float32)]
)
def test_what_is_no_colour_picture_is_refused(detector: Detector, picture: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="uint8 picture"):
        detector.detect(picture)


@pytest.mark.parametrize("name", ["yolov3-slim-p2-x0.25", "yolov3-slim-p2-p6-x0.25"])
def test_a_network_with_more_scales_runs_the_same_as_in_keras(tmp_path: Path, name: str) -> None:
    network = network_named(name)
    release = random_release(tmp_path / "more", network=network)
    canvas = random_pictures(3, 96, 288)
    outputs = Detector(release, precision="f32").run(canvas)
    wanted = Reference(release).run(canvas)
    # 96x288 pixels at strides 4, 8, 16, 32 and 64, where the last cells reach over the edge
    grids = [(24, 72), (12, 36), (6, 18), (3, 9), (2, 5)]
    assert [output.shape[:2] for output in outputs] == grids[: network.scales]
    for ours, theirs in zip(outputs, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-3)
