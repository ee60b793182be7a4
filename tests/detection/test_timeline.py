import pytest

from detection.timeline import pack_lanes


@pytest.mark.parametrize(
    ("spans", "lanes"),
    [
        ([], []),
        ([(0, 1)], [0]),
        ([(0, 1), (2, 3)], [0, 0]),
        ([(0, 1), (1, 2)], [0, 1]),  # they touch
        ([(0, 9), (1, 2), (3, 4)], [0, 1, 1]),
        ([(5, 6), (0, 5.5), (0, 1)], [0, 1, 0]),  # given out of order
    ],
)
def test_spans_of_one_lane_never_touch(spans, lanes):
    assert pack_lanes(spans) == lanes
