"""Begins a training with the weights of an earlier release: what fits is taken, what does not is named."""

import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras

from yolo.release import load_network, read_release


def take_release(network: keras.Model, folder: Path, classes: tuple[str, ...]) -> tuple[str, ...]:
    """Copy what fits of a release's weights into the network; the names of all variables that nothing fitted.

    The output layers are only taken where the classes are the same. Raises ReleaseError where there is no release.
    """
    known = read_release(folder)
    return take_weights(network, load_network(known), heads=known.classes == classes)


def take_weights(network: keras.Model, other: keras.Model, *, heads: bool) -> tuple[str, ...]:
    """Copy the weights of `other` that agree in name and shape; the names of all others.

    Without `heads` the output layers stay as they are: their channels mean other classes.
    """
    theirs = {variable.path: variable for variable in other.weights}
    left_out = []
    for variable in network.weights:
        found = theirs.get(variable.path)
        is_head = variable.path.split("/")[0].endswith("_output")
        if found is None or found.shape != variable.shape or (is_head and not heads):
            left_out.append(variable.path)
        else:
            variable.assign(found)
    return tuple(left_out)
