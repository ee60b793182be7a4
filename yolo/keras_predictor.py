"""Detections straight from a Keras network: the reference the fast detector is tested against."""

from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo.batches import network_input
from yolo.config import NetworkConfig
from yolo.decode import decode
from yolo.detections import Detections, detections_from
from yolo.evaluate import SCORE_FLOOR
from yolo.letterbox import letterbox
from yolo.nms import VOTING_IOU

IOU_THRESHOLD = 0.5


class KerasPredictor:
    """Letterboxes pictures into squares of `net_size` and runs the network in batches.

    Call it with BGR uint8 pictures of any sizes; `yolo.evaluate.evaluate` takes it as it is.
    """

    def __init__(
        self,
        network: keras.Model,
        config: NetworkConfig,
        *,
        anchors: ArrayLike,
        net_size: int,
        batch: int = 8,
    ) -> None:
        self._network = network
        self._config = config
        self._anchors = np.asarray(anchors, np.float32)
        self._net_size = net_size
        self._batch = batch
        network.compile(jit_compile=keras.backend.backend() == "jax")

    def __call__(self, images: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Detections of each picture down to the score floor of the evaluation."""
        found: list[Detections] = []
        for first in range(0, len(images), self._batch):
            found += self._portion(images[first : first + self._batch])
        return found

    def _portion(self, images: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """One batch, filled up to its full size so that only one shape is compiled."""
        size = self._net_size
        boxed = [letterbox(image, width=size, height=size) for image in images]
        canvases = [canvas for canvas, _ in boxed]
        canvases += [canvases[-1]] * (self._batch - len(canvases))
        outputs = self._network.predict_on_batch(network_input(canvases))
        found = []
        for number, (_, placed) in enumerate(boxed):
            boxes, class_scores = decode(
                [np.asarray(output[number]) for output in outputs],
                self._anchors,
                self._config.strides,
                style=self._config.decoding,
                score=SCORE_FLOOR,
            )
            found.append(
                detections_from(
                    boxes,
                    class_scores,
                    placed,
                    thresholds=[SCORE_FLOOR] * class_scores.shape[1],
                    iou_threshold=IOU_THRESHOLD,
                    voting_iou=VOTING_IOU,
                    one_label=False,
                )
            )
        return found
