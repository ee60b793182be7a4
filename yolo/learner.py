"""A network with its loss, ready for `train_on_batch`, and the moving average of its weights."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from yolo.config import TrainConfig, network_named
from yolo.losses import detection_loss

LOSS_NAMES = ("loss", "box", "objectness", "classes")
OUT_OF_MEMORY = ("resourceexhausted", "resource_exhausted", "outofmemory", "out of memory", "insufficient memory")


class Learner(keras.Model):  # type: ignore[misc]  # Keras has no types
    """Wraps a network and adds the detection loss; trains on any backend of Keras.

    `train_on_batch(images, targets, return_dict=True)` returns the means of `LOSS_NAMES` since
    the last `reset_metrics()`.
    """

    def __init__(self, network: keras.Model, *, anchors: NDArray[np.float32], config: TrainConfig) -> None:
        super().__init__(name="learner")
        self.network = network
        self._anchors = np.asarray(anchors, np.float32)
        self._config = config
        self._terms = [keras.metrics.Mean(name=name) for name in LOSS_NAMES[1:]]
        self._prepare()

    def freeze(self, names: Collection[str]) -> None:
        """Let the layers of these names stay as they are; the optimiser begins anew with the others.

        A frozen batch normalisation uses its statistics and leaves them alone.
        """
        for layer in self.network.layers:
            layer.trainable = layer.name not in names
        self._prepare()

    def _prepare(self) -> None:
        config = self._config
        rate = float(config.learning_rate)  # Keras takes no whole number for one
        optimizer = keras.optimizers.AdamW(rate, weight_decay=config.weight_decay, beta_2=0.99)
        optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        # XLA makes TensorFlow slower on CPUs; JAX without it would not compile at all.
        self.compile(optimizer=optimizer, jit_compile=keras.backend.backend() == "jax")
        optimizer.build(self.network.trainable_variables)

    def call(self, pictures: Any, training: bool = False) -> Any:
        return self.network(pictures, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Loss of a batch: `y` as `yolo.targets` makes it, `y_pred` the raw outputs."""
        form = network_named(self._config.network)
        terms = detection_loss(
            y,
            y_pred,
            anchors=self._anchors,
            strides=form.strides,
            style=form.decoding,
            config=self._config.loss,
        )
        for tracker, value in zip(self._terms, (terms.box, terms.objectness, terms.classes), strict=True):
            tracker.update_state(value)
        return terms.total


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a backend says that it got no memory; each has an exception of its own."""
    told = f"{type(error).__name__} {error}".lower()
    return isinstance(error, MemoryError) or any(words in told for words in OUT_OF_MEMORY)


@contextmanager
def memory_told() -> Iterator[None]:
    """Have any backend's want of memory come out as MemoryError."""
    try:
        yield
    except Exception as error:
        if is_out_of_memory(error):
            raise MemoryError("There is not enough memory for a step of this training.") from error
        raise


class MovingAverage:
    """Exponential moving average of all weights of a network, batch statistics included.

    It begins with `values`, arrays in the order of the network's weights, or where the network
    stands. Early on the decay is (1 + n) / (10 + n), so that the first random weights soon fade.
    """

    def __init__(
        self, network: keras.Model, *, decay: float, values: Sequence[NDArray[np.float32]] | None = None
    ) -> None:
        self._decay = decay
        self._learned = network.weights
        begun = network.get_weights() if values is None else values
        pairs = zip(begun, self._learned, strict=True)
        self._averages = [keras.Variable(value, trainable=False, dtype=weight.dtype) for value, weight in pairs]
        self._blend = _compiled(self._move)

    def update(self, *, step: int) -> None:
        """Take in the network's weights after `step` steps."""
        share = 1 - min(self._decay, (1 + step) / (10 + step))
        self._blend(keras.ops.convert_to_tensor(share, "float32"))

    def _move(self, share: Any) -> None:
        for average, learned in zip(self._averages, self._learned, strict=True):
            average.assign(average + share * (keras.ops.stop_gradient(learned) - average))

    @property
    def weights(self) -> list[NDArray[np.float32]]:
        """A copy of the averages, in the order of the network's weights."""
        return [np.array(keras.ops.convert_to_numpy(each)) for each in self._averages]


def _compiled(function: Callable[..., None]) -> Callable[..., None]:
    """The same as one call of TensorFlow: for hundreds of small variables that is ten times as fast."""
    if keras.backend.backend() != "tensorflow":
        return function
    import tensorflow as tf

    return tf.function(function)  # type: ignore[no-any-return]
