"""What is taken for what: detections as a person sees them, set against what is there.

Unlike average precision, which looks at each class alone, this pairs boxes whatever their class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yolo.boxes import iou
from yolo.detections import Detections, Truth
from yolo.nms import nms

OVERLAP: Final = 0.5
"""The least intersection over union at which a detection is of an object."""


@dataclass(frozen=True)
class Errors:
    """What is wrong on one picture: objects nobody found, detections of nothing, objects of another class."""

    missed: int
    false: int
    confused: int

    @property
    def total(self) -> int:
        return self.missed + self.false + self.confused


def as_shown(found: Detections, thresholds: ArrayLike, *, iou_threshold: float) -> Detections:
    """Of detections that `Detector.detect` gave for every class alone, those that it shows to people.

    They reach the threshold of their class, `thresholds` (C,), and of those that overlap by more than
    `iou_threshold` only the best stays, whatever its class.
    """
    least = np.asarray(thresholds, np.float64)
    good = np.flatnonzero(found.scores >= least[found.labels])
    none = np.zeros(len(good), np.int64)
    kept = good[nms(found.boxes[good], found.scores[good], none, iou_threshold=iou_threshold)]
    return Detections(found.boxes[kept], found.scores[kept], found.labels[kept], found.class_scores[kept])


def pairs(truth: Truth, found: Detections) -> NDArray[np.int64]:
    """For each detection (n,) the index of the object it is of, -1 where it is of none.

    Pairs overlap by half at least; those that overlap most come first, and each object has one
    detection at most. Classes play no part.
    """
    partner = np.full(len(found), -1, np.int64)
    overlaps = iou(found.boxes, truth.boxes)
    if not overlaps.size:
        return partner
    taken = np.zeros(len(truth.labels), bool)
    for place in np.argsort(-overlaps, axis=None, kind="stable"):
        detection, thing = np.unravel_index(place, overlaps.shape)
        if overlaps[detection, thing] < OVERLAP:
            break
        if partner[detection] < 0 and not taken[thing]:
            partner[detection] = thing
            taken[thing] = True
    return partner


def confusion_matrix(truths: Sequence[Truth], shown: Sequence[Detections], *, class_count: int) -> NDArray[np.int64]:
    """How often (C + 1, C + 1) an object of the row's class was taken for the column's.

    The last row is the background, which is where detections of nothing stand; the last column
    holds the objects that were missed. Its corner is 0: what is rightly not found cannot be counted.
    """
    matrix = np.zeros((class_count + 1, class_count + 1), np.int64)
    for truth, found in zip(truths, shown, strict=True):
        partner = pairs(truth, found)
        real = np.where(partner >= 0, np.append(truth.labels, class_count)[partner], class_count)
        np.add.at(matrix, (real, found.labels), 1)
        missed = np.delete(truth.labels, partner[partner >= 0])
        matrix[:, class_count] += np.bincount(missed, minlength=class_count + 1)
    return matrix


def errors_of(truth: Truth, found: Detections) -> Errors:
    """What is wrong with the detections of one picture."""
    partner = pairs(truth, found)
    hit = partner >= 0
    return Errors(
        missed=len(truth.labels) - int(hit.sum()),
        false=int((~hit).sum()),
        confused=int((truth.labels[partner[hit]] != found.labels[hit]).sum()),
    )
