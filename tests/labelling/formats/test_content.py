"""What an export hands on, and how often it asks the database."""

import pytest

from labelling.formats.content import ExportBox, content_of
from labelling.models import Image, Split
from labelling.versions import version_create
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db


def test_a_dataset_comes_as_it_is_now(masks):
    content = content_of(masks)
    assert (content.title, content.version) == ("masks", None)
    assert content.classes == ("with_mask", "without_mask", "deer")
    first, second = content.images()
    assert (first.name, first.width, first.height, first.depth, first.split) == ("a.jpg", 40, 30, 3, None)
    assert first.boxes == (ExportBox(0, (2, 3, 12, 15)), ExportBox(2, (20, 5, 25, 10)))
    assert second.boxes == ()


def test_a_version_comes_as_it_was_frozen(masks):
    version = version_create(dataset=masks, by=None)
    masks.images.get(external_id="a.jpg").boxes.all().delete()
    content = content_of(masks, version)
    assert (content.title, content.version, content.classes) == ("masks-v1", 1, ("with_mask", "deer"))
    first, second = content.images()
    assert first.boxes == (ExportBox(0, (2, 3, 12, 15)), ExportBox(1, (20, 5, 25, 10)))
    assert {first.split, second.split} <= set(Split)


def test_pictures_that_are_not_labelled_yet_stay_out(masks):
    Image.objects.filter(external_id="b.jpg").update(labelled=False)
    assert [image.external_id for image in content_of(masks).images()] == ["a.jpg"]


def test_the_number_of_queries_does_not_grow_with_the_images(django_assert_num_queries):
    records = [record(f"{i}.jpg", [bbox("car", 0, 0, 5, 5)]) for i in range(6)]
    dataset = import_here(records, {f"{i}.jpg": jpeg(seed=i) for i in range(6)}).dataset
    version = version_create(dataset=dataset, by=None)
    with django_assert_num_queries(4):  # classes; keys; images and boxes of the one portion
        assert len(list(content_of(dataset).images())) == 6
    with django_assert_num_queries(2):  # keys; images of the one portion
        assert len(list(content_of(dataset, version).images())) == 6
