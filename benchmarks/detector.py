"""The detector against Keras: picture in, boxes out, in one interleaved run.

    python benchmarks/detector.py [--release FOLDER] [--image FILE] [--net-size 640] [--rounds 50]

All contenders get the same picture, run the same network on the same rectangle and end with the
same decoding and suppression; they take turns, so that a noisy machine disturbs all alike.
Compare the ratios; milliseconds belong to the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # runs as a file too

from yolo.config import YOLOV3_SLIM
from yolo.decode import decode
from yolo.detections import Detections, detections_from
from yolo.detector import Detector
from yolo.int8 import read_int8
from yolo.letterbox import letterbox, rectangle_for
from yolo.network import build_network
from yolo.release import Release, load_network, read_release, write_release
from yolo.speed import interleaved

Picture = NDArray[np.uint8]
Contender = Callable[[Picture], Detections]
Network = Callable[[NDArray[np.float32]], list[NDArray[np.float32]]]


def contenders(release: Release, threads: int | None) -> dict[str, Contender]:
    """The reference first: all others are given as its time divided by theirs."""
    model = load_network(release)
    compiled = tf.function(lambda batch: model(batch, training=False))
    return {
        "keras.Model.predict": keras_contender(release, lambda x: model.predict(x, verbose=0)),
        "tf.function": keras_contender(release, lambda x: [out.numpy() for out in compiled(tf.constant(x))]),
        "Detector, f32": Detector(release, threads=threads, precision="f32").detect,
        "Detector": Detector(release, threads=threads).detect,
    } | _int8(release, threads)


def _int8(release: Release, threads: int | None) -> dict[str, Contender]:
    """The int8 form, of a release that has one."""
    if read_int8(release.folder) is None:
        return {}
    return {"Detector, int8": Detector(release, threads=threads, precision="int8").detect}


def keras_contender(release: Release, network: Network) -> Contender:
    """The steps of `Detector.detect` around a network on Keras."""
    thresholds = [release.thresholds[name] for name in release.classes]

    def detect(picture: Picture) -> Detections:
        height, width = picture.shape[:2]
        wide, high = rectangle_for(width, height, release.net_size)
        canvas, placed = letterbox(picture, width=wide, height=high)
        outputs = network(canvas[None, ..., ::-1].astype(np.float32) / np.float32(255))
        boxes, scores = decode(
            [output[0] for output in outputs],
            release.anchors,
            release.strides,
            style=release.decoding,
            score=min(thresholds),
        )
        return detections_from(
            boxes,
            scores,
            placed,
            thresholds=thresholds,
            iou_threshold=release.iou_threshold,
            voting_iou=release.voting_iou,
            one_label=True,
        )

    return detect


def measure(runners: dict[str, Contender], picture: Picture, rounds: int, warm_up: int = 5) -> dict[str, list[float]]:
    """Milliseconds of each call, the contenders taking turns."""
    return interleaved({name: partial(run, picture) for name, run in runners.items()}, rounds=rounds, warm_up=warm_up)


def summary(times: dict[str, list[float]]) -> list[dict[str, float | str]]:
    """Median, quartiles and the ratio to the first contender, round by round."""
    reference = next(iter(times.values()))
    rows: list[dict[str, float | str]] = []
    for name, values in times.items():
        low, median, high = statistics.quantiles(values, n=4)
        ratio = statistics.median(a / b for a, b in zip(reference, values, strict=True))
        rows.append({"contender": name, "median_ms": median, "low_ms": low, "high_ms": high, "ratio": ratio})
    return rows


def untrained_release(folder: Path) -> Release:
    """A release with random weights: as fast as a trained one, but for few boxes."""
    classes = ("with_mask", "without_mask", "worn_incorrectly")
    sides = (8, 12, 18, 26, 38, 56, 82, 120, 180)
    return write_release(
        folder=folder,
        model=build_network(YOLOV3_SLIM, classes=len(classes)),
        name="untrained",
        network=YOLOV3_SLIM.name,
        classes=classes,
        anchors=[(side, side * 1.2) for side in sides],
        net_size=640,
        thresholds=dict.fromkeys(classes, 0.3),
    )


def the_picture(path: Path | None) -> Picture:
    """The file, or a made 1280x720 picture."""
    if path is None:
        noise = np.random.default_rng(0).integers(0, 256, (45, 80, 3), dtype=np.uint8)
        return np.asarray(cv2.resize(noise, (1280, 720)), dtype=np.uint8)
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        sys.exit(f"{path} is no picture that OpenCV reads.")
    return np.asarray(picture, dtype=np.uint8)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detector", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--release", type=Path, help="folder of a release (default: random weights)")
    parser.add_argument("--image", type=Path, help="picture (default: a made one of 1280x720)")
    parser.add_argument("--net-size", type=int, help="long side the network sees (default: the release's)")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--threads", type=int, help="threads of OpenVINO (default: its own choice)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    picture = the_picture(options.image)
    with tempfile.TemporaryDirectory() as scratch:
        release = read_release(options.release) if options.release else untrained_release(Path(scratch) / "release")
        release = replace(release, net_size=options.net_size or release.net_size)
        runners = contenders(release, options.threads)
        rows = summary(measure(runners, picture, options.rounds))
    height, width = picture.shape[:2]
    rectangle = rectangle_for(width, height, release.net_size)
    if options.json:
        print(json.dumps({"release": release.name, "picture": [width, height], "input": rectangle, "rows": rows}))
        return
    print(f"{release.network} '{release.name}', picture {width}x{height}, input {rectangle[0]}x{rectangle[1]}")
    print("| contender | median ms | quartiles | times as fast |\n| --- | --- | --- | --- |")
    for row in rows:
        print(
            f"| {row['contender']} | {row['median_ms']:.1f} | {row['low_ms']:.1f} to {row['high_ms']:.1f} "
            f"| {row['ratio']:.1f} |"
        )


if __name__ == "__main__":
    main()
