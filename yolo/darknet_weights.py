"""Darknet's `.weights` files, read into our networks and written from them.

The form (Darknet's parser.c, `load_weights_upto`): three int32 - major, minor, revision - and the
number of pictures seen, 64 bit from version 0.2 on, 32 bit before; then float32 of each convolution
in order: biases, with batch normalisation also scales, means and variances, then the kernel as
(filters, channels, height, width). A file may end after any layer, as darknet53.conv.74 does.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from yolo.config import ANCHORS_PER_SCALE, NetworkConfig
from yolo.darknet_cfg import DarknetError
from yolo.darknet_layers import Convolution, convolutions

MOST_CLASSES: Final = 10_000
FLOAT: Final = 4
WRITTEN_VERSION: Final = (0, 2, 5)

Arrays = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class DarknetWeights:
    """What a `.weights` file holds. `arrays` by path of the Keras variable; `layers` are the convolutions read.

    `classes` is None where the file ends before its first output. `seen` counts training pictures.
    """

    version: tuple[int, int, int]
    seen: int
    classes: int | None
    layers: tuple[str, ...]
    arrays: Arrays


def read_weights(path: Path, config: NetworkConfig) -> DarknetWeights:
    """Read a `.weights` file of this network, whole or up to a layer.

    Raises DarknetError when the file cannot be read, is not of this network, or ends within a layer.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            version, seen = _header(file, path.name)
            floats, rest = divmod(size - file.tell(), FLOAT)
            if rest:
                raise DarknetError(f"{path.name} is damaged: it does not end with a whole number.")
            classes, layers = _layers_within(floats, config, path.name)
            arrays = {name: array for layer in layers for name, array in _read_layer(file, layer, config)}
    except OSError as error:
        raise DarknetError(f"{path.name} cannot be read: {error.strerror or error}") from error
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise DarknetError(f"{path.name} is damaged or of another network: it holds values that are no numbers.")
    return DarknetWeights(version, seen, classes, tuple(layer.name for layer in layers), arrays)


def write_weights(
    path: Path, arrays: Mapping[str, NDArray[np.floating]], config: NetworkConfig, *, classes: int
) -> None:
    """Write a `.weights` file from arrays by path of the Keras variable.

    Darknet's epsilon differs from that of some networks here: the variances make up for it.
    """
    with path.open("wb") as file:
        file.write(struct.pack("<iiiq", *WRITTEN_VERSION, 0))
        for layer in convolutions(config, classes):
            for array in _written_layer(arrays, layer, config):
                file.write(np.ascontiguousarray(array, "<f4").tobytes())


def _header(file: BinaryIO, name: str) -> tuple[tuple[int, int, int], int]:
    start = file.read(12)
    if len(start) < 12:
        raise DarknetError(f"{name} is too short to be a .weights file.")
    major, minor, revision = struct.unpack("<iii", start)
    if not (0 <= major < 1000 and 0 <= minor < 1000 and 0 <= revision < 1000):
        raise DarknetError(f"{name} is not a .weights file: it does not begin with a version.")
    wide = major * 10 + minor >= 2
    counter = file.read(8 if wide else 4)
    if len(counter) < (8 if wide else 4):
        raise DarknetError(f"{name} is too short to be a .weights file.")
    return (major, minor, revision), struct.unpack("<q" if wide else "<i", counter)[0]


def _layers_within(floats: int, config: NetworkConfig, name: str) -> tuple[int | None, list[Convolution]]:
    """The convolutions that so many numbers are, and for how many classes the outputs among them are."""
    total = sum(map(_floats_of, convolutions(config, 0)))
    a_class = ANCHORS_PER_SCALE * sum(1 + layer.channels for layer in convolutions(config, 0) if not layer.normalised)
    classes, rest = divmod(floats - total, a_class)
    if not rest and 1 <= classes <= MOST_CLASSES:
        return classes, convolutions(config, classes)
    layers, left = [], floats
    for layer in convolutions(config, 1):
        if not layer.normalised or left < _floats_of(layer):
            break
        layers.append(layer)
        left -= _floats_of(layer)
    if left or not layers:
        after = f" within {layers[-1].name}'s successor" if layers else ""
        raise DarknetError(
            f"{name} holds {floats:,} numbers: that is neither all of {config.name} nor its first layers; "
            f"it is of another network, or was cut off{after}."
        )
    return None, layers


def _floats_of(layer: Convolution) -> int:
    return layer.filters * (layer.channels * layer.size**2 + (4 if layer.normalised else 1))


def _read_layer(file: BinaryIO, layer: Convolution, config: NetworkConfig) -> Iterator[tuple[str, NDArray[np.float32]]]:
    def numbers(count: int) -> NDArray[np.float32]:
        return np.frombuffer(file.read(count * FLOAT), "<f4").astype(np.float32)

    biases = numbers(layer.filters)
    if layer.normalised:
        yield f"{layer.name}_norm/beta", biases
        yield f"{layer.name}_norm/gamma", numbers(layer.filters)
        yield f"{layer.name}_norm/moving_mean", numbers(layer.filters)
        yield f"{layer.name}_norm/moving_variance", numbers(layer.filters) + _epsilon_here(config)
    kernel = numbers(layer.filters * layer.channels * layer.size**2)
    shape = (layer.filters, layer.channels, layer.size, layer.size)
    yield f"{_kernel_name(layer)}/kernel", np.ascontiguousarray(kernel.reshape(shape).transpose(2, 3, 1, 0))
    if not layer.normalised:
        yield f"{layer.name}/bias", biases


def _written_layer(
    arrays: Mapping[str, NDArray[np.floating]], layer: Convolution, config: NetworkConfig
) -> Sequence[NDArray[np.floating]]:
    kernel = arrays[f"{_kernel_name(layer)}/kernel"].transpose(3, 2, 0, 1)
    if not layer.normalised:
        return arrays[f"{layer.name}/bias"], kernel
    norm = f"{layer.name}_norm"
    variance = arrays[f"{norm}/moving_variance"].astype(np.float64) - _epsilon_here(config)
    return arrays[f"{norm}/beta"], arrays[f"{norm}/gamma"], arrays[f"{norm}/moving_mean"], variance, kernel


def _epsilon_here(config: NetworkConfig) -> np.float32:
    """What turns a variance of Darknet into one of the network: the difference of their epsilons."""
    return np.float32(1e-6 - config.norm_epsilon)


def _kernel_name(layer: Convolution) -> str:
    return f"{layer.name}_conv" if layer.normalised else layer.name
