"""The benchmark of the anchor lab runs."""

from benchmarks.anchors import measure


def test_it_measures_what_it_says():
    found = measure(boxes=300, rounds=2)
    assert (found["boxes"], found["seconds"] <= found["most_seconds"]) == (300, True)
    assert found["mean_iou"] > found["coco_mean_iou"] > 0
