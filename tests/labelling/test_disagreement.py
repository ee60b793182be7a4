"""Where a release contradicts labels. All numbers are worked out by hand from the formulas in the module."""

import pytest

from labelling.disagreement import LIKELY, Detected, Labelled, doubts_of

ALL = {"with_mask", "without_mask"}
FACE = (0, 0, 100, 100)


def doubts(boxes, detections, *, judged=ALL, scale=1.0):
    found = doubts_of(
        [Labelled(*each) for each in boxes], [Detected(*each) for each in detections], judged=judged, scale=scale
    )
    return [(each.kind, each.label, each.said, pytest.approx(each.strength, abs=1e-4), each.xyxy) for each in found]


def test_labels_that_the_release_sees_alike_are_not_doubted():
    assert doubts([("with_mask", FACE)], [("with_mask", 0.9, (2, 0, 100, 100))]) == []


def test_an_object_without_a_box_is_missing():
    # 2 x 0.9 - 1 = 0.8, nothing near it, 100 pixels count fully
    assert doubts([], [("with_mask", 0.9, FACE)]) == [("missing", "", "with_mask", 0.8, FACE)]


def test_a_weak_detection_makes_nothing_missing():
    assert doubts([], [("with_mask", 0.59, FACE)]) == []


def test_a_box_partly_on_the_object_weakens_the_doubt():
    # the box covers 50 x 60 of the 100 x 100: IoU 0.3, so 0.8 x 0.7; on 50 x 80 (IoU 0.4) it may be the object's
    assert doubts([("veil", (0, 0, 50, 60))], [("with_mask", 0.9, FACE)]) == [("missing", "", "with_mask", 0.56, FACE)]
    assert doubts([("veil", (0, 0, 50, 80))], [("with_mask", 0.9, FACE)]) == []


def test_what_two_classes_claim_is_missing_once_under_the_surer():
    claims = [("with_mask", 0.7, FACE), ("without_mask", 0.8, (0, 0, 100, 90))]
    assert doubts([], claims) == [("missing", "", "without_mask", 0.6, (0, 0, 100, 90))]


def test_a_missing_object_of_ten_pixels_at_the_net_size_is_no_likely_error():
    # 40 pixels of a picture four times as large as the net: 10, half of the weight; (2 x 0.95 - 1) / 2
    small = (0, 0, 40, 20)
    assert doubts([], [("with_mask", 0.95, small)], scale=0.25) == [("missing", "", "with_mask", 0.45, small)]
    assert LIKELY == 0.5


def test_another_class_seen_in_a_box_doubts_its_class_by_the_margin():
    seen = [("without_mask", 0.9, FACE), ("with_mask", 0.2, FACE)]
    assert doubts([("with_mask", FACE)], seen) == [("class", "with_mask", "without_mask", 0.7, FACE)]


@pytest.mark.parametrize("own", [0.9, 0.95])
def test_the_class_stands_where_the_release_sees_it_as_surely(own):
    assert doubts([("with_mask", FACE)], [("without_mask", 0.9, FACE), ("with_mask", own, FACE)]) == []


def test_a_class_of_a_neighbour_does_not_count():
    # 60 of 100 columns are shared: IoU 60 / 140, below 0.5
    assert doubts([("with_mask", FACE)], [("without_mask", 0.9, (40, 0, 140, 100)), ("with_mask", 0.3, FACE)]) == []


def test_a_large_box_with_nothing_in_it_is_extra():
    assert doubts([("with_mask", FACE)], []) == [("extra", "with_mask", "", 0.6, FACE)]
    # what the release hardly sees there weakens the doubt: 0.6 x (1 - 0.1)
    assert doubts([("with_mask", FACE)], [("with_mask", 0.1, FACE)]) == [("extra", "with_mask", "", 0.54, FACE)]
    assert doubts([("with_mask", FACE)], [("with_mask", 0.2, FACE)]) == []


def test_a_box_that_is_only_badly_placed_is_not_extra():
    # 20 of 100 columns are shared: IoU 20 / 180 = 0.11
    assert doubts([("with_mask", FACE)], [("with_mask", 0.5, (80, 0, 180, 100))]) == []


def test_a_small_face_that_is_not_seen_is_hardly_blamed():
    # 8 pixels at the net size: 0.6 x 8 / 64
    small = (0, 0, 8, 8)
    assert doubts([("with_mask", small)], []) == [("extra", "with_mask", "", 0.075, small)]


def test_classes_that_the_release_or_the_labels_do_not_know_are_left_alone():
    boxes, seen = [("deer", FACE)], [("without_mask", 0.9, (200, 200, 300, 300)), ("without_mask", 0.9, FACE)]
    assert doubts(boxes, seen, judged={"with_mask"}) == []


def test_the_strongest_doubt_comes_first():
    far = (200, 200, 300, 300)
    found = doubts([("with_mask", FACE)], [("with_mask", 0.95, far)])
    assert [(doubt[0], doubt[3]) for doubt in found] == [("missing", 0.9), ("extra", 0.6)]
