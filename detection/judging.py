"""One verdict for each track: a vote of its detections, or 'unknown'.

A detection votes with its class scores. It weighs more the surer the network is that there is a face,
the larger and the sharper the face is: a person who comes closer is judged by the near pictures.
Pure functions of a track and settings, so that other settings can be applied without the network.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from detection.tracking import Detection, Track

WITH_MASK, WITHOUT_MASK, WORN_INCORRECTLY, UNKNOWN = "with_mask", "without_mask", "worn_incorrectly", "unknown"
VERDICTS = (WITH_MASK, WITHOUT_MASK, WORN_INCORRECTLY)


@dataclass(frozen=True)
class JudgingSettings:
    """`classes`: names of the detections' scores, in order; `thresholds`: score of each at which the release counts it.

    `picture` is the longer side of the clip and `seen` that of what the network saw of it, in pixels:
    `smallest` (a face's side) counts in the latter. `certain`: least share of the vote that gives a verdict.
    A face whose best score stays below `sure` gets no verdict, and makes a passage only when at least
    `steady` detections reach their threshold: what is seen briefly and faintly is mostly foliage.
    A face seen in fewer than `shortest` frames gets no verdict either.
    """

    classes: tuple[str, ...]
    thresholds: tuple[float, ...]
    picture: int
    seen: int
    smallest: float = 7.0
    certain: float = 0.6
    sure: float = 0.45
    steady: int = 3
    shortest: int = 2
    large: float = 32.0
    sharp: float = 100.0

    @property
    def can_judge(self) -> bool:
        """A release that knows only one side cannot tell compliance: all it finds stays unknown."""
        return WITH_MASK in self.classes and WITHOUT_MASK in self.classes


@dataclass(frozen=True)
class Judgement:
    """Times in seconds from the clip's start; `confidence` is the winner's share of the vote, `score` the best that its
    class got in one frame, both 0..1."""

    verdict: str
    confidence: float
    score: float
    begins: float
    ends: float
    best_time: float
    detections: tuple[Detection, ...]


def judge_all(tracks: Iterable[Track], settings: JudgingSettings) -> list[Judgement]:
    """The passages of a clip in order of their begin."""
    judged = (judge(track, settings) for track in tracks)
    return sorted((one for one in judged if one is not None), key=lambda one: (one.begins, one.detections[0].box))


def judge(track: Track, settings: JudgingSettings) -> Judgement | None:
    """The verdict on a track; None when it is no passage: nothing in it reaches a threshold, or it only flickered."""
    seen = tuple(track.detections)
    strong = [one for one in seen if _is_strong(one, settings)]
    surest = max(one.score for one in seen) if seen else 0.0
    if not strong or (surest < settings.sure and len(strong) < settings.steady):
        return None
    votes = _votes(seen, settings)
    total = sum(votes.values())
    winner = max(votes, key=lambda name: votes[name])
    confidence = votes[winner] / total if total else 0.0
    best = max(strong, key=lambda one: _weight(one, settings))
    factor = settings.seen / settings.picture
    too_small = max(one.side for one in strong) * factor < settings.smallest
    certain = confidence >= settings.certain and surest >= settings.sure and len(seen) >= settings.shortest
    known = settings.can_judge and winner in VERDICTS and certain and not too_small
    return Judgement(
        verdict=winner if known else UNKNOWN,
        confidence=round(confidence, 4),
        score=round(max(one.scores[settings.classes.index(winner)] for one in seen), 4),
        begins=seen[0].time,
        ends=seen[-1].time,
        best_time=best.time,
        detections=seen,
    )


def _is_strong(found: Detection, settings: JudgingSettings) -> bool:
    return any(score >= floor for score, floor in zip(found.scores, settings.thresholds, strict=True))


def _votes(seen: Iterable[Detection], settings: JudgingSettings) -> dict[str, float]:
    votes = dict.fromkeys(settings.classes, 0.0)
    for one in seen:
        total = sum(one.scores) or 1.0
        weight = _weight(one, settings)
        for name, score in zip(settings.classes, one.scores, strict=True):
            votes[name] += weight * score / total
    return votes


def _weight(found: Detection, settings: JudgingSettings) -> float:
    """Score squared (doubtful boxes hardly count) times size and sharpness, each with less and less effect."""
    side = found.side * settings.seen / settings.picture
    size = min(1.0, side / settings.large)
    sharpness = 0.5 + 0.5 * min(1.0, math.sqrt(max(0.0, found.sharpness) / settings.sharp))
    return found.score**2 * size * sharpness
