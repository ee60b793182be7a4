"""Writes our networks as ONNX, layer by layer.

The networks consist of a dozen kinds of layers, each of which ONNX has too. Going through them keeps one copy of the
weights in memory, where the way over a frozen TensorFlow graph keeps dozens.
ONNX, operator set 17: https://onnx.ai/onnx/operators/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import keras
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPERATOR_SET: Final = 17
IR_VERSION: Final = 8
INPUT: Final = "pictures"


def onnx_graph(model: keras.Model, *, outputs: Sequence[str], metadata: Mapping[str, str]) -> onnx.ModelProto:
    """The same network as ONNX.

    Input `pictures`: float32 (1, height, width, 3), RGB from 0 to 1; height and width are multiples of 32.
    `outputs` names those of `model`, in its order: float32 (1, ⌈height / stride⌉, ⌈width / stride⌉, channels).
    Inside, pictures lie channels first, as ONNX wants them. Raises ValueError for a layer that is not known here.
    """
    writer = _Writer()
    writer.add("Transpose", [INPUT], "channels_first", perm=[0, 3, 1, 2])
    names = {id(model.inputs[0]): "channels_first"}
    for layer in model.layers:
        if not isinstance(layer, keras.layers.InputLayer):
            write = WRITERS.get(type(layer).__name__)
            if write is None:
                raise ValueError(f"ONNX of a layer {type(layer).__name__} is not known.")
            sources = layer.input if isinstance(layer.input, list) else [layer.input]
            write(writer, layer, [names[id(source)] for source in sources])
            names[id(layer.output)] = layer.name
    for output, name in zip(model.outputs, outputs, strict=True):
        writer.add("Transpose", [names[id(output)]], name, perm=[0, 2, 3, 1])
    graph = helper.make_graph(
        writer.nodes,
        model.name,
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [1, "height", "width", 3])],
        [
            helper.make_tensor_value_info(
                name, TensorProto.FLOAT, [1, f"{name}_rows", f"{name}_columns", tensor.shape[-1]]
            )
            for name, tensor in zip(outputs, model.outputs, strict=True)
        ],
        writer.weights,
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPERATOR_SET)], producer_name="maskweb")
    made.ir_version = IR_VERSION
    helper.set_model_props(made, dict(metadata))
    return made


def _output(name: str, channels: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, f"{name}_rows", f"{name}_columns", channels])


class _Writer:
    """Collects nodes and weights."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, kind: str, sources: Sequence[str], name: str, **attributes: Any) -> None:
        """A node of one output, which bears its name."""
        self.nodes.append(helper.make_node(kind, list(sources), [name], name=name, **attributes))

    def weight(self, name: str, values: NDArray[np.float32]) -> str:
        """Store an array; its name."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))
        return name


def _convolution(writer: _Writer, layer: keras.layers.Layer, sources: list[str]) -> None:
    """Kernels go from (h, w, in, out) to (out, in, h, w). Padding "same" of stride 1 is even: kernels are odd."""
    inputs = [sources[0], writer.weight(f"{layer.name}/kernel", np.asarray(layer.kernel).transpose(3, 2, 0, 1))]
    if layer.use_bias:
        inputs.append(writer.weight(f"{layer.name}/bias", np.asarray(layer.bias)))
    high, wide = layer.kernel_size
    pads = [high // 2, wide // 2] * 2 if layer.padding == "same" else [0, 0, 0, 0]
    writer.add("Conv", inputs, layer.name, kernel_shape=[high, wide], strides=list(layer.strides), pads=pads)


def _normalisation(writer: _Writer, layer: keras.layers.Layer, sources: list[str]) -> None:
    parts = {"gamma": layer.gamma, "beta": layer.beta, "mean": layer.moving_mean, "variance": layer.moving_variance}
    stored = [writer.weight(f"{layer.name}/{name}", np.asarray(values)) for name, values in parts.items()]
    writer.add("BatchNormalization", [*sources, *stored], layer.name, epsilon=float(layer.epsilon))


def _padding(writer: _Writer, layer: keras.layers.Layer, sources: list[str]) -> None:
    (top, bottom), (left, right) = layer.padding
    pads = np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)
    writer.weights.append(numpy_helper.from_array(pads, f"{layer.name}/pads"))
    writer.add("Pad", [*sources, f"{layer.name}/pads"], layer.name, mode="constant")


def _pooling(writer: _Writer, layer: keras.layers.Layer, sources: list[str]) -> None:
    """Padding "same" of stride 1 adds what is missing at the end, as TensorFlow does."""
    high, wide = layer.pool_size
    pads = [0, 0, high - 1, wide - 1] if layer.padding == "same" else [0, 0, 0, 0]
    writer.add("MaxPool", sources, layer.name, kernel_shape=[high, wide], strides=list(layer.strides), pads=pads)


def _enlarging(writer: _Writer, layer: keras.layers.Layer, sources: list[str]) -> None:
    """Each pixel becomes a block of the same value."""
    scales = writer.weight(f"{layer.name}/scales", np.array([1, 1, *layer.size], np.float32))
    how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    writer.add("Resize", [*sources, "", scales], layer.name, **how)


def _leaky(writer: _Writer, layer: keras.layers.Layer, sources: list[str]) -> None:
    writer.add("LeakyRelu", sources, layer.name, alpha=float(layer.negative_slope))


def _sum(writer: _Writer, layer: keras.layers.Layer, sources: list[str]) -> None:
    writer.add("Add", sources, layer.name)


def _join(writer: _Writer, layer: keras.layers.Layer, sources: list[str]) -> None:
    writer.add("Concat", sources, layer.name, axis=1)


WRITERS: Final[Mapping[str, Callable[[_Writer, keras.layers.Layer, list[str]], None]]] = {
    "Add": _sum,
    "BatchNormalization": _normalisation,
    "Concatenate": _join,
    "Conv2D": _convolution,
    "LeakyReLU": _leaky,
    "MaxPooling2D": _pooling,
    "UpSampling2D": _enlarging,
    "ZeroPadding2D": _padding,
}
