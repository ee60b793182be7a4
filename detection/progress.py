"""What is told about an analysis while it runs: times by stage, verdicts so far, the newest picture's boxes."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from detection.judging import VERDICTS, JudgingSettings, judge
from detection.tracking import FrameDetections, Track

STAGES = ("decode", "detect", "track", "store")
BOXES = 60  # more than a page can show


class StageTimes:
    """Seconds of wall time by stage."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)

    @contextmanager
    def measured(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += time.perf_counter() - start

    def rounded(self) -> dict[str, float]:
        return {stage: round(seconds, 3) for stage, seconds in self.seconds.items()}


class VerdictsSoFar:
    """Counts the verdicts on the tracks as they grow; a track that rests is not judged again."""

    def __init__(self, settings: JudgingSettings) -> None:
        self._settings = settings
        self._verdicts: dict[int, str] = {}
        self._grown: dict[int, Track] = {}

    def grew(self, tracks: Iterable[Track]) -> None:
        self._grown |= {track.number: track for track in tracks}

    def counts(self) -> dict[str, int]:
        for number, track in self._grown.items():
            judged = judge(track, self._settings)
            if judged is not None:
                self._verdicts[number] = judged.verdict
        self._grown = {}
        return counts_of(self._verdicts.values())


def counts_of(verdicts: Iterable[str]) -> dict[str, int]:
    """How often each verdict occurs, 'unknown' included, zeros too."""
    counted = Counter(verdicts)
    return {verdict: counted[verdict] for verdict in (*VERDICTS, "unknown")}


def live_boxes(frame: FrameDetections, settings: JudgingSettings) -> list[dict[str, Any]]:
    """The boxes of a frame that reach a threshold: class as `verdict`, score, and xyxy in pixels of the clip."""
    boxes = []
    for found in frame.detections:
        passing = [
            (score, name)
            for score, name, floor in zip(found.scores, settings.classes, settings.thresholds, strict=True)
            if score >= floor
        ]
        if passing:
            score, name = max(passing)
            boxes.append({"verdict": name, "score": score, "xyxy": list(found.box)})
    return boxes[:BOXES]
