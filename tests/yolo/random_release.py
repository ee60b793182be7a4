"""A release with seeded random weights whose signals neither die out nor blow up."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from yolo.anchors import with_coarser
from yolo.config import YOLOV3_SLIM, NetworkConfig
from yolo.network import build_network
from yolo.release import Release, write_release

CLASSES = ("with_mask", "without_mask", "worn_incorrectly")
ANCHORS = [(8, 10), (12, 16), (18, 24), (28, 36), (40, 54), (60, 80), (90, 120), (140, 180), (220, 260)]
FINEST_ANCHORS = [(3, 4), (5, 6), (7, 8)]
NET_SIZE = 288
OBJECTNESS = -2.0  # logit: enough cells see something, and not all of them


def random_network(seed: int = 0, network: NetworkConfig = YOLOV3_SLIM) -> keras.Model:
    """A network, the slim one by default, with normalisations that do something and logits of a deviation of 2."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = build_network(network, classes=len(CLASSES))
    spread = {"gamma": (0.8, 1.2), "beta": (-0.2, 0.2), "moving_mean": (-0.2, 0.2), "moving_variance": (0.7, 1.5)}
    for variable in model.variables:
        if variable.name in spread:
            variable.assign(rng.uniform(*spread[variable.name], tuple(variable.shape)))
    side = 128 if network.coarsest_apart else 96
    outputs = model(random_pictures(seed, side, side)[None] / np.float32(255), training=False)
    for stride, output in zip(network.strides, outputs, strict=True):
        layer = model.get_layer(f"scale{stride}_output")
        layer.kernel.assign(layer.kernel * (2 / float(np.std(np.asarray(output)))))
        layer.bias.assign(np.where(np.arange(output.shape[-1]) % (5 + len(CLASSES)) == 4, OBJECTNESS, 0))
    return model


def random_pictures(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    """Coarse blocks of random colour with random dots: contrast that survives any scaling."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, 256, (height // 24 + 1, width // 24 + 1, 3), dtype=np.uint8)
    coarse = blocks.repeat(24, axis=0).repeat(24, axis=1)[:height, :width]
    dots = rng.integers(0, 256, coarse.shape, dtype=np.uint8)
    return np.where(rng.random((height, width, 1)) < 0.2, dots, coarse)


def random_release(
    folder: Path, *, seed: int = 0, model: keras.Model | None = None, network: NetworkConfig = YOLOV3_SLIM
) -> Release:
    return write_release(
        folder=folder,
        model=model or random_network(seed, network),
        name="random",
        network=network.name,
        classes=CLASSES,
        anchors=ANCHORS if network.scales == 3 else with_coarser([*FINEST_ANCHORS, *ANCHORS], scales=network.scales),
        net_size=NET_SIZE,
        thresholds={"with_mask": 0.3, "without_mask": 0.35, "worn_incorrectly": 0.4},
        iou_threshold=0.45,
        voting_iou=0.6,
        metrics={"map50": 0.5, "ap50": {"with_mask": None}},
        provenance={"seed": seed},
    )
