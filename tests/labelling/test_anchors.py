"""Anchors of a dataset, and how well they fit its boxes."""

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from labelling.anchors import anchor_lab, anchor_set, dataset_anchors, version_anchors
from labelling.models import Dataset
from tests.labelling.makers import bbox, import_here, jpeg, record
from tests.training.makers import make_version


@pytest.mark.django_db
def test_sizes_are_taken_at_the_net_size_and_sorted_by_area():
    # At a net size of 416 the picture of 208 x 104 is doubled, that of 832 x 100 halved.
    import_here(
        [record("a.jpg", [bbox("face", 0, 0, 40, 50)]), record("b.jpg", [bbox("face", 0, 0, 20, 24)])],
        {"a.jpg": jpeg(208, 104, 1), "b.jpg": jpeg(832, 100, 2)},
    )
    fit = dataset_anchors(Dataset.objects.get(), net_size=416, count=2)
    assert fit.anchors.tolist() == [[10, 12], [80, 100]]
    assert fit.mean_iou == pytest.approx(1)


@pytest.mark.django_db
def test_boxes_of_pending_images_do_not_count():
    import_here([record("a.jpg", [bbox("face", 0, 0, 4, 5)])])
    with pytest.raises(ValidationError, match="No anchors can be found"):
        dataset_anchors(Dataset.objects.get(), net_size=416, count=1)


@pytest.mark.django_db
def test_of_a_version_only_the_train_split_counts():
    # Boxes of the makers: picture n of 96 pixels holds one of (16 + n) x (20 + 2 n); 0 is train, 1 and 2 are not.
    fit = version_anchors(make_version(train=1, validation=1, test=1), net_size=192, count=1)
    assert fit.anchors.tolist() == [[32, 40]]


def test_each_box_counts_for_the_anchor_it_fits_best():
    sizes = np.array([[10, 10]] * 3 + [[100, 100]], np.float64)
    found = anchor_set(sizes, np.array([[10, 10], [50, 100], [100, 100]], np.float64))
    assert [row.share for row in found.anchors] == [0.75, 0, 0.25]
    assert [(row.anchors, row.share) for row in found.scales] == [(1, 0.75), (1, 0), (1, 0.25)]
    assert found.mean_iou == 1
    assert found.warnings == [
        "The middle scale gets no boxes: it costs time and learns nothing.",
        "Anchor 2 stands for fewer than 1% of the boxes.",
    ]


def test_an_anchor_for_one_box_in_a_hundred_is_no_reason_to_warn():
    sizes = np.array([[10, 10]] * 50 + [[30, 30]] * 49 + [[100, 100]], np.float64)
    anchors = np.array([[10, 10], [30, 30], [100, 100]], np.float64)
    assert anchor_set(sizes, anchors).warnings == []
    assert len(anchor_set(np.vstack([sizes, [[10, 10]]]), anchors).warnings) == 1  # 1 in 101


def test_with_fewer_anchors_than_scales_the_coarse_ones_get_nothing():
    found = anchor_set(np.array([[10.0, 10.0]]), np.array([[10.0, 10.0]]))
    assert [row.anchors for row in found.scales] == [1, 0, 0]
    assert len(found.warnings) == 2


def test_one_to_twelve_anchors_are_swept_and_fit_ever_better():
    sizes = np.exp(np.random.default_rng(1).normal(3, 1, (300, 2)))
    lab = anchor_lab(sizes, count=9)
    assert [count for count, _iou in lab.sweep] == list(range(1, 13))
    assert lab.sweep[8] == (9, lab.fitted.mean_iou)
    assert lab.sweep[0][1] < lab.sweep[5][1] < lab.sweep[11][1]
    assert (len(lab.coco.anchors), lab.coco.anchors[8].width) == (9, 373)


def test_the_sweep_ends_where_there_are_no_more_sizes():
    lab = anchor_lab(np.array([[10.0, 10.0], [20.0, 30.0]]), count=2)
    assert [count for count, _iou in lab.sweep] == [1, 2]


def test_the_scatter_shows_some_of_very_many_boxes():
    sizes = np.exp(np.random.default_rng(1).normal(3, 1, (2500, 2)))
    assert len(set(anchor_lab(sizes, count=1).sample)) > 1900
    assert len(anchor_lab(sizes, count=1).sample) == 2000
