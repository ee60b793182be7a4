"""Anchors by k-means over 1 - IoU."""

from __future__ import annotations

import numpy as np
import pytest

from yolo.anchors import kmeans_anchors, size_ious, sizes_at, with_coarser


def test_the_iou_of_two_sizes_by_hand() -> None:
    # 10x20 and 20x10 share 10x10 of 200 + 200 - 100
    ious = size_ious(np.array([[10.0, 20.0]]), np.array([[20.0, 10.0], [10.0, 20.0], [5.0, 10.0]]))
    np.testing.assert_allclose(ious, [[100 / 300, 1.0, 0.25]])


def test_as_many_anchors_as_sizes_are_the_sizes_by_area() -> None:
    fit = kmeans_anchors([[30, 40], [10, 20], [50, 60], [10, 20]], count=3)
    np.testing.assert_allclose(fit.anchors, [[10, 20], [30, 40], [50, 60]])
    assert fit.mean_iou == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_two_far_groups_get_their_means(seed: int) -> None:
    sizes = [[10, 10], [12, 14], [100, 90], [110, 100], [120, 110]]
    fit = kmeans_anchors(sizes, count=2, seed=seed)
    np.testing.assert_allclose(fit.anchors, [[11, 12], [110, 100]])
    # IoU with the mean: 100/132, 132/168 (11x12 inside 12x14); 9000/11000, 1, 11000/13200
    wanted = (100 / 132 + 132 / 168 + 9000 / 11000 + 1 + 11000 / 13200) / 5
    assert fit.mean_iou == pytest.approx(wanted)


def test_frequent_sizes_weigh_more() -> None:
    fit = kmeans_anchors([[10, 10]] * 3 + [[14, 14]], count=1)
    np.testing.assert_allclose(fit.anchors, [[11, 11]])


def test_the_same_seed_gives_the_same_anchors_in_any_order_of_boxes() -> None:
    sizes = np.random.default_rng(3).uniform(5, 200, (500, 2))
    first = kmeans_anchors(sizes, seed=7)
    again = kmeans_anchors(sizes[::-1], seed=7)
    np.testing.assert_array_equal(first.anchors, again.anchors)
    assert (np.diff(first.anchors.prod(axis=1)) > 0).all()


@pytest.mark.parametrize("seed", range(20))
def test_no_cluster_stays_empty(seed: int) -> None:
    # many equal sizes and few others: plain k-means loses clusters here
    rng = np.random.default_rng(seed)
    sizes = np.concatenate([np.full((200, 2), 10.0), rng.integers(8, 13, (30, 2)), [[300, 5], [5, 300]]])
    fit = kmeans_anchors(sizes, count=9, seed=seed)
    assert np.isfinite(fit.anchors).all()
    assert set(size_ious(sizes, fit.anchors).argmax(axis=1)) == set(range(9))


@pytest.mark.parametrize("count", [0, 3])
def test_too_few_sizes_are_refused_with_a_sentence(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} anchors need as many different box sizes; there are 2"):
        kmeans_anchors([[10, 10], [20, 20], [20, 20]], count=count)


@pytest.mark.parametrize("size", [[0, 10], [10, -1], [np.nan, 10], [np.inf, 10]])
def test_a_box_without_size_is_refused(size: list[float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        kmeans_anchors(np.array([[10, 10], size]), count=1)


def test_sizes_are_taken_at_the_long_side_of_their_picture() -> None:
    boxes = [[0, 0, 100, 50], [10, 10, 30, 50]]
    sizes = sizes_at(416, boxes, [[1664, 900], [208, 416]])
    np.testing.assert_allclose(sizes, np.array([[25, 12.5], [20, 40]]))


def test_boxes_without_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="2 boxes"):
        sizes_at(416, np.zeros((2, 4)), [[10, 10]])


def test_merging_very_many_sizes_costs_next_to_no_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = np.exp(np.random.default_rng(0).normal(3, 0.7, (9000, 2)))
    merged = kmeans_anchors(sizes, count=6)
    monkeypatch.setattr("yolo.anchors.MOST_DISTINCT", 10_000)
    whole = kmeans_anchors(sizes, count=6)
    assert merged.mean_iou == pytest.approx(whole.mean_iou, abs=0.01)
    # The mean IoU is that of the sizes as they are, not of the merged ones.
    assert merged.mean_iou == pytest.approx(size_ious(sizes, merged.anchors).max(axis=1).mean())


def test_a_coarser_scale_has_anchors_of_twice_the_size() -> None:
    known = [[10, 12], [16, 20], [30, 24], [40, 40], [50, 60], [70, 90]]
    added = [[80, 80], [100, 120], [140, 180]]
    np.testing.assert_array_equal(with_coarser(known, scales=2), known)
    np.testing.assert_array_equal(with_coarser(known, scales=3), known + added)
    np.testing.assert_array_equal(with_coarser(known, scales=4)[9:], 2 * np.array(added))
