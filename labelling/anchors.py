"""Anchors of a dataset: its box sizes at the net size that training will use, clustered."""

from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from labelling.models import Box, Dataset, Image
from yolo.anchors import AnchorFit, kmeans_anchors, sizes_at

MOST_ANCHORS: Final = 12


def dataset_anchors(dataset: Dataset, *, net_size: int, count: int = 9, seed: int = 0) -> AnchorFit:
    """`count` anchors for the dataset's boxes; ValidationError when there are too few different boxes."""
    images = Image.objects.visible().filter(dataset=dataset).exclude(file="")
    rows = list(
        Box.objects.filter(image__in=images)
        .order_by("image__external_id", "pk")
        .values_list("x_min", "y_min", "x_max", "y_max", "image__width", "image__height")
    )
    try:
        sizes = sizes_at(net_size, [row[:4] for row in rows], [(row[4] or 0, row[5] or 0) for row in rows])
        return kmeans_anchors(sizes, count=count, seed=seed)
    except ValueError as error:
        raise ValidationError(_("No anchors can be found: %(reason)s") % {"reason": error}) from error
