"""Our networks as ONNX, run by ONNX Runtime beside Keras."""

from __future__ import annotations

from math import ceil

import keras
import numpy as np
import onnx
import onnxruntime
import pytest

from tests.yolo.darknet.random_networks import CLASSES, random_arrays
from yolo.config import NETWORKS
from yolo.network import build_network
from yolo.onnx_graph import OPERATOR_SET, onnx_graph


def run(graph: onnx.ModelProto, pictures: np.ndarray) -> list[np.ndarray]:
    onnx.checker.check_model(graph, full_check=True)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"pictures": pictures})


@pytest.mark.parametrize("name", ["yolov3-slim", "yolov3-slim-p2", "yolov3-slim-p2-p6", "yolov3-tiny"])
def test_the_graph_computes_what_keras_computes_at_any_size(name: str) -> None:
    config = NETWORKS[name]
    model = build_network(config, classes=CLASSES)
    arrays = random_arrays(config)
    for variable in model.variables:
        variable.assign(arrays[variable.path])
    names = [f"stride{stride}" for stride in config.strides]
    graph = onnx_graph(model, outputs=names, metadata={})
    for down, across in ((2, 3), (3, 1)):
        height, width = down * 32, across * 32
        pictures = np.random.default_rng(height).random((1, height, width, 3), np.float32)
        expected = [np.asarray(output) for output in model(pictures, training=False)]
        for stride, output, wanted in zip(config.strides, run(graph, pictures), expected, strict=True):
            assert output.shape == (1, ceil(height / stride), ceil(width / stride), 3 * (5 + CLASSES))
            assert wanted.std() > 0.1  # else anything would agree
            np.testing.assert_allclose(output, wanted, atol=1e-4)


def test_inputs_outputs_and_metadata_bear_their_names() -> None:
    model = build_network(NETWORKS["yolov3-tiny"], classes=2)
    graph = onnx_graph(model, outputs=["fine", "coarse"], metadata={"classes": '["a", "b"]'})
    assert [each.name for each in graph.graph.input] == ["pictures"]
    assert [each.name for each in graph.graph.output] == ["fine", "coarse"]
    assert {each.key: each.value for each in graph.metadata_props} == {"classes": '["a", "b"]'}
    assert graph.opset_import[0].version == OPERATOR_SET


def test_padding_and_pooling_by_hand() -> None:
    """A row 1 2 3 4: pooled by stride 1 to 2 3 4 4, doubled, padded by a pixel of 0 and summed by threes."""
    pictures = keras.Input((None, None, 3))
    tensor = keras.layers.MaxPooling2D((1, 2), strides=1, padding="same", name="pool")(pictures)
    tensor = keras.layers.UpSampling2D((1, 2), name="up")(tensor)
    tensor = keras.layers.ZeroPadding2D(((0, 0), (1, 1)), name="pad")(tensor)
    layer = keras.layers.Conv2D(1, (1, 3), kernel_initializer="ones", name="sum")
    model = keras.Model(pictures, [layer(tensor)], name="small")
    row = np.repeat(np.array([1, 2, 3, 4], np.float32).reshape(1, 1, 4, 1), 3, axis=3)
    (output,) = run(onnx_graph(model, outputs=["out"], metadata={}), row)
    # doubled: 2 2 3 3 4 4 4 4; sums of threes with 0 at the ends, times three channels
    assert output.ravel().tolist() == [12, 21, 24, 30, 33, 36, 36, 24]


def test_a_layer_that_is_not_known_is_named() -> None:
    pictures = keras.Input((None, None, 3))
    model = keras.Model(pictures, [keras.layers.Softmax()(pictures)])
    with pytest.raises(ValueError, match="Softmax"):
        onnx_graph(model, outputs=["out"], metadata={})
