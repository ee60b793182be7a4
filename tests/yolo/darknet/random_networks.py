"""Networks with random weights that keep the variance of what runs through them, the same on every machine."""

import zlib

import numpy as np
from numpy.typing import NDArray

from yolo.config import NetworkConfig
from yolo.darknet_layers import Convolution, convolutions

WIDTH, HEIGHT = 64, 96
CLASSES = 1
SCALE_OF_RESIDUALS = 0.1  # what each block adds, so that two dozen of them do not explode


def random_arrays(config: NetworkConfig, *, classes: int = CLASSES) -> dict[str, NDArray[np.float32]]:
    """Arrays by path of the Keras variable; each convolution has a generator of its own."""
    found = {}
    for layer in convolutions(config, classes):
        rng = np.random.default_rng(zlib.crc32(f"{config.name} {layer.name}".encode()))
        found |= _random_layer(layer, rng)
    return found


def picture() -> NDArray[np.float32]:
    """An input (1, h, w, 3) of noise from 0 to 1."""
    return np.random.default_rng(7).random((1, HEIGHT, WIDTH, 3), np.float32)


def anchors(config: NetworkConfig) -> list[tuple[float, float]]:
    return [(10.0 + 6 * number, 13.0 + 5 * number) for number in range(config.anchor_count)]


def _random_layer(layer: Convolution, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
    shape = (layer.size, layer.size, layer.channels, layer.filters)
    deviation = np.sqrt(2 / (layer.size**2 * layer.channels))
    kernel = (rng.standard_normal(shape, np.float32) * np.float32(deviation)).astype(np.float32)
    if not layer.normalised:
        return {f"{layer.name}/kernel": kernel, f"{layer.name}/bias": uniform(rng, layer, -0.5, 0.5)}
    scale = SCALE_OF_RESIDUALS if layer.name.endswith("_wide") and "block" in layer.name else 1.0
    return {
        f"{layer.name}_conv/kernel": kernel,
        f"{layer.name}_norm/gamma": uniform(rng, layer, 0.7 * scale, 1.3 * scale),
        f"{layer.name}_norm/beta": uniform(rng, layer, -0.2, 0.2),
        f"{layer.name}_norm/moving_mean": uniform(rng, layer, -0.2, 0.2),
        f"{layer.name}_norm/moving_variance": uniform(rng, layer, 0.7, 1.3),
    }


def uniform(rng: np.random.Generator, layer: Convolution, low: float, high: float) -> NDArray[np.float32]:
    return rng.uniform(low, high, layer.filters).astype(np.float32)
