"""Begins a training with earlier weights, a release's or Darknet's: what fits is taken, what does not is named."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras

from yolo.darknet_weights import DarknetWeights
from yolo.release import load_network, read_release


def take_release(network: keras.Model, folder: Path, classes: tuple[str, ...]) -> tuple[str, ...]:
    """Copy what fits of a release's weights into the network; the names of all variables that nothing fitted.

    The output layers are only taken where the classes are the same. Raises ReleaseError where there is no release.
    """
    known = read_release(folder)
    return take_weights(network, load_network(known), heads=known.classes == classes)


def take_weights(network: keras.Model, other: keras.Model, *, heads: bool) -> tuple[str, ...]:
    """Copy the weights of `other` that agree in name and shape; the names of all others."""
    return _take(network, {variable.path: variable for variable in other.weights}, heads=heads)


def take_darknet(network: keras.Model, weights: DarknetWeights, *, heads: bool) -> tuple[str, ...]:
    """Copy what a `.weights` file holds; the names of the variables that it has nothing fitting for."""
    return _take(network, weights.arrays, heads=heads)


def _take(network: keras.Model, theirs: Mapping[str, Any], *, heads: bool) -> tuple[str, ...]:
    """Without `heads` the output layers stay as they are: their channels mean other classes."""
    left_out = []
    for variable in network.weights:
        found = theirs.get(variable.path)
        is_head = variable.path.split("/")[0].endswith("_output")
        if found is None or tuple(found.shape) != tuple(variable.shape) or (is_head and not heads):
            left_out.append(variable.path)
        else:
            variable.assign(found)
    return tuple(left_out)
