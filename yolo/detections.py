"""What a network says about one picture, and what people say about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo.letterbox import Letterbox
from yolo.nms import nms, voted

MOST_CANDIDATES = 3000  # before suppression; only a score floor near 0 meets this limit


@dataclass(frozen=True)
class Truth:
    """Boxes (n, 4) `xyxy` in picture pixels and labels (n,) that people gave one picture."""

    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Detections:
    """Boxes found in one picture, best score first.

    `boxes` (n, 4) float32 `xyxy` in picture pixels, `scores` (n,) float32, `labels` (n,) int64,
    `class_scores` (n, C) float32: the score of every class for that box.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]
    class_scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.scores)


def detections_from(
    boxes: NDArray[np.float32],
    class_scores: NDArray[np.float32],
    placed: Letterbox,
    *,
    thresholds: ArrayLike,
    iou_threshold: float,
    one_label: bool,
    voting_iou: float | None = None,
    limit: int = 300,
) -> Detections:
    """Turn decoded candidates on the canvas into the detections of the picture.

    `boxes` (n, 4) `xyxy` in canvas pixels, `class_scores` (n, C), `thresholds` (C,). With
    `one_label` a box carries its best class only and suppresses boxes of every class: what a
    person wants to see where classes exclude each other. Without it each class is a detector of
    its own, as mean average precision measures it. With `voting_iou` the boxes left are moved by
    those that overlap them by that much, see `yolo.nms.voted`. A box that lies in the border
    around the picture alone is none.
    """
    row, label, score = _candidates(class_scores, np.asarray(thresholds, np.float32), one_label=one_label)
    group = np.zeros_like(label) if one_label else label
    kept = nms(boxes[row], score, group, iou_threshold=iou_threshold, limit=limit)
    kept = kept[_have_area(placed.to_picture(boxes[row[kept]]))]
    found = boxes[row[kept]]
    if voting_iou is not None:
        found = voted(boxes[row], score, group, kept, iou_threshold=voting_iou)
    row, label = row[kept], label[kept]
    return Detections(
        boxes=placed.to_picture(found),
        scores=score[kept].astype(np.float32),
        labels=label.astype(np.int64),
        class_scores=class_scores[row].astype(np.float32),
    )


def _candidates(
    class_scores: NDArray[np.float32], floor: NDArray[np.float32], *, one_label: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Rows, labels and scores of what reaches its threshold, the strongest of very many."""
    passes = class_scores >= floor
    if one_label:
        best = np.where(passes, class_scores, -1).argmax(axis=1) if len(class_scores) else np.zeros(0, int)
        passes = passes & (np.arange(class_scores.shape[1]) == best[:, None])
    row, label = np.nonzero(passes)
    score = class_scores[row, label]
    if len(row) > MOST_CANDIDATES:
        strongest = np.argsort(-score, kind="stable")[:MOST_CANDIDATES]
        row, label, score = row[strongest], label[strongest], score[strongest]
    return row, label, score


def _have_area(boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    return np.asarray((boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]))
