"""The close look at the validation pictures of a run."""

from tests.yolo.test_confusion import found, truth
from training.examining import STEPS, examine

# One of class 0 found, one of class 1 missed and one taken for class 0, and a detection of nothing.
MIXED = truth((0, 0), (100, 1), (200, 1))
SEEN = found((0, 0, 0.95), (200, 0, 0.6), (400, 1, 0.5), (300, 0, 0.1))
RIGHT = truth((0, 1))
RIGHTLY = found((0, 1, 0.8))


def look(*, thresholds=(0.3, 0.4)):
    return examine(
        [RIGHT, MIXED],
        [RIGHTLY, SEEN],
        images=[7, 9],
        classes=("with_mask", "without_mask"),
        thresholds=thresholds,
        iou_threshold=0.5,
    )


def test_pictures_come_worst_first_with_boxes_where_something_is_wrong():
    worst, right = look()["pictures"]
    assert (worst["image"], worst["missed"], worst["false"], worst["confused"]) == (9, 1, 1, 1)
    assert worst["true"][1] == [1, 100.0, 0.0, 110.0, 10.0]
    assert worst["found"] == [
        [0, 0.95, 0.0, 0.0, 10.0, 10.0],
        [0, 0.6, 200.0, 0.0, 210.0, 10.0],
        [1, 0.5, 400.0, 0.0, 410.0, 10.0],
    ]
    assert right == {"image": 7, "missed": 0, "false": 0, "confused": 0}


def test_detections_below_the_threshold_of_their_class_are_no_errors():
    assert look()["confusion"] == [[1, 0, 0], [1, 1, 1], [0, 1, 0]]
    # From 0.7 and 0.55 up the wrong ones are not shown; two of class 1 are then missed.
    assert look(thresholds=(0.7, 0.55))["confusion"] == [[1, 0, 0], [0, 1, 2], [0, 0, 0]]


def test_curves_and_reliability_are_plain_values():
    looked = look()
    assert len(looked["curves"][0]["precision"]) == len(STEPS) == 51
    # Class 1: three objects, right at 0.8, wrong at 0.5. Beyond a third nothing is ever recalled.
    assert looked["curves"][1]["precision"][0] == 1.0
    assert looked["curves"][1]["precision"][17] is None
    assert looked["curves"][1]["f1"][30] == 0.5  # at 0.6: one right of one detection and three objects
    assert looked["reliability"]["bins"][-1] == {"score": 0.95, "right": 1.0, "count": 1}
    assert looked["thresholds"] == [0.3, 0.4]


def test_no_pictures_make_an_empty_look():
    looked = examine([], [], images=[], classes=("with_mask",), thresholds=(0.5,), iou_threshold=0.5)
    assert (looked["confusion"], looked["pictures"]) == ([[0, 0], [0, 0]], [])
    assert looked["reliability"] == {"bins": [], "error": None}
