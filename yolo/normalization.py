"""Batch normalisation that trains fast on processors."""

from typing import Any

import keras


class FusedBatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]  # Keras has no types
    """Computes what its parent does, in training with one operation of TensorFlow instead of some twenty.

    Keras writes the statistics, the scaling and their gradient as sums and products over whole
    feature maps, each of which is read and written anew; that takes a sixth of a training step.
    On other backends, and where nothing is learned, it is its parent. Only for networks being
    trained: a stored network names the plain layer, so that Keras reads it anywhere.
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalise (B, H, W, C) over all but the channels, and take the statistics into the moving ones."""
        if not (training and self.trainable) or keras.backend.backend() != "tensorflow":
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        # Not `tf.nn`'s, which has epsilons below 1e-5, as Darknet's is, no smaller than that.
        outputs, mean, unbiased, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=self.gamma.value,
            offset=self.beta.value,
            mean=tf.zeros(0),
            variance=tf.zeros(0),
            epsilon=self.epsilon,
            is_training=True,
        )
        count = tf.cast(tf.size(inputs) // inputs.shape[-1], unbiased.dtype)
        self._take_in(self.moving_mean, mean)
        self._take_in(self.moving_variance, unbiased * (count - 1) / count)
        return outputs

    def _take_in(self, moving: keras.Variable, value: Any) -> None:
        moving.assign(moving * self.momentum + value * (1.0 - self.momentum))
