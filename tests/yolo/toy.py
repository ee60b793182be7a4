"""A network of ten numbers that "learns" at once: for tests of what is around the learning.

Whatever it is shown, at what rate and in what order, changes its numbers for good; so two trainings that end with the
same numbers have seen the same. That Keras' own networks and optimisers are kept whole is tested with Keras.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.yolo.narrow import NARROW
from yolo.detections import Detections

NUMBERS = 10


class Number:
    """A variable of the optimiser."""

    def __init__(self, value: NDArray[np.float32]) -> None:
        self.value = value

    def assign(self, value: NDArray[np.float32]) -> None:
        self.value = np.asarray(value, np.float32)

    def __array__(self, dtype: Any = None, copy: Any = None) -> NDArray[np.float32]:
        return np.array(self.value, dtype)


class Network:
    def __init__(self, seed: int) -> None:
        self.weights = [keras.Variable(np.random.default_rng(seed).random(NUMBERS).astype(np.float32))]

    def get_weights(self) -> list[NDArray[np.float32]]:
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Sequence[NDArray[np.float32]]) -> None:
        (numbers,) = weights
        self.weights[0].assign(np.array(numbers, np.float32))


class Optimizer:
    """With a momentum that must not be lost, and a count of its steps."""

    def __init__(self) -> None:
        self.learning_rate = 0.0
        self.variables = [Number(np.zeros(NUMBERS, np.float32)), Number(np.zeros(1, np.float32))]


class Learner:
    """`disturb` may be told of each step, with the number it has in the training, and change what comes of it."""

    disturb: Any = staticmethod(lambda learner, step, logs: logs)

    def __init__(self, network: Network, **_others: Any) -> None:
        self.network = network
        self.optimizer = Optimizer()

    def train_on_batch(self, images: NDArray[np.float32], targets: NDArray[np.float32], **_others: Any) -> Any:
        momentum, count = self.optimizer.variables
        step = int(count.value[0])
        shown = np.resize(images.astype(np.float64).mean(axis=(1, 2)).ravel(), NUMBERS) + targets.sum() / 1e6
        momentum.assign(0.9 * momentum.value + self.optimizer.learning_rate * shown)
        count.assign(count.value + 1)
        self.network.set_weights([np.cos(self.network.get_weights()[0] + momentum.value)])
        loss = float(1 + shown.mean())
        return Learner.disturb(self, step, {"loss": loss, "box": loss / 2, "objectness": loss / 4, "classes": loss / 4})


class Predictor:
    """Finds one box, nearer to or farther from the true one by chance of the numbers."""

    def __init__(self, network: Network, *_others: Any, **_more: Any) -> None:
        self._network = network

    def __call__(self, images: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        aside = 8 * np.sin(1000 * float(self._network.get_weights()[0].sum()))
        box = np.array([[12 + aside, 22, 40 + aside, 50]], np.float32)
        scores, labels = np.ones(1, np.float32), np.zeros(1, np.int64)
        return [Detections(boxes=box, scores=scores, labels=labels, class_scores=np.ones((1, 2), np.float32))] * len(
            images
        )


@contextmanager
def toys() -> Iterator[None]:
    """Trainings of `yolo.train` learn with toys meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("yolo.config.NETWORKS", {"narrow": NARROW})
        patch.setattr("yolo.train.build_network", lambda form, *, classes, seed, **norm: Network(seed))
        patch.setattr("yolo.train.Learner", Learner)
        patch.setattr("yolo.train.KerasPredictor", Predictor)
        patch.setattr("yolo.train.keras.ops.convert_to_numpy", np.asarray)
        yield
