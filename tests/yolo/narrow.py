"""A network of a few thousand weights and pictures of coloured squares, for quick trainings."""

from pathlib import Path

import cv2
import numpy as np

from yolo.config import AugmentConfig, NetworkConfig, Stage, TrainConfig
from yolo.samples import Sample

NARROW = NetworkConfig(
    name="narrow",
    stem_filters=4,
    stem_stride=2,
    stages=(Stage(8, 0), Stage(16, 1), Stage(16, 0), Stage(16, 0)),
    neck_pairs=0,
    decoding="wide",
)
ANCHORS = np.array([[8, 8], [12, 12], [16, 16], [24, 24], [32, 32], [40, 40], [48, 48], [64, 64], [90, 90]], np.float32)
CLASSES = ("red", "blue")
COLOURS = ((0, 0, 255), (255, 0, 0))  # BGR
NO_CHANGE = AugmentConfig(mosaic=0, packed_tiles=0, pasted_scenes=0, flip=0, hue=0, saturation=0, brightness=0)


def narrow_config(**values) -> TrainConfig:
    settings = {
        "network": "narrow",
        "net_size": 288,
        "epochs": 3,
        "batch": 4,
        "canvas": 96,
        "fine_tune_canvas": 96,
        "canvases_per_picture": 4,
        "warm_up_steps": 2,
    }
    return TrainConfig(**{**settings, **values})


def square_picture(folder: Path, name: str, *, label: int, box: tuple[int, int, int, int]) -> Sample:
    """A 96x96 picture, grey noise with one square of the colour of its class."""
    image = np.random.default_rng(label).integers(90, 140, (96, 96, 3)).astype(np.uint8)
    x1, y1, x2, y2 = box
    image[y1:y2, x1:x2] = COLOURS[label]
    path = folder / f"{name}.png"
    cv2.imwrite(str(path), image)
    return Sample(path, np.array([box], np.float32), np.array([label]))


def two_squares(folder: Path) -> list[Sample]:
    return [
        square_picture(folder, "red", label=0, box=(10, 20, 26, 36)),
        square_picture(folder, "blue", label=1, box=(50, 40, 66, 56)),
    ]
