"""One verdict for each track."""

from dataclasses import replace

import pytest

from detection.judging import JudgingSettings, judge, judge_all
from detection.tracking import Detection, Track

OURS = JudgingSettings(
    classes=("with_mask", "without_mask", "worn_incorrectly"), thresholds=(0.3, 0.3, 0.3), picture=1280, seen=640
)
LARGE = 80  # side in pixels of the clip: 40 of those that the network sees, the full weight
SHARP = 400.0


def face(time: float, *scores: float, side: float = LARGE, sharpness: float = SHARP) -> Detection:
    return Detection(time, (10, 10, 10 + side, 10 + side), scores, sharpness, 100)


def verdict_of(*detections: Detection, settings: JudgingSettings = OURS) -> str | None:
    found = judge(Track(1, list(detections)), settings)
    return found and found.verdict


def test_a_face_seen_steadily_gets_its_verdict_times_and_share():
    found = judge(Track(1, [face(1.0, 0.8, 0, 0), face(1.2, 0.8, 0.2, 0), face(1.4, 0.6, 0, 0)]), OURS)
    # Weights .64, .64, .36; shares for with_mask 1, .8, 1: (.64 + .512 + .36) / 1.64.
    assert found.verdict == "with_mask"
    assert found.confidence == pytest.approx(1.512 / 1.64, abs=1e-4)
    assert (found.begins, found.ends, found.best_time) == (1.0, 1.4, 1.0)


def test_a_near_sharp_picture_outweighs_several_far_ones():
    far = [face(t / 5, 0.5, 0.2, 0, side=20) for t in range(4)]
    assert verdict_of(*far) == "with_mask"
    assert verdict_of(*far, face(1.0, 0.05, 0.9, 0)) == "without_mask"


def test_a_blurred_picture_weighs_half():
    # Equal otherwise: with_mask weighs .5, without_mask 1 of 1.5.
    found = judge(Track(1, [face(0, 0.9, 0, 0, sharpness=0), face(0.2, 0, 0.9, 0)]), OURS)
    assert found.verdict == "without_mask"
    assert found.confidence == pytest.approx(1 / 1.5, abs=1e-4)


def test_a_divided_vote_is_unknown():
    assert verdict_of(face(0, 0.8, 0, 0), face(0.2, 0, 0.8, 0)) == "unknown"


def test_a_face_too_small_to_judge_is_unknown():
    # 12 pixels of the clip are 6 of the network's picture, below 7.
    assert verdict_of(face(0, 0.9, 0, 0, side=12), face(0.2, 0.9, 0, 0, side=12)) == "unknown"
    assert verdict_of(face(0, 0.9, 0, 0, side=16), face(0.2, 0.9, 0, 0, side=16)) == "with_mask"


def test_a_face_seen_once_makes_a_passage_without_verdict_only_when_the_network_is_sure():
    assert verdict_of(face(0, 0.44, 0, 0)) is None
    assert verdict_of(face(0, 0.45, 0, 0)) == "unknown"
    assert verdict_of(face(0, 0.45, 0, 0), face(0.2, 0.45, 0, 0)) == "with_mask"


def test_where_few_frames_are_judged_once_is_enough():
    assert verdict_of(face(0, 0.45, 0, 0), settings=replace(OURS, shortest=1)) == "with_mask"


def test_a_face_seen_faintly_makes_a_passage_without_verdict_when_it_stays():
    faint = [face(t / 5, 0.4, 0, 0) for t in range(3)]
    assert verdict_of(*faint[:2]) is None
    assert verdict_of(*faint) == "unknown"


def test_nothing_above_a_threshold_is_no_passage_however_long():
    assert verdict_of(*[face(t / 5, 0.25, 0.2, 0) for t in range(20)]) is None


def test_the_threshold_is_that_of_the_class():
    settings = JudgingSettings(("with_mask", "without_mask"), (0.8, 0.3), picture=640, seen=640)
    assert verdict_of(face(0, 0.7, 0.1), face(0.2, 0.7, 0.1), settings=settings) is None
    assert verdict_of(face(0, 0.1, 0.5), face(0.2, 0.1, 0.4), settings=settings) == "without_mask"


@pytest.mark.parametrize("classes", [("with_mask", "worn_incorrectly"), ("without_mask", "worn_incorrectly")])
def test_a_release_that_knows_one_side_only_judges_nothing(classes):
    settings = JudgingSettings(classes, (0.3, 0.3), picture=640, seen=640)
    assert verdict_of(face(0, 0.9, 0), face(0.2, 0.9, 0), settings=settings) == "unknown"


def test_a_class_that_is_no_verdict_gives_unknown():
    settings = JudgingSettings(("with_mask", "without_mask", "helmet"), (0.3, 0.3, 0.3), picture=640, seen=640)
    assert verdict_of(face(0, 0, 0.1, 0.9), face(0.2, 0, 0.1, 0.9), settings=settings) == "unknown"


def test_passages_come_in_order_of_their_begin():
    late, early = Track(1, [face(3.0, 0.9, 0, 0)]), Track(2, [face(1.0, 0, 0.9, 0)])
    flicker = Track(3, [face(0.0, 0.35, 0, 0)])
    assert [one.begins for one in judge_all([late, early, flicker], OURS)] == [1.0, 3.0]


def test_boxes_without_area_are_judged_unknown_not_an_error():
    assert verdict_of(face(0, 0.9, 0, 0, side=0), face(1, 0.9, 0, 0, side=0)) == "unknown"
