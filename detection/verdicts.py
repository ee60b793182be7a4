"""Where a person's verdict belongs after a clip was judged again: by time and overlap. Plain Python."""

from bisect import bisect_left
from collections.abc import Sequence
from operator import itemgetter

Point = Sequence[float]  # time in seconds, then a box xyxy in pixels
NEIGHBOUR = 0.6  # seconds: two analyses may have judged other frames of the same moment
LEAST_OVERLAP = 0.25  # mean IoU; boxes of one face in neighbouring frames have about 0.5


def best_fit(path: Sequence[Point], candidates: Sequence[tuple[int, Sequence[Point]]]) -> int | None:
    """The key of the candidate path that shows the same face; None when none does well enough."""
    fits = [(fit(path, other), -key) for key, other in candidates]
    best, key = max(fits, default=(0.0, 0))
    return -key if best >= LEAST_OVERLAP else None


def fit(path: Sequence[Point], other: Sequence[Point]) -> float:
    """Mean IoU of the boxes of `path` with those that `other` has at the same time, 0..1. Both are in order of time.

    Where `other` has nothing within NEIGHBOUR seconds, it counts as no overlap.
    """
    if not path or not other or other[0][0] - path[-1][0] > NEIGHBOUR or path[0][0] - other[-1][0] > NEIGHBOUR:
        return 0.0
    return sum(_overlap_at(point, other) for point in path) / len(path)


def _overlap_at(point: Point, other: Sequence[Point]) -> float:
    behind = bisect_left(other, point[0], key=itemgetter(0))
    nearest = min(other[max(0, behind - 1) : behind + 1], key=lambda candidate: abs(candidate[0] - point[0]))
    if abs(nearest[0] - point[0]) > NEIGHBOUR:
        return 0.0
    return iou(point[1:5], nearest[1:5])


def iou(first: Sequence[float], second: Sequence[float]) -> float:
    """Intersection over union of two xyxy boxes; 0 for boxes without area."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return width * height / (areas - width * height)
