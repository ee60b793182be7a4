"""What may lie sealed beside a release, made without a network."""

from pathlib import Path
from typing import Any

from yolo.calibration import CALIBRATION
from yolo.int8 import INT8, INT8_EXTRA, INT8_FILES, INT8_MODEL
from yolo.sealed import seal_write

MEASURED = {"map50": 0.88, "map50_95": 0.58, "ap50": {"with_mask": 0.95, "without_mask": 0.81}}
BINS = [{"score": 0.25, "right": 0.5, "count": 4}, {"score": 0.75, "right": 1.0, "count": 8}]


def seal_int8(folder: Path, **values: Any) -> dict[str, Any]:
    """An int8 form whose network nobody can run; it says that it cost 0.4 points."""
    for name in INT8_FILES:
        (folder / name).write_bytes(name.encode())
    told: dict[str, Any] = {
        "made": "2026-11-26T12:00:00+00:00",
        "dataset": {"name": "faces", "version": 1, "content_sha256": "0" * 64},
        "packages": {"nncf": "3.4.0"},
        "calibrated_on": {"split": "train", "pictures": 300, "seed": 0},
        "recipe": {"float_branches": False},
        "validation": {"pictures": 69, "f32": MEASURED, "int8": {**MEASURED, "map50": 0.876}},
        "loss": 0.004,
        "speed": {
            "milliseconds": {"f32": 20.0, "auto": 10.0, "int8": 5.0},
            "auto_is": "bf16",
            "input": [640, 384],
            "rounds": 20,
            "processor": "A processor",
            "cores": 2,
        },
    }
    return seal_write(folder, INT8, {**told, **values}, files=(INT8_MODEL, INT8_EXTRA))


def seal_calibration(folder: Path, *, temperature: float = 0.5) -> dict[str, Any]:
    side = {"pictures": 69, "detections": 12, "before": {"error": 0.25, "bins": BINS}}
    after = {"after": {"error": 0.125, "bins": [{"score": 0.9, "right": 0.8, "count": 12}]}}
    told = {
        "made": "2026-11-26T12:00:00+00:00",
        "dataset": {"name": "faces", "version": 1, "content_sha256": "0" * 64},
        "temperature": temperature,
        "nll": {"before": 0.3, "after": 0.2},
        "validation": {**side, **after},
        "test": {**side, **after},
    }
    return seal_write(folder, CALIBRATION, told)
