"""How good a release is, told in a few plain numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from yolo.bootstrap import bootstrap_intervals
from yolo.metrics import (
    MOST_DETECTIONS,
    SIDES,
    Labelled,
    Metrics,
    Scored,
    ap50_by_side,
    best_operating_points,
    mean_average_precision,
    score_curve,
)

FIGURES = (("ap50", "ap50"), ("ap50_95", "ap"))
"""Figures of each class, and what `Metrics.as_dict` calls them."""
JUDGED_CLASSES = ("with_mask", "without_mask")
"""The classes that compliance rests on; 'worn incorrectly' is too rare to steer by."""


def judged_classes(classes: Sequence[str], boxes: dict[str, int]) -> list[str]:
    """The classes the headline metric is a mean over: ours where they have boxes, else all that have."""
    seen = [name for name in classes if boxes[name]]
    return [name for name in seen if name in JUDGED_CLASSES] or seen


def summary(metrics: Metrics, classes: Sequence[str]) -> dict[str, Any]:
    """Metrics as plain values for JSON.

    `map50` and `map50_95` are means over `judged_classes`, `map50_all` and `map50_95_all` over
    every class with boxes; None stands for what cannot be told.
    """
    plain = metrics.as_dict(classes)
    judged = judged_classes(classes, plain["boxes"])
    return {
        "map50": _mean([plain["ap50"][name] for name in judged]),
        "map50_95": _mean([plain["ap"][name] for name in judged]),
        "map50_all": plain["map50"],
        "map50_95_all": plain["map"],
        "judged": judged,
        "ap50": plain["ap50"],
        "ap50_95": plain["ap"],
        "boxes": plain["boxes"],
        "map50_95_small": plain["map_small"],
        "map50_95_medium": plain["map_medium"],
        "map50_95_large": plain["map_large"],
    }


def by_side(
    truths: Sequence[Labelled], found: Sequence[Scored], classes: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """AP@.5 of each class by the side of its boxes: from, not included, to in pixels of the picture; no end is None."""
    precision, boxes = ap50_by_side(truths, found, class_count=len(classes))
    ends = [*SIDES[1:], None]
    return {
        name: [
            {"from": low, "to": high, "ap50": None if np.isnan(value) else float(value), "boxes": int(count)}
            for low, high, value, count in zip(SIDES, ends, precision[label], boxes[label], strict=True)
        ]
        for label, name in enumerate(classes)
    }


def at_thresholds(
    truths: Sequence[Labelled], found: Sequence[Scored], thresholds: Mapping[str, float | None]
) -> dict[str, dict[str, Any]]:
    """What each class yields at IoU 0.5 when boxes count from its threshold on; `thresholds` in order of the labels.

    right, wrong and missed are boxes; a class without a threshold, one the release does not know, finds none.
    """
    counts: dict[str, dict[str, Any]] = {}
    for label, (name, threshold) in enumerate(thresholds.items()):
        boxes = sum(int((one.labels == label).sum()) for one in truths)
        told, right = 0, 0
        if threshold is not None:
            told = sum(min(MOST_DETECTIONS, int(((o.labels == label) & (o.scores >= threshold)).sum())) for o in found)
            curve = score_curve(truths, found, label=label)
            passing = int((curve.scores >= threshold).sum())
            right = round(float(curve.recall[passing - 1]) * boxes) if passing and boxes else 0
        counts[name] = {
            "threshold": threshold,
            "boxes": boxes,
            "right": right,
            "wrong": told - right,
            "missed": boxes - right,
            "precision": right / told if told else None,
            "recall": right / boxes if boxes else None,
            "f1": 2 * right / (told + boxes) if told + boxes else None,
        }
    return counts


def best_thresholds(
    truths: Sequence[Labelled], found: Sequence[Scored], classes: Sequence[str]
) -> dict[str, dict[str, float] | None]:
    """The score of the best F1 of each class here, None for one never seen or never found."""
    points = best_operating_points(truths, found, class_count=len(classes))
    return {
        name: None
        if np.isnan(point.f1)
        else {
            "threshold": round(point.threshold, 4),
            "precision": point.precision,
            "recall": point.recall,
            "f1": point.f1,
        }
        for name, point in zip(classes, points, strict=True)
    }


def intervals(
    truths: Sequence[Labelled], found: Sequence[Scored], classes: Sequence[str], *, rounds: int
) -> dict[str, Any]:
    """90 % intervals of the figures of `summary`, by drawing the pictures again so many times.

    Means are over the same classes in each sample; None stands for what no sample could tell.
    """
    metrics = mean_average_precision(truths, found, class_count=len(classes))
    judged = judged_classes(classes, metrics.as_dict(classes)["boxes"])

    def measures(truths: Sequence[Labelled], found: Sequence[Scored]) -> dict[str, float]:
        plain = mean_average_precision(truths, found, class_count=len(classes)).as_dict(classes)
        by_class = {(figure, name): _number(plain[key][name]) for figure, key in FIGURES for name in classes}
        means = {"map50": "ap50", "map50_95": "ap50_95"}
        told = {mean: float(np.mean([by_class[of, name] for name in judged])) for mean, of in means.items()}
        return told | {f"{figure} {name}": value for (figure, name), value in by_class.items()}

    told = bootstrap_intervals(truths, found, measures, rounds=rounds)
    by_class = {figure: {name: told[f"{figure} {name}"] for name in classes} for figure, _key in FIGURES}
    return {"map50": told["map50"], "map50_95": told["map50_95"], **by_class}


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
