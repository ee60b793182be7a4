"""The quick layer against the plain one of Keras, which is the specification."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from yolo.normalization import FusedBatchNormalization


def layer(kind, epsilon=1e-3):
    made = kind(momentum=0.9, epsilon=epsilon)
    made.build((None, None, None, 3))
    made.set_weights([np.array(values, np.float32) for values in ([1, 2, 0.5], [0, 1, -1], [0.5, 0, 1], [1, 2, 3])])
    return made


@pytest.fixture
def pictures():
    return tf.constant(np.random.default_rng(4).normal([3, -1, 0], [1, 5, 0.002], (2, 6, 5, 3)).astype(np.float32))


def trained(made, pictures):
    """Outputs, gradients by the pictures and what is learned, and the moving statistics after one step."""
    weighted = tf.constant(np.random.default_rng(5).random((2, 6, 5, 3)).astype(np.float32))
    with tf.GradientTape() as tape:
        tape.watch(pictures)
        outputs = made(pictures, training=True)
        loss = tf.reduce_sum(weighted * outputs**2)
    gradients = tape.gradient(loss, [pictures, made.gamma.value, made.beta.value])
    return [np.asarray(each) for each in (outputs, *gradients, made.moving_mean, made.moving_variance)]


@pytest.mark.parametrize("epsilon", [1e-3, 1e-6], ids=["as here", "as in Darknet"])
def test_it_trains_as_the_plain_layer_does(pictures, epsilon):
    for quick, plain in zip(
        trained(layer(FusedBatchNormalization, epsilon), pictures),
        trained(layer(keras.layers.BatchNormalization, epsilon), pictures),
        strict=True,
    ):
        np.testing.assert_allclose(quick, plain, rtol=1e-3, atol=1e-4 * np.abs(plain).max())


def test_the_moving_statistics_by_hand():
    made = layer(FusedBatchNormalization)
    values = np.arange(12, dtype=np.float32).reshape(1, 2, 2, 3)  # each channel c: c, c + 3, c + 6, c + 9
    made(values, training=True)
    np.testing.assert_allclose(
        made.moving_mean, 0.9 * np.array([0.5, 0, 1]) + 0.1 * np.array([4.5, 5.5, 6.5]), rtol=1e-5
    )
    np.testing.assert_allclose(made.moving_variance, 0.9 * np.array([1, 2, 3]) + 0.1 * 11.25, rtol=1e-5)


@pytest.mark.parametrize("is_frozen", [True, False], ids=["frozen", "used"])
def test_where_nothing_is_learned_it_uses_its_statistics_and_keeps_them(pictures, is_frozen):
    made, plain = layer(FusedBatchNormalization), layer(keras.layers.BatchNormalization)
    made.trainable = not is_frozen
    np.testing.assert_array_equal(made(pictures, training=is_frozen), plain(pictures, training=False))
    np.testing.assert_array_equal(made.moving_mean, plain.moving_mean)
