"""Which passage a person's verdict belongs to after a clip was judged again."""

from collections.abc import Sequence

import pytest

from detection.verdicts import best_fit, fit, iou

STANDING = [[t / 5, 100, 100, 140, 150] for t in range(10)]


def shifted(path, *, seconds=0.0, right=0.0):
    return [[t + seconds, a + right, b, c + right, d] for t, a, b, c, d in path]


def test_iou_worked_out_by_hand():
    # 10 x 10 boxes, half over each other: 50 / 150.
    assert iou([0, 0, 10, 10], [5, 0, 15, 10]) == pytest.approx(1 / 3)
    assert iou([0, 0, 10, 10], [10, 0, 20, 10]) == 0
    assert iou([5, 5, 5, 5], [5, 5, 5, 5]) == 0


def test_the_same_face_fits_wholly():
    assert fit(STANDING, STANDING) == 1


def test_frames_judged_a_little_later_still_fit():
    assert fit(STANDING, shifted(STANDING, seconds=0.1)) == 1


def test_a_longer_stay_holds_the_shorter_one():
    assert fit(STANDING[2:5], STANDING) == 1
    assert fit(STANDING, STANDING[:5]) == pytest.approx(0.8, abs=0.05)


def test_another_time_does_not_fit():
    assert fit(STANDING, shifted(STANDING, seconds=30)) == 0


def test_the_face_beside_does_not_fit():
    assert best_fit(STANDING, [(1, shifted(STANDING, right=45))]) is None


def test_the_best_of_several_is_taken():
    candidates = [(1, shifted(STANDING, right=15)), (2, shifted(STANDING, right=5)), (3, shifted(STANDING, right=300))]
    assert best_fit(STANDING, candidates) == 2


def test_of_equals_the_first_is_taken():
    assert best_fit(STANDING, [(7, STANDING), (4, STANDING)]) == 4


def test_without_candidates_or_path_nothing_fits():
    assert best_fit(STANDING, []) is None
    assert best_fit([], [(1, STANDING)]) is None


class Counted(Sequence):
    """A path that counts how many of its points are looked at."""

    def __init__(self, points):
        self.points, self.reads = points, 0

    def __len__(self):
        return len(self.points)

    def __getitem__(self, place):
        self.reads += 1
        return self.points[place]


def standing_for(seconds: int, *, begin: float = 0.0):
    return Counted([[begin + i / 5, 10.0, 10.0, 50.0, 50.0] for i in range(5 * seconds)])


def test_a_long_stay_is_compared_without_reading_it_from_the_front_for_each_point():
    """Verdicts are attached in the transaction that writes the passages, which holds up every other writer."""
    path, other = standing_for(400), standing_for(400)
    assert fit(path, other) == 1
    assert other.reads < 20 * len(other)  # 11 halvings find one of 2,000 points; from the front it would be 1,000


def test_passages_of_other_times_are_hardly_looked_at():
    paths = [standing_for(10, begin=11 * number) for number in range(50)]
    assert [best_fit(path.points, list(enumerate(paths))) for path in paths] == list(range(50))
    for path in paths:
        path.reads = 0
    assert best_fit(paths[7].points, list(enumerate(paths))) == 7
    assert all(path.reads <= 2 for number, path in enumerate(paths) if number != 7)
