from detection.comparing import Difference, Seen, differences


def seen(number: int, verdict: str, *, begins: float = 0.0, left: float = 10.0, seconds: int = 3) -> Seen:
    """A face that stands still, 40 by 50 pixels, detected once a second."""
    path = [[begins + second, left, 20, left + 40, 70] for second in range(seconds)]
    return Seen(number, begins, verdict, path)


def test_the_same_passages_do_not_differ_whatever_their_numbers():
    before = [seen(1, "with_mask"), seen(2, "unknown", left=200)]
    after = [seen(1, "unknown", left=202), seen(2, "with_mask", left=12)]
    assert differences(before, after) == []


def test_another_verdict_on_the_same_face_is_told_with_both_numbers():
    found = differences([seen(4, "with_mask", begins=2.0)], [seen(7, "without_mask", begins=2.2)])
    assert found == [Difference(2.0, "with_mask", "without_mask", 4, 7)]


def test_faces_that_only_one_analysis_has_are_told_in_order_of_time():
    before = [seen(1, "with_mask", begins=5.0)]
    after = [seen(1, "without_mask", begins=1.0, left=300)]
    assert differences(before, after) == [
        Difference(1.0, None, "without_mask", None, 1),
        Difference(5.0, "with_mask", None, 1, None),
    ]


def test_of_a_passage_that_falls_into_two_the_better_half_is_the_same_face():
    whole = seen(1, "with_mask", seconds=10)
    halves = [seen(1, "with_mask", seconds=6), seen(2, "unknown", begins=7.0, left=14, seconds=3)]
    assert differences([whole], halves) == [Difference(7.0, None, "unknown", None, 2)]


def test_without_passages_nothing_differs():
    assert differences([], []) == []
