"""Write a release as a file of Keras or ONNX, and compare: `python -m yolo.convert FOLDER FORM FILE CANVASES`.

`yolo.conversion.convert` runs this as a process of its own. The last line it prints is a JSON object: the largest
absolute difference of raw outputs between the file and the network, over the canvases, and how many those are.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from yolo.batches import network_input
from yolo.calibration import read_calibration
from yolo.conversion import FORMS, Compared
from yolo.letterbox import GREY
from yolo.onnx_graph import INPUT, onnx_graph
from yolo.release import MANIFEST, Release, load_network, output_name, read_release
from yolo.sealed import release_hash

Outputs = list[NDArray[np.float32]]
Run = Callable[[NDArray[np.float32]], Outputs]
LAYOUT: Final = f"float32 (1, height, width, 3), RGB from 0 to 1, letterboxed with grey {GREY}"


def write_keras(model: keras.Model, release: Release, path: Path) -> Run:
    """Write a `.keras` file, with release.json inside; what runs the file as it was written."""
    model.save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.write(release.folder / MANIFEST, MANIFEST)
    return _runs(keras.models.load_model(path, compile=False))


def write_onnx(model: keras.Model, release: Release, path: Path) -> Run:
    """Write an `.onnx` file, with what is needed to use it among its metadata; what runs the file as it was written."""
    names = [output_name(stride) for stride in release.strides]
    onnx.save(onnx_graph(model, outputs=names, metadata=metadata(release)), path)
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return lambda pictures: [np.asarray(output) for output in session.run(names, {INPUT: pictures})]


def metadata(release: Release) -> dict[str, str]:
    """What a program needs besides the network, as text; lists and tables are JSON."""
    calibration = read_calibration(release.folder) or {}
    values: dict[str, Any] = {
        "release": release.name,
        "release_sha256": release_hash(release.folder),
        "network": release.network,
        "net_size": release.net_size,
        "classes": release.classes,
        "anchors": release.anchors,
        "strides": release.strides,
        "decoding": release.decoding,
        "thresholds": release.thresholds,
        "iou_threshold": release.iou_threshold,
        "voting_iou": release.voting_iou,
        "temperature": calibration.get("temperature", 1.0),
        "input": LAYOUT,
    }
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}


WRITERS: Final = {"keras": write_keras, "onnx": write_onnx}


def largest_difference(one: Run, other: Run, canvases: Sequence[NDArray[np.uint8]]) -> float:
    """The largest absolute difference of any raw output on any canvas; infinite where one is no number."""
    largest = 0.0
    for canvas in canvases:
        pictures = network_input([canvas])
        for first, second in zip(one(pictures), other(pictures), strict=True):
            difference = float(np.abs(first - second).max())
            largest = max(largest, difference if np.isfinite(difference) else np.inf)
    return largest


def _runs(model: keras.Model) -> Run:
    """Eagerly: to compile the network for each shape would take longer than to run it once."""
    return lambda pictures: [np.asarray(output) for output in model(pictures, training=False)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="folder of a release")
    parser.add_argument("form", choices=FORMS)
    parser.add_argument("file", type=Path, help="what to write; its suffix is that of the form")
    parser.add_argument("canvases", type=Path, help="npz with uint8 (h, w, 3) BGR arrays, sides multiples of 32")
    given = parser.parse_args()
    release = read_release(given.folder)
    model = load_network(release)
    written = WRITERS[given.form](model, release, given.file)
    with np.load(given.canvases, allow_pickle=False) as stored:
        canvases = [stored[name] for name in stored.files]
    compared = Compared(largest_difference(_runs(model), written, canvases), len(canvases))
    sys.stdout.write(json.dumps(asdict(compared)) + "\n")


if __name__ == "__main__":
    main()
