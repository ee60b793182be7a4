"""Filters, orders and neighbours of the gallery."""

from datetime import UTC, datetime, timedelta

import pytest

from labelling.gallery import Gallery, GalleryPages, Neighbours, gallery_of, images_for_gallery, with_boxes_by_key
from labelling.models import BoxClass, Image, Opinion, PreLabel, Proposal, VersionImage
from labelling.versions import version_create
from releases.models import ModelRelease
from tests.labelling.makers import import_here, record

pytestmark = pytest.mark.django_db


def left(dataset, **filters) -> list[str]:
    found = images_for_gallery(Image.objects.filter(dataset=dataset), dataset=dataset, **filters)
    return list(found.order_by("pk").values_list("external_id", flat=True))


def release(name: str, *, active: bool) -> ModelRelease:
    return ModelRelease.objects.create(
        name=name, network="none", net_size=416, classes=["mask"], sha256=name, is_active=active
    )


@pytest.fixture
def five(db):
    """Five pending images, 0 to 4."""
    return import_here([record(str(number)) for number in range(5)]).dataset


def image(number: int) -> Image:
    return Image.objects.get(external_id=str(number))


def disagree(by: ModelRelease, **doubts: float) -> None:
    for number, doubt in doubts.items():
        Opinion.objects.create(image=image(int(number[1:])), release=by, disagreement=doubt)


def test_by_class_each_image_counts_once(masks):
    assert left(masks, box_class=str(BoxClass.objects.get(name="with_mask").pk)) == ["a.jpg"]
    assert left(masks, box_class=str(BoxClass.objects.get(name="without_mask").pk)) == ["c.jpg"]


def test_a_negative_has_a_picture_and_is_labelled(masks):
    assert left(masks, state="negative") == ["b.jpg"]
    Image.objects.filter(external_id="b.jpg").update(labelled=False)
    assert (left(masks, state="negative"), left(masks, state="unlabelled")) == ([], ["b.jpg"])
    assert left(masks, state="pending") == ["c.jpg"]


def test_the_split_is_that_of_the_newest_version(masks, dan):
    assert left(masks, split="none") == ["a.jpg", "b.jpg", "c.jpg"]
    first = version_create(dataset=masks, by=dan)
    version_create(dataset=masks, by=dan)
    VersionImage.objects.filter(version=first).update(split="test")
    VersionImage.objects.exclude(version=first).update(split="train")
    assert left(masks, split="train") == ["a.jpg", "b.jpg"]
    assert (left(masks, split="test"), left(masks, split="none")) == ([], ["c.jpg"])


def test_changed_means_since_the_newest_version_or_ever_without_one(masks, dan):
    now = datetime.now(UTC)
    Image.objects.filter(external_id="a.jpg").update(edited_at=now - timedelta(hours=1))
    assert left(masks, state="changed") == ["a.jpg"]
    version_create(dataset=masks, by=dan)
    assert left(masks, state="changed") == []
    Image.objects.filter(external_id="b.jpg").update(edited_at=now + timedelta(hours=1))
    assert left(masks, state="changed") == ["b.jpg"]


def test_only_the_active_release_disagrees_and_from_a_half_on(five):
    disagree(release("old", active=False), _0=1.0)
    disagree(release("now", active=True), _1=0.5, _2=0.49, _3=0.8)
    assert left(five, state="disagrees") == ["1", "3"]


def test_without_an_active_release_nobody_disagrees(five):
    disagree(release("old", active=False), _0=1.0)
    assert left(five, state="disagrees") == []


def test_proposed_means_with_an_open_proposal(five):
    kind = BoxClass.objects.create(dataset=five, name="mask")
    run = PreLabel.objects.create(dataset=five, release=release("now", active=True))
    place = {"prelabel": run, "box_class": kind, "x_min": 0, "y_min": 0, "x_max": 5, "y_max": 5, "score": 0.9}
    Proposal.objects.create(image=image(1), **place)
    Proposal.objects.create(image=image(1), **place)
    Proposal.objects.create(image=image(2), state="rejected", decided_at=datetime.now(UTC), **place)
    assert left(five, state="proposed") == ["1"]


def test_filters_are_combined(masks, dan):
    version_create(dataset=masks, by=dan)
    VersionImage.objects.update(split="train")
    mask = str(BoxClass.objects.get(name="with_mask").pk)
    assert left(masks, box_class=mask, split="train", search="A.J") == ["a.jpg"]
    assert left(masks, box_class=mask, split="train", search="b") == []


def test_percent_signs_are_looked_for_as_they_are(masks):
    assert left(masks, search="%") == []


def test_a_state_that_nobody_knows_is_refused(masks):
    with pytest.raises(ValueError, match="no state"):
        left(masks, state="sleepy")


def ordered(dataset, order: str) -> list[str]:
    found = with_boxes_by_key(list(Gallery(Image.objects.filter(dataset=dataset), order).keys()))
    return [each.external_id for each in found]


def walked(dataset, order: str) -> tuple[list[str], list[str]]:
    """The images met from the first on by `after`, and from the last on by `before`."""
    gallery = Gallery(Image.objects.filter(dataset=dataset), order)
    keys = list(gallery.keys())
    names = dict(Image.objects.values_list("pk", "external_id"))
    on, back = [keys[0]], [keys[-1]]
    while (after := gallery.neighbours(on[-1]).after) is not None:
        on.append(after)
    while (before := gallery.neighbours(back[-1]).before) is not None:
        back.append(before)
    return [names[each] for each in on], [names[each] for each in back]


def test_the_strongest_disagreement_comes_first_and_what_was_not_judged_last(five):
    disagree(release("old", active=False), _0=1.0)
    disagree(release("now", active=True), _1=0.2, _3=0.9, _4=0.2)
    assert ordered(five, "disagreement") == ["3", "1", "4", "0", "2"]


def test_the_newest_edit_comes_first(five):
    moment = datetime(2024, 5, 1, tzinfo=UTC)
    Image.objects.filter(external_id__in=["1", "3"]).update(edited_at=moment)
    Image.objects.filter(external_id="2").update(edited_at=moment + timedelta(days=1))
    assert ordered(five, "edited") == ["2", "1", "3", "0", "4"]


@pytest.mark.parametrize("order", ["imported", "disagreement", "edited"])
def test_next_and_previous_follow_the_order_from_end_to_end(five, order):
    disagree(release("now", active=True), _1=0.2, _3=0.9, _4=0.2)
    Image.objects.filter(external_id__in=["1", "3"]).update(edited_at=datetime(2024, 5, 1, tzinfo=UTC))
    there = ordered(five, order)
    assert len(there) == 5
    assert walked(five, order) == (there, there[::-1])


def test_next_and_previous_keep_to_the_filters_even_from_an_image_that_left_them(five, dan):
    Image.objects.filter(external_id__in=["0", "4"]).update(labelled=False)
    found = gallery_of(five, dan, {"state": "unlabelled", "order": ""})
    assert found.neighbours(image(2).pk) == Neighbours(before=image(0).pk, after=image(4).pk)


def test_pages_hold_keys_in_order_and_count_without_sorting(five, dan, django_assert_num_queries):
    pages = GalleryPages(gallery_of(five, dan, {"order": "imported"}), 2)
    with django_assert_num_queries(2):
        assert len(list(pages.page(3))) == 1
    assert (pages.count, pages.num_pages) == (5, 3)
