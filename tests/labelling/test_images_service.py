"""Many images are marked in a few queries a portion, and marking counts as an edit."""

import pytest

from labelling import pace
from labelling.models import Box, Image, LabelImport, Opinion
from labelling.services import image_change, image_mark, images_mark
from tests.labelling.makers import bbox, import_here, record

pytestmark = pytest.mark.django_db

OLD, NEW = "2020-01-01T00:00:00.000Z", "2021-01-01T00:00:00.000Z"


@pytest.fixture
def disputed(masks, tiny_release) -> Opinion:
    """The release saw nothing on a.jpg, which has a box of 10 x 12 and one of 5 x 5."""
    image = Image.objects.get(external_id="a.jpg")
    return Opinion.objects.create(image=image, release=tiny_release, detections=[])


def newer_import(external_id: str) -> LabelImport:
    return import_here([record(external_id, [bbox("deer", 1, 1, 9, 9)], **{"Updated At": NEW})])


@pytest.mark.parametrize("way", ["one", "many", "form"])
def test_what_a_person_has_marked_keeps_its_boxes_in_later_imports(masks, carol, way):
    """b.jpg has no boxes, and a person says so."""
    image = Image.objects.get(external_id="b.jpg")
    Image.objects.filter(pk=image.pk).update(labelled=False)
    image.refresh_from_db()
    assert image.edited_at is None
    if way == "one":
        image_mark(image=image, labelled=True, by=carol)
    elif way == "many":
        assert images_mark(images=Image.objects.filter(pk=image.pk), labelled=True, by=carol) == 1
    else:
        image.labelled = True
        image_change(image=image, by=carol)
    assert newer_import("b.jpg").report["changes"]["kept"] == 1
    assert not Box.objects.filter(image=image).exists()


def test_what_was_marked_so_already_is_no_edit(masks, carol):
    assert images_mark(images=Image.objects.filter(external_id="b.jpg"), labelled=True, by=carol) == 0
    image = Image.objects.get(external_id="b.jpg")
    image.seconds_to_label = 3
    image_change(image=image, by=carol)
    assert Image.objects.get(pk=image.pk).edited_at is None
    assert newer_import("b.jpg").report["changes"]["kept"] == 0
    assert Box.objects.filter(image=image).count() == 1


def test_doubts_vanish_and_come_back_with_the_mark(disputed, carol):
    chosen = Image.objects.filter(pk=disputed.image_id)
    Opinion.objects.update(doubts=[{"kind": "extra"}], disagreement=0.9)
    images_mark(images=chosen, labelled=False, by=carol)
    disputed.refresh_from_db()
    assert (disputed.doubts, disputed.disagreement) == ([], 0)
    images_mark(images=chosen, labelled=True, by=carol)
    disputed.refresh_from_db()
    assert [(each["kind"], each["class"]) for each in disputed.doubts] == [("extra", "with_mask")]
    assert disputed.disagreement > 0


def test_portions_take_the_same_queries_however_many_images_have_opinions(
    masks, disputed, carol, django_assert_max_num_queries
):
    Image.objects.update(labelled=False)
    with django_assert_max_num_queries(20) as few:
        images_mark(images=Image.objects.filter(external_id="a.jpg"), labelled=True, by=carol)
    import_here([record(f"{i}.jpg", [bbox("deer", 0, 0, 9, 9)]) for i in range(8)])
    Image.objects.update(labelled=False, width=40, height=30)
    fresh = Image.objects.exclude(opinions__isnull=False)
    Opinion.objects.bulk_create(Opinion(image=image, release=disputed.release) for image in fresh)
    Opinion.objects.update(doubts=[{"kind": "extra"}], disagreement=0.9)
    with django_assert_max_num_queries(len(few)):
        assert images_mark(images=Image.objects.all(), labelled=True, by=carol) == 11


def test_a_filter_that_no_longer_fits_marks_all_it_had_found(masks, carol, monkeypatch):
    monkeypatch.setattr(pace, "MOST", 1)
    Image.objects.update(labelled=False)
    assert images_mark(images=Image.objects.filter(labelled=False), labelled=True, by=carol) == 3
