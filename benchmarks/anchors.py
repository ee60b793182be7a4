"""The anchor lab: 1 to 12 anchors swept over very many boxes, and two sets of anchors held against them.

    python -m benchmarks.anchors [--boxes 100000] [--rounds 5] [--json]

The sizes are drawn from a log-normal distribution, no two alike: the hardest case, as real boxes in
whole pixels repeat. What reading the boxes from a database takes is not in it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskweb.settings")

import django
import numpy as np

django.setup()

from labelling.anchors import anchor_lab  # noqa: E402 - models need the settings
from yolo.anchors import Floats  # noqa: E402


def drawn_sizes(count: int) -> Floats:
    """Widths and heights (count, 2) around 20 pixels, up to some hundred, faces a little higher than wide."""
    rng = np.random.default_rng(0)
    middle = rng.normal(3.0, 0.9, (count, 1))
    return np.asarray(np.exp(middle + rng.normal([0.0, 0.15], 0.25, (count, 2))))


def measure(boxes: int, rounds: int) -> dict[str, float]:
    sizes = drawn_sizes(boxes)
    seconds = []
    for _ in range(rounds):
        begin = time.perf_counter()
        lab = anchor_lab(sizes, count=9)
        seconds.append(time.perf_counter() - begin)
    return {
        "boxes": boxes,
        "seconds": round(statistics.median(seconds), 2),
        "most_seconds": round(max(seconds), 2),
        "mean_iou": round(lab.fitted.mean_iou, 4),
        "coco_mean_iou": round(lab.coco.mean_iou, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--boxes", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.boxes, options.rounds)
    print(json.dumps(found) if options.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
