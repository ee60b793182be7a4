"""What is told about an analysis while it runs."""

from detection.judging import JudgingSettings
from detection.progress import StageTimes, VerdictsSoFar, counts_of, live_boxes
from detection.tracking import Detection, FrameDetections, Track

OURS = JudgingSettings(("with_mask", "without_mask"), (0.5, 0.3), picture=640, seen=640)


def face(time: float, *scores: float) -> Detection:
    return Detection(time, (10, 20, 50, 70), scores, 400, 100)


def test_counts_name_every_verdict():
    assert counts_of(["unknown", "with_mask", "unknown"]) == {
        "with_mask": 1,
        "without_mask": 0,
        "worn_incorrectly": 0,
        "unknown": 2,
    }


def test_a_track_that_changes_its_verdict_is_counted_once():
    verdicts, track = VerdictsSoFar(OURS), Track(1, [face(0, 0.9, 0)])
    verdicts.grew([track])
    assert verdicts.counts()["unknown"] == 1, "seen once"
    track.detections.append(face(0.2, 0.9, 0))
    verdicts.grew([track])
    assert verdicts.counts() == {"with_mask": 1, "without_mask": 0, "worn_incorrectly": 0, "unknown": 0}
    assert verdicts.counts()["with_mask"] == 1, "a track that rests stays counted"


def test_live_boxes_are_those_that_reach_the_threshold_of_their_class():
    frame = FrameDetections(0, (face(0, 0.45, 0.1), face(0, 0.1, 0.35), face(0, 0.8, 0.35)))
    assert live_boxes(frame, OURS) == [
        {"verdict": "without_mask", "score": 0.35, "xyxy": [10, 20, 50, 70]},
        {"verdict": "with_mask", "score": 0.8, "xyxy": [10, 20, 50, 70]},
    ]


def test_stages_add_up():
    stages = StageTimes()
    for _ in range(2):
        with stages.measured("decode"):
            pass
    assert stages.seconds["decode"] > 0
    assert stages.seconds["store"] == 0
    assert set(stages.rounded()) == {"decode", "detect", "track", "store"}
