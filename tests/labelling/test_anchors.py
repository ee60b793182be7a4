"""Anchors of a dataset."""

import pytest
from django.core.exceptions import ValidationError

from labelling.anchors import dataset_anchors
from labelling.models import Dataset
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db


def test_sizes_are_taken_at_the_net_size_and_sorted_by_area():
    # At a net size of 416 the picture of 208 x 104 is doubled, that of 832 x 100 halved.
    import_here(
        [record("a.jpg", [bbox("face", 0, 0, 40, 50)]), record("b.jpg", [bbox("face", 0, 0, 20, 24)])],
        {"a.jpg": jpeg(208, 104, 1), "b.jpg": jpeg(832, 100, 2)},
    )
    fit = dataset_anchors(Dataset.objects.get(), net_size=416, count=2)
    assert fit.anchors.tolist() == [[10, 12], [80, 100]]
    assert fit.mean_iou == pytest.approx(1)


def test_boxes_of_pending_images_do_not_count():
    import_here([record("a.jpg", [bbox("face", 0, 0, 4, 5)])])
    with pytest.raises(ValidationError, match="No anchors can be found"):
        dataset_anchors(Dataset.objects.get(), net_size=416, count=1)
