"""How good a release is, told in a few plain numbers."""

from collections.abc import Sequence
from typing import Any

from yolo.metrics import Metrics

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


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
