"""Pictures in, boxes out: a release run by OpenVINO, without Keras or TensorFlow."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from yolo.calibration import read_calibration
from yolo.decode import decode
from yolo.detections import Detections, detections_from
from yolo.int8 import INT8_EXTRA, INT8_MODEL, read_int8
from yolo.letterbox import letterbox, rectangle_for
from yolo.quiet_openvino import ov
from yolo.release import IR_MODEL, IR_WEIGHTS, Release, ReleaseError, output_name, read_release
from yolo.shared_ir import read_shared

MOST_SHAPES = 8  # compiled networks kept, some 30 MB each at 640 pixels
Picture = NDArray[np.uint8]
Precision = Literal["auto", "f32", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)


def precision_named(name: str) -> Precision:
    """The precision of that name. Raises ReleaseError with a sentence for another one."""
    for known in PRECISIONS:
        if known == name:
            return known
    raise ReleaseError(f"A precision is one of {', '.join(PRECISIONS)}, not {name}.")


class Detector:
    """Runs one release. Safe to share between threads, which then take turns.

    `threads`: those OpenVINO may use, by default as many as it finds cores. `precision`: "f32"
    computes as the Keras reference does; "auto" leaves the choice to OpenVINO, which takes
    bfloat16 where the processor has it (half the time, same accuracy as measured); "int8" runs the
    int8 form of the release, always with the hint LATENCY: THROUGHPUT gave other results.
    `network`: an int8 form that is not sealed yet, to be measured. `temperature`: of a calibrated release, else None.
    Raises ReleaseError where `release` is a folder without a sound release, or has no int8 form.
    """

    def __init__(
        self,
        release: Release | Path,
        *,
        threads: int | None = None,
        precision: Precision = "auto",
        network: ov.Model | None = None,
    ) -> None:
        self.release = release if isinstance(release, Release) else read_release(release)
        self._settings: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
        if threads is not None:
            self._settings["INFERENCE_NUM_THREADS"] = threads
        if precision == "f32":
            self._settings["INFERENCE_PRECISION_HINT"] = "f32"
        self.precision = precision
        calibration = read_calibration(self.release.folder)
        self.temperature = None if calibration is None else float(calibration["temperature"])
        self._core = ov.Core()
        try:
            self._network = self._read_network() if network is None else network
        except RuntimeError as error:
            raise ReleaseError(f"OpenVINO cannot read the network of {self.release.name}.") from error
        self._requests: OrderedDict[tuple[int, int], ov.InferRequest] = OrderedDict()
        self._turn = threading.Lock()

    @property
    def arithmetic(self) -> str:
        """What this processor really computes in: "int8", "bf16", "f16" or "f32"."""
        if self.precision != "auto":
            return self.precision
        return str(self._core.get_property("CPU", "INFERENCE_PRECISION_HINT").to_string())

    def detect(self, image_bgr: Picture, *, score: float | None = None) -> Detections:
        """Find the boxes of a picture, (h, w, 3) uint8 BGR.

        Without `score`, the thresholds of the release decide and each object gets the one label
        that suits it best. With `score`, every class is a detector of its own down to that
        score, as evaluation needs it: an object may then appear once for each class.
        Raises ValueError when the picture has another form.
        """
        _check_picture(image_bgr)
        release = self.release
        height, width = image_bgr.shape[:2]
        wide, high = rectangle_for(width, height, release.net_size)
        canvas, placed = letterbox(image_bgr, width=wide, height=high)
        thresholds = [release.thresholds[name] if score is None else score for name in release.classes]
        boxes, class_scores = decode(
            self.run(canvas), release.anchors, release.strides, style=release.decoding, score=min(thresholds)
        )
        return detections_from(
            boxes,
            class_scores,
            placed,
            thresholds=thresholds,
            iou_threshold=release.iou_threshold,
            voting_iou=release.voting_iou,
            one_label=score is None,
        )

    def detect_batch(self, images: Sequence[Picture], *, score: float | None = None) -> list[Detections]:
        """Find the boxes of several pictures, one after the other.

        One picture already keeps all cores busy: batches of four gained a tenth at best and
        lost as much in float32, and would need a compiled network for each length.
        """
        return [self.detect(image, score=score) for image in images]

    def run(self, canvas: Picture) -> list[NDArray[np.float32]]:
        """Raw outputs (⌈H/s⌉, ⌈W/s⌉, 3 * (5 + C)), finest first, for a (H, W, 3) uint8 BGR canvas.

        H and W must be multiples of 32.
        """
        with self._turn:
            request = self._request(canvas.shape[1], canvas.shape[0])
            request.infer([canvas[None]], share_inputs=True)
            outputs = [request.get_tensor(output_name(stride)).data for stride in self.release.strides]
            return [np.array(output[0], dtype=np.float32) for output in outputs]

    def _read_network(self) -> ov.Model:
        folder = self.release.folder
        if self.precision != "int8":
            return self._core.read_model(folder / IR_MODEL)
        if read_int8(folder) is None:
            raise ReleaseError(f"The release {self.release.name} has no int8 form.")
        return int8_network(folder)

    def _request(self, width: int, height: int) -> ov.InferRequest:
        """The network compiled for one canvas: fixed shapes run faster than free ones."""
        request = self._requests.pop((width, height), None)
        if request is None:
            request = self._compile(width, height).create_infer_request()
            if len(self._requests) >= MOST_SHAPES:
                self._requests.popitem(last=False)
        self._requests[width, height] = request
        return request

    def _compile(self, width: int, height: int) -> ov.CompiledModel:
        network = self._network.clone()
        network.reshape([1, height, width, 3])
        steps = ov.preprocess.PrePostProcessor(network)
        steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
        steps.input().tensor().set_color_format(ov.preprocess.ColorFormat.BGR)
        steps.input().model().set_layout(ov.Layout("NHWC"))
        change = steps.input().preprocess().convert_element_type(ov.Type.f32)
        change.convert_color(ov.preprocess.ColorFormat.RGB).scale(255.0)
        return self._core.compile_model(steps.build(), "CPU", self._settings)


def int8_network(folder: Path, *, at: Path | None = None) -> ov.Model:
    """The int8 network in a release's folder, or the one in another folder that was made for this release.

    Raises RuntimeError where OpenVINO cannot read it.
    """
    place = at or folder
    return read_shared(ov.Core(), first_weights=folder / IR_WEIGHTS, xml=place / INT8_MODEL, extra=place / INT8_EXTRA)


def _check_picture(image_bgr: Picture) -> None:
    if image_bgr.dtype != np.uint8 or image_bgr.ndim != 3 or image_bgr.shape[2] != 3:
        raise ValueError(f"A uint8 picture (h, w, 3) is needed, not {image_bgr.dtype} {image_bgr.shape}.")
