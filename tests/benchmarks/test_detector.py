"""The benchmark compares what computes the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.detector import Contender, Picture, contenders, measure, summary, the_picture
from tests.yolo.random_release import random_pictures, random_release
from yolo.detections import Detections

NOTHING = Detections(
    np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64), np.zeros((0, 3), np.float32)
)


def test_all_contenders_find_the_same_boxes(tmp_path: Path) -> None:
    runners = contenders(random_release(tmp_path / "release"), threads=None)
    found = [run(random_pictures(2, 200, 300)) for name, run in runners.items() if name != "Detector"]
    assert len(found) == 3 and len(found[0]) > 5
    for other in found[1:]:
        np.testing.assert_allclose(np.sort(other.scores), np.sort(found[0].scores), atol=1e-4)


def test_ratios_are_taken_round_by_round() -> None:
    # 10/5, 20/2, 90/30 = 2, 10, 3: median 3, while the medians alone are 20/5 = 4
    rows = summary({"slow": [10.0, 20.0, 90.0], "fast": [5.0, 2.0, 30.0]})
    assert [row["ratio"] for row in rows] == [1.0, 3.0]
    assert [row["median_ms"] for row in rows] == [20.0, 5.0]


def test_contenders_take_turns_and_warm_up_is_not_counted() -> None:
    calls: list[str] = []

    def contender(name: str) -> Contender:
        def detect(picture: Picture) -> Detections:
            calls.append(name)
            return NOTHING

        return detect

    times = measure({"a": contender("a"), "b": contender("b")}, the_picture(None), rounds=2, warm_up=1)
    assert calls == ["a", "b"] * 3
    assert [len(values) for values in times.values()] == [2, 2]


def test_a_file_that_is_no_picture_ends_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.raises(SystemExit, match="is no picture"):
        the_picture(tmp_path / "text.jpg")
