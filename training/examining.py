"""Looks closely at a network's detections on its validation pictures: plain values for a run's page."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from yolo.confusion import Errors, as_shown, confusion_matrix, errors_of
from yolo.curves import calibration_error, f1_at, precision_at, reliability, told_and_right
from yolo.detections import Detections, Truth
from yolo.metrics import score_curve

STEPS: Final = np.linspace(0.0, 1.0, 51)
"""The recalls and the thresholds at which the curves are drawn."""


def examine(
    truths: Sequence[Truth],
    predictions: Sequence[Detections],
    *,
    images: Sequence[int],
    classes: Sequence[str],
    thresholds: Sequence[float],
    iou_threshold: float,
) -> dict[str, Any]:
    """Values of the fields of an Examination: curves by class, confusion, reliability, and each picture's errors.

    `predictions` reach down to a score near 0 and have every class by itself; `images` are the keys
    of the pictures. Pictures come worst first, with their boxes where something is wrong.
    """
    shown = [as_shown(found, thresholds, iou_threshold=iou_threshold) for found in predictions]
    bins = reliability(*told_and_right(truths, predictions))
    pictures = [picture_errors(*each) for each in zip(images, truths, shown, strict=True)]
    return {
        "classes": list(classes),
        "thresholds": [round(float(each), 4) for each in thresholds],
        "curves": [_curves(truths, predictions, label) for label in range(len(classes))],
        "confusion": confusion_matrix(truths, shown, class_count=len(classes)).tolist(),
        "reliability": {
            "bins": [{"score": _short(each.score), "right": _short(each.right), "count": each.count} for each in bins],
            "error": _short(calibration_error(bins)),
        },
        "pictures": sorted(pictures, key=lambda each: -(each["missed"] + each["false"] + each["confused"])),
    }


def _curves(truths: Sequence[Truth], predictions: Sequence[Detections], label: int) -> dict[str, list[float | None]]:
    curve = score_curve(truths, predictions, label=label)
    precision, f1 = precision_at(curve, STEPS), f1_at(curve, STEPS)
    return {"precision": [_short(each) for each in precision], "f1": [_short(each) for each in f1]}


def picture_errors(image: int, truth: Truth, found: Detections) -> dict[str, Any]:
    """What is wrong on one picture, with its boxes where something is; `found` as a person is shown them."""
    errors: Errors = errors_of(truth, found)
    picture: dict[str, Any] = {
        "image": image,
        "missed": errors.missed,
        "false": errors.false,
        "confused": errors.confused,
    }
    if errors.total:
        true = zip(truth.labels.tolist(), truth.boxes.tolist(), strict=True)
        seen = zip(found.labels.tolist(), found.scores.tolist(), found.boxes.tolist(), strict=True)
        picture["true"] = [[label, *(round(side, 1) for side in box)] for label, box in true]
        picture["found"] = [[label, round(score, 3), *(round(side, 1) for side in box)] for label, score, box in seen]
    return picture


def _short(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), 4)
