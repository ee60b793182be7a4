"""Give a release its OpenVINO part: `python -m yolo.export FOLDER`.

`yolo.release.write_release` runs this as a process of its own, so that a network trained on any
Keras backend goes through TensorFlow's frontend, and the same weights give the same bytes.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np

from yolo.quiet_openvino import ov
from yolo.release import IR_MODEL, Release, load_network, output_name, read_unexported


def export_openvino(release: Release) -> None:
    """Write network.xml and network.bin into the folder of a release.

    Input `pictures`: float32 (B, H, W, 3), RGB from 0 to 1. Outputs `stride8`, `stride16` and
    so on as in `yolo.network.build_network`, of any H and W that are multiples of 32.

    Kernels are stored as float16, which they are exactly; batch normalisation stays apart from
    them and in float32. Merging both before storing, as OpenVINO's converter does, rounds once
    more: outputs then differ from Keras by 2e-3 instead of 1e-5.
    """
    model = load_network(release)
    with tempfile.TemporaryDirectory() as scratch:
        model.export(scratch, format="tf_saved_model", verbose=False)
        graph = ov.Core().read_model(scratch)
        _name_outputs(graph, release.strides)
        _store_kernels_as_float16(graph)
        ov.save_model(graph, release.folder / IR_MODEL, compress_to_fp16=False)
        _check_whole(release.folder / IR_MODEL)


def _check_whole(file: Path) -> None:
    """Raises RuntimeError where what was written cannot be read back."""
    ov.Core().read_model(file)


def _name_outputs(graph: ov.Model, strides: Sequence[int]) -> None:
    """Keras exports its outputs as output_0, output_1, ..."""
    for number, stride in enumerate(strides):
        graph.output(f"output_{number}").get_tensor().set_names({output_name(stride)})


def _store_kernels_as_float16(graph: ov.Model) -> None:
    """Replace each float32 kernel that float16 holds exactly by that and a conversion."""
    for node in graph.get_ops():
        if node.get_type_name() != "Constant" or len(node.shape) != 4 or node.get_element_type() != ov.Type.f32:
            continue
        values = np.asarray(node.data)
        halves = values.astype(np.float16)
        if not np.array_equal(halves.astype(np.float32), values):
            continue
        kernel = ov.opset13.convert(ov.opset13.constant(halves, ov.Type.f16), "f32")
        for place in node.output(0).get_target_inputs():
            place.replace_source_output(kernel.output(0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="folder with release.json and weights.npz")
    export_openvino(read_unexported(parser.parse_args().folder))


if __name__ == "__main__":
    main()
