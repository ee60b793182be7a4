"""Makes a narrower network the beginning of a wider one of the same form, which computes the same at first.

Known channels keep their weights. New ones begin at random and nothing known listens to them yet: their weights
towards known channels, and towards the outputs, are zero. So a wider network goes on from where the narrower one
stands and has new channels to learn with: what Chen, Goodfellow and Shlens want in "Net2Net: Accelerating Learning
via Knowledge Transfer", ICLR 2016, where new channels are copies of known ones.
"""

from collections.abc import Mapping

import keras
import numpy as np
from numpy.typing import NDArray

from yolo.config import NetworkConfig, name_and_width
from yolo.network import build_network, joined_channels


def is_wider(form: NetworkConfig, other: NetworkConfig) -> bool:
    """Whether `form` is the network `other` with more filters."""
    (base, width), (other_base, other_width) = name_and_width(form.name), name_and_width(other.name)
    return base == other_base and width > other_width


def widened(
    known: keras.Model, *, form: NetworkConfig, to: NetworkConfig, classes: int, seed: int
) -> tuple[keras.Model, int]:
    """A network of the form `to` that computes what `known` computes, and how many of its arrays were widened.

    `known` has the form `form` and `classes` classes; `seed` gives the weights of the new channels.
    Raises ValueError where `to` is not that form with more filters.
    """
    if not is_wider(to, form):
        raise ValueError(f"{to.name} is no wider form of {form.name}.")
    model = build_network(to, classes=classes, seed=seed)
    arrays = {variable.path: np.asarray(variable.numpy()) for variable in known.weights}
    ours, theirs = joined_channels(to), joined_channels(form)
    count = 0
    for variable in model.weights:
        found = arrays[variable.path]
        if found.shape == tuple(variable.shape):
            variable.assign(found)
            continue
        layer = variable.path.split("/")[0]
        places = _input_places(layer, found.shape[-2], ours, theirs) if found.ndim == 4 else ()
        variable.assign(_filled(np.array(variable.numpy()), found, places))
        count += 1
    return model, count


def _input_places(
    layer: str, channels: int, ours: Mapping[str, tuple[int, int]], theirs: Mapping[str, tuple[int, int]]
) -> tuple[int, ...]:
    """Where the known input channels of a layer lie among those of the wider one."""
    if layer not in theirs:
        return tuple(range(channels))
    lifted, features = theirs[layer]
    return (*range(lifted), *range(ours[layer][0], ours[layer][0] + features))


def _filled(array: NDArray[np.float32], known: NDArray[np.float32], places: tuple[int, ...]) -> NDArray[np.float32]:
    """`array` with the known values at its first output channels, which get nothing from new input channels."""
    outputs = known.shape[-1]
    if places:
        array[..., :outputs] = 0
        array[:, :, places, :outputs] = known
    else:
        array[:outputs] = known
    return array
