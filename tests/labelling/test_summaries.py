"""Figures of datasets at first glance."""

import pytest

from labelling.models import Image
from labelling.summaries import LabellingTime, labelling_time
from tests.labelling.makers import import_here, record

pytestmark = pytest.mark.django_db


def dataset_labelled_in(*seconds):
    return import_here([record(f"{i}.jpg", **{"Seconds to Label": each}) for i, each in enumerate(seconds)]).dataset


@pytest.mark.parametrize(
    ("seconds", "time"),
    [
        ((5,), LabellingTime(images=1, total=5, median=5)),
        ((9, 1, 2), LabellingTime(images=3, total=12, median=2)),
        ((9, 1, None, 4, 2), LabellingTime(images=4, total=16, median=3)),
    ],
)
def test_the_time_to_label_has_a_total_and_a_median(seconds, time):
    assert labelling_time(dataset_labelled_in(*seconds)) == time


def test_without_times_there_is_nothing_to_tell():
    assert labelling_time(dataset_labelled_in(None, None)) is None


def test_images_of_an_unfinished_import_do_not_count():
    dataset = dataset_labelled_in(5)
    Image.objects.get().brought_by.__class__.objects.update(finished_at=None)
    assert labelling_time(dataset) is None
