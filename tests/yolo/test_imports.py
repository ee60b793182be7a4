"""What web processes and detecting processes import stays small."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"keras", "tensorflow", "jax", "torch", "openvino", "nncf"}
LIGHT = (
    "yolo.config",
    "yolo.samples",
    "yolo.voc",
    "yolo.anchors",
    "yolo.letterbox",
    "yolo.decode",
    "yolo.nms",
    "yolo.detections",
    "yolo.metrics",
    "yolo.evaluate",
    "yolo.release",
    "yolo.sealed",
    "yolo.int8",
    "yolo.calibration",
)


def heavy_modules_after(*modules: str) -> set[str]:
    program = f"import {', '.join(modules)}, sys; print(*(m.split('.')[0] for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return HEAVY & set(done.stdout.split())


@pytest.mark.parametrize(
    ("modules", "allowed"),
    [
        pytest.param(LIGHT, set(), id="what web processes use"),
        pytest.param(("yolo.detector",), {"openvino"}, id="the detector"),
    ],
)
def test_nothing_heavy_is_loaded(modules: tuple[str, ...], allowed: set[str]) -> None:
    assert heavy_modules_after(*modules) == allowed


def test_the_detector_calls_nobody(tmp_path: Path) -> None:
    program = "import yolo.detector, sys, threading; print(threading.active_count(), *sys.modules)"
    environment = {**os.environ, "HOME": str(tmp_path), "CI": "", "TF_BUILD": "", "JENKINS_URL": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    threads, *modules = done.stdout.split()
    assert threads == "1"
    assert not any(name.startswith("openvino_telemetry.") for name in modules)
    assert not (tmp_path / "intel").exists()
