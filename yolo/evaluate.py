"""Measure a detector on labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yolo.detections import Detections, Truth
from yolo.metrics import Metrics, mean_average_precision

SCORE_FLOOR = 0.001  # average precision needs the whole range of scores
PICTURES_AT_ONCE = 16

Picture = NDArray[np.uint8]
Predict = Callable[[Sequence[Picture]], list[Detections]]


class LabelledPicture(Protocol):
    """A picture on disk with its boxes (n, 4) `xyxy` pixels and labels (n,): `yolo.samples.Sample`."""

    @property
    def boxes(self) -> NDArray[np.float32]: ...
    @property
    def labels(self) -> NDArray[np.int64]: ...
    def read(self) -> Picture: ...


def evaluate(predict: Predict, samples: Sequence[LabelledPicture], classes: Sequence[str]) -> Metrics:
    """COCO metrics of `predict`, which takes BGR uint8 pictures, at a score floor of 0.001.

    `predict` must return detections of every class down to `SCORE_FLOOR`.
    """
    truths, predictions = collect(predict, samples)
    return mean_average_precision(truths, predictions, class_count=len(classes))


def collect(predict: Predict, samples: Sequence[LabelledPicture]) -> tuple[list[Truth], list[Detections]]:
    """Truths and detections of every sample, few pictures in memory at a time."""
    predictions: list[Detections] = []
    for some in _portions(samples):
        predictions += predict([sample.read() for sample in some])
    return [Truth(s.boxes, s.labels) for s in samples], predictions


def _portions(samples: Sequence[LabelledPicture]) -> Iterator[Sequence[LabelledPicture]]:
    for start in range(0, len(samples), PICTURES_AT_ONCE):
        yield samples[start : start + PICTURES_AT_ONCE]
