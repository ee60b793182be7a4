"""Averages the weights of networks that went on from one start: what each learned by chance falls out of the mean.

Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy without increasing
inference time", ICML 2022. It takes networks that stand near each other, such as trainings of one start and recipe
with other seeds; the mean of strangers computes nothing.
"""

from collections.abc import Sequence

import keras
import numpy as np


def average_into(network: keras.Model, others: Sequence[keras.Model]) -> tuple[str, ...]:
    """Give each variable of `network` the mean of itself and those of the same path in all `others`.

    Layers that `network` alone has, such as a scale of its own, keep their weights: their paths come back. Means and
    variances of batch normalisation are averaged as weights are. Raises ValueError, and changes nothing, where one of
    `others` has a variable that `network` lacks or that has another shape there, or where they differ in that.
    """
    ours = {variable.path: variable for variable in network.variables}
    theirs = [{variable.path: variable for variable in other.variables} for other in others]
    for known in theirs:
        if known.keys() != theirs[0].keys():
            raise ValueError("The other networks differ from each other.")
        for path, variable in known.items():
            if path not in ours or tuple(ours[path].shape) != tuple(variable.shape):
                raise ValueError(f"The variable {path} is not part of this network, or has another shape in it.")
    common = theirs[0].keys() if theirs else ()
    for path in common:
        values = [np.asarray(known[path].numpy(), np.float64) for known in (ours, *theirs)]
        ours[path].assign(np.mean(values, axis=0).astype(np.float32))
    return tuple(path for path in ours if path not in common)
