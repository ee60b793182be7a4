"""A detector that needs no network: it reads the frame's number off its grey value."""

from dataclasses import dataclass, field

import numpy as np

from yolo.detections import Detections
from yolo.release import Release

CLASSES = ("with_mask", "without_mask", "worn_incorrectly")
SIZE = (320, 240)


def fake_release(classes: tuple[str, ...] = CLASSES, net_size: int = 320) -> Release:
    return Release(
        name="fake",
        network="yolov3-slim",
        classes=classes,
        anchors=tuple((10.0 + i, 10.0 + i) for i in range(9)),
        strides=(8, 16, 32),
        decoding="wide",
        net_size=net_size,
        thresholds=dict.fromkeys(classes, 0.3),
        iou_threshold=0.45,
    )


def number_of(image: np.ndarray) -> int:
    """The number of a frame that conftest.write_video wrote."""
    return round(float(image[-10:, -10:].mean()) / 4)


@dataclass
class FakeDetector:
    """A masked face that walks right through all frames, and from frame 10 on a bare one that stands still.

    The masked face is claimed by a second class too, as detectors do at low scores.
    """

    release: Release = field(default_factory=fake_release)
    seen: list[int] = field(default_factory=list)
    arithmetic: str = "f32"

    def detect(self, image_bgr: np.ndarray, *, score: float | None = None) -> Detections:
        number = number_of(image_bgr)
        self.seen.append(number)
        scale = image_bgr.shape[1] / SIZE[0]
        left = 20 + 3 * number
        boxes = [[left, 40, left + 40, 90], [left + 1, 40, left + 41, 90]]
        class_scores = [[0.8, 0.2, 0.0], [0.8, 0.2, 0.0]]
        scores, labels = [0.8, 0.2], [0, 1]
        if number >= 10:
            boxes.append([200, 150, 240, 200])
            class_scores.append([0.1, 0.9, 0.0])
            scores.append(0.9)
            labels.append(1)
        return Detections(
            boxes=np.array(boxes, np.float32) * np.float32(scale),
            scores=np.array(scores, np.float32),
            labels=np.array(labels, np.int64),
            class_scores=np.array(class_scores, np.float32),
        )
