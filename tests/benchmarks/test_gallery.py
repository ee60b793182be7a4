"""The benchmark of the gallery fills a dataset as it says."""

import pytest

from benchmarks.gallery import CLASSES, FILTERS, fill
from labelling.forms import GalleryForm
from labelling.models import Box, BoxClass, Dataset, Image, Opinion, Proposal, VersionImage


@pytest.mark.django_db
def test_it_fills_a_dataset_with_what_the_filters_ask_for():
    dataset = Dataset.objects.create(name="benchmark")
    for name in CLASSES:
        BoxClass.objects.create(dataset=dataset, name=name)
    fill(dataset, 450)
    counts = [each.objects.count() for each in (Image, Opinion, Proposal, VersionImage)]
    # Proposals on every tenth; every 25th is in no version.
    assert counts == [450, 450, 45, 432]
    # 0, 50 … 400 are pending. Of the 405 images whose key does not end in 0 all have five boxes, five in nine one more.
    assert Image.objects.filter(file="").count() == 9
    assert Box.objects.count() == 405 * 5 + 225
    assert not Image.objects.filter(boxes=None).exclude(pk__endswith="0").exists()


@pytest.mark.django_db
def test_all_its_filters_are_known_to_the_form():
    from django.http import QueryDict

    dataset = Dataset.objects.create(name="benchmark")
    keys = [BoxClass.objects.create(dataset=dataset, name=name).pk for name in CLASSES]
    for query in FILTERS:
        asked = QueryDict(query, mutable=True)
        if "box_class" in asked:
            asked["box_class"] = str(keys[int(asked["box_class"]) - 1])
        assert {name: value for name, value in GalleryForm(asked, dataset=dataset).wanted().items() if value} == (
            asked.dict()
        )
