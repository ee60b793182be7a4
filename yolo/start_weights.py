"""Begins a training with earlier weights, a release's or Darknet's: what fits is taken, what does not is named."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from yolo.config import ANCHORS_PER_SCALE, NetworkConfig, network_named
from yolo.darknet_weights import DarknetWeights
from yolo.release import load_network, read_release
from yolo.widen import is_wider, widened


def take_release(
    network: keras.Model, form: NetworkConfig, folder: Path, classes: tuple[str, ...], *, seed: int
) -> tuple[tuple[str, ...], int]:
    """Copy what fits of a release's weights into the network, which has that form.

    Returns the names of all variables that nothing fitted, and how many of the others were widened: a release of the
    same form with fewer filters gives what `yolo.widen` makes of it. Of output layers for other classes the box, the
    objectness and the classes of the same name are taken; they are named all the same, unless all classes were found.
    Raises ReleaseError where there is no release.
    """
    known = read_release(folder)
    theirs, count = load_network(known), 0
    if is_wider(form, network_named(known.network)):
        theirs, count = widened(
            theirs, form=network_named(known.network), to=form, classes=len(known.classes), seed=seed
        )
    if known.classes == classes:
        return take_weights(network, theirs, heads=True), count
    left_out = take_weights(network, theirs, heads=False)
    fitted = take_heads(network, theirs, classes, known.classes)
    return tuple(path for path in left_out if path not in fitted), count


def take_weights(network: keras.Model, other: keras.Model, *, heads: bool) -> tuple[str, ...]:
    """Copy the weights of `other` that agree in name and shape; the names of all others."""
    return _take(network, {variable.path: variable for variable in other.weights}, heads=heads)


def take_darknet(network: keras.Model, weights: DarknetWeights, *, heads: bool) -> tuple[str, ...]:
    """Copy what a `.weights` file holds; the names of the variables that it has nothing fitting for."""
    return _take(network, weights.arrays, heads=heads)


def take_heads(network: keras.Model, other: keras.Model, classes: tuple[str, ...], theirs: tuple[str, ...]) -> set[str]:
    """Copy the channels of box, objectness and common classes; the paths of variables that found all they need.

    A last axis holds for each anchor tx, ty, tw, th, objectness and one logit for each class.
    """
    common = [(5 + i, 5 + theirs.index(name)) for i, name in enumerate(classes) if name in theirs]
    pairs = [(i, i) for i in range(5)] + common
    ours_at, theirs_at = (list(places) for places in zip(*pairs, strict=True))
    known = {variable.path: np.asarray(variable.numpy()) for variable in other.weights}
    fitted = set()
    for variable in network.weights:
        found = known.get(variable.path)
        if not _is_head(variable.path) or found is None or found.shape[:-1] != tuple(variable.shape[:-1]):
            continue
        parted = found.reshape(*found.shape[:-1], ANCHORS_PER_SCALE, 5 + len(theirs))
        made = np.array(variable.numpy()).reshape(*found.shape[:-1], ANCHORS_PER_SCALE, 5 + len(classes))
        made[..., ours_at] = parted[..., theirs_at]
        variable.assign(made.reshape(tuple(variable.shape)))
        if len(common) == len(classes):
            fitted.add(variable.path)
    return fitted


def known_layers(network: keras.Model, left_out: Collection[str]) -> tuple[str, ...]:
    """The names of the layers all of whose weights were taken; `left_out`: the variables that nothing fitted."""
    layers = [layer for layer in network.layers if layer.weights]
    return tuple(layer.name for layer in layers if not any(weight.path in left_out for weight in layer.weights))


def _is_head(path: str) -> bool:
    return path.split("/")[0].endswith("_output")


def _take(network: keras.Model, theirs: Mapping[str, Any], *, heads: bool) -> tuple[str, ...]:
    """Without `heads` the output layers stay as they are: their channels mean other classes."""
    left_out = []
    for variable in network.weights:
        found = theirs.get(variable.path)
        if found is None or tuple(found.shape) != tuple(variable.shape) or (_is_head(variable.path) and not heads):
            left_out.append(variable.path)
        else:
            variable.assign(found)
    return tuple(left_out)
