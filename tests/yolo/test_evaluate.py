"""A detector measured on labelled pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from yolo.detections import Detections
from yolo.evaluate import PICTURES_AT_ONCE, collect, evaluate

FACE = [10.0, 10.0, 50.0, 50.0]


@dataclass(frozen=True)
class Labelled:
    """A picture of one grey value, which says whether its face has a mask."""

    grey: int
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]

    def read(self) -> NDArray[np.uint8]:
        return np.full((60, 60, 3), self.grey, dtype=np.uint8)


def pictures(count: int) -> list[Labelled]:
    face = np.array([FACE], dtype=np.float32)
    return [Labelled(n % 2, face, np.array([n % 2])) for n in range(count)]


class GreyDetector:
    """Finds every face; takes every label for `label`, or reads it off the picture."""

    def __init__(self, label: int | None = None) -> None:
        self.label = label
        self.most_at_once = 0

    def __call__(self, images: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        self.most_at_once = max(self.most_at_once, len(images))
        return [self._found(image) for image in images]

    def _found(self, image: NDArray[np.uint8]) -> Detections:
        label = int(image[0, 0, 0]) if self.label is None else self.label
        scores = np.array([0.9], np.float32)
        return Detections(np.array([FACE], np.float32), scores, np.array([label]), np.zeros((1, 2), np.float32))


def test_a_detector_that_reads_every_label_is_perfect() -> None:
    metrics = evaluate(GreyDetector(), pictures(40), ["with", "without"])
    assert metrics.map == 1.0
    assert metrics.boxes.tolist() == [20, 20]


def test_a_detector_that_knows_one_label_is_right_half_of_the_time_for_it() -> None:
    # miss, hit, miss, hit ...: precision is 1/2 at each hit, and never above
    metrics = evaluate(GreyDetector(label=1), pictures(20), ["with", "without"])
    assert metrics.ap50[0] == 0.0
    assert metrics.ap50[1] == pytest.approx(0.5)


def test_few_pictures_are_in_memory_at_a_time() -> None:
    detector = GreyDetector()
    truths, predictions = collect(detector, pictures(2 * PICTURES_AT_ONCE + 3))
    assert len(truths) == len(predictions) == 2 * PICTURES_AT_ONCE + 3
    assert detector.most_at_once == PICTURES_AT_ONCE


def test_no_pictures_give_no_numbers() -> None:
    assert np.isnan(evaluate(GreyDetector(), [], ["with", "without"]).map50)
