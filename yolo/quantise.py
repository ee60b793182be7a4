"""The int8 form of a release, by NNCF's post-training quantisation.

Loads OpenVINO and NNCF: only workers and commands import this module. Neither calls home here, see
`yolo.quiet_openvino`. Kernels and activations become 8-bit numbers whose ranges are measured on pictures that the
network was trained on; see Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", CVPR 2018.

The kernels stay as they are in network.bin, with the ranges beside them: OpenVINO rounds them when it compiles the
network, so that both forms share one file of weights.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolo.evaluate import LabelledPicture
from yolo.int8 import INT8_EXTRA, INT8_MODEL
from yolo.letterbox import letterbox, rectangle_for
from yolo.quiet_openvino import ov
from yolo.release import IR_MODEL, IR_WEIGHTS, Release, ReleaseError
from yolo.shared_ir import save_shared

OnPicture = Callable[[int, int], None]


@dataclass(frozen=True)
class Recipe:
    """Which convolutions stay float: the first, which sees the picture, and the last of each scale.

    With `float_branches` also the one before each last. Little time goes into them, and much accuracy.
    """

    float_branches: bool = False


def quantise(
    release: Release, pictures: Sequence[LabelledPicture], recipe: Recipe, *, on_picture: OnPicture = lambda *_: None
) -> ov.Model:
    """The network of a release with 8-bit arithmetic for all but its ends, calibrated on `pictures`.

    The pictures are fitted as the detector does it. `on_picture` is told how many were looked at, of how many.
    Raises ReleaseError when there are none or the network cannot be quantised, SampleError for an unreadable one.
    """
    if not pictures:
        raise ReleaseError("There is no picture to calibrate the int8 form on.")
    nncf = _quiet_nncf()
    network = ov.Core().read_model(release.folder / IR_MODEL)
    try:
        with redirect_stdout(sys.stderr):
            return nncf.quantize(
                network,
                nncf.Dataset(_Told(pictures, on_picture), partial(network_input, release)),
                preset=nncf.QuantizationPreset.MIXED,
                subset_size=len(pictures),
                ignored_scope=nncf.IgnoredScope(names=sorted(float_convolutions(network, recipe))),
                advanced_parameters=nncf.AdvancedQuantizationParameters(backend_params={"compress_weights": False}),
            )
    except (RuntimeError, nncf.ValidationError, nncf.InternalError) as error:
        raise ReleaseError(f"NNCF cannot quantise this network: {error}") from error


def save_int8(network: ov.Model, folder: Path, *, at: Path | None = None) -> None:
    """Write what `quantise` made of the release in `folder` beside its network, or to another folder for now."""
    place = at or folder
    save_shared(
        network,
        first=folder / IR_MODEL,
        first_weights=folder / IR_WEIGHTS,
        xml=place / INT8_MODEL,
        extra=place / INT8_EXTRA,
    )


def network_input(release: Release, picture: LabelledPicture) -> NDArray[np.float32]:
    """A picture as the float network takes it: (1, H, W, 3) float32, RGB from 0 to 1, in the detector's rectangle."""
    image = picture.read()
    height, width = image.shape[:2]
    wide, high = rectangle_for(width, height, release.net_size)
    canvas, _ = letterbox(image, width=wide, height=high)
    return canvas[None, ..., ::-1].astype(np.float32) / np.float32(255)


def float_convolutions(network: ov.Model, recipe: Recipe) -> set[str]:
    """Names of the convolutions that the recipe keeps in float."""
    first = next(node for node in network.get_ordered_ops() if node.get_type_name() == "Convolution")
    last = [_convolution_before(output.get_node()) for output in network.outputs]
    before = [_convolution_before(node) for node in last] if recipe.float_branches else []
    return {node.get_friendly_name() for node in (first, *last, *before)}


class _Told(Sequence[LabelledPicture]):
    """Pictures that tell how many of them were looked at."""

    def __init__(self, pictures: Sequence[LabelledPicture], on_picture: OnPicture) -> None:
        self._pictures, self._on_picture = pictures, on_picture

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, index: Any) -> Any:
        return self._pictures[index]

    def __iter__(self) -> Iterator[LabelledPicture]:
        for number, picture in enumerate(self._pictures, 1):
            self._on_picture(number, len(self._pictures))
            yield picture


def _quiet_nncf() -> Any:
    """NNCF without telemetry, which `yolo.quiet_openvino` keeps from being imported, and without its talk."""
    import nncf

    nncf.set_log_level(logging.ERROR)
    return nncf


def _convolution_before(node: ov.Node) -> ov.Node:
    """The nearest convolution upstream along the first inputs."""
    node = node.input_value(0).get_node()
    while node.get_type_name() != "Convolution":
        node = node.input_value(0).get_node()
    return node
