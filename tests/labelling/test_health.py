"""Whether a dataset is fit to train on."""

import numpy as np
import pytest

from labelling.health import (
    Finding,
    alike,
    box_table,
    class_rows,
    dataset_health,
    drawn_twice,
    outlying,
    overlapping,
    size_rows,
)
from labelling.models import BoxClass, Image
from tests.labelling.makers import bbox, import_here, jpeg, record


def row(left, top, right, bottom, *, image=1, label=1, size=(416, 416)):
    return (image, label, left, top, right, bottom, *size)


def test_classes_are_counted_with_their_share_and_images():
    table = box_table([row(0, 0, 9, 9), row(0, 0, 9, 9, image=2), row(9, 9, 20, 20, image=2), row(0, 0, 9, 9, label=2)])
    classes = {key: BoxClass(name=name) for key, name in ((1, "with_mask"), (2, "without_mask"), (3, "veil"))}
    first, second, unused = class_rows(table, classes)
    assert (first.box_class.name, first.boxes, first.images, first.share) == ("with_mask", 3, 2, 0.75)
    assert (second.boxes, second.images, second.is_rare) == (1, 1, False)
    assert (unused.boxes, unused.share, unused.is_rare) == (0, 0, True)


def test_sizes_are_the_longer_side_at_the_net_size():
    # On a picture of 832 all is halved: 15 wide is 7.5, 16 is 8; 800 of 416 cannot be, 416 counts for the last row.
    wide = (832, 400)
    table = box_table([row(0, 0, 15, 1, size=wide), row(0, 0, 1, 16, size=wide), row(0, 0, 416, 10)])
    counts = {(each.low, each.high): each.boxes for each in size_rows(table)}
    assert counts == {(0, 8): 1, (8, 16): 1, (16, 32): 0, (32, 64): 0, (64, 128): 0, (128, 416): 1}
    assert size_rows(table)[0].share == pytest.approx(1 / 3)


def test_boxes_far_from_the_usual_shape_or_over_all_of_the_picture_are_outlying():
    usual = [row(0, 0, 10, 10)] * 5
    table = box_table([*usual, row(0, 0, 29, 10), row(0, 0, 31, 10), row(0, 0, 10, 31), row(0, 0, 416, 400)])
    assert outlying(table).tolist() == [False] * 6 + [True, True, True]


def test_boxes_of_two_classes_on_one_thing_overlap():
    # 10 x 10 and 10 x 8 inside it: IoU 0.8. With 10 x 5: 0.5.
    table = box_table(
        [
            row(0, 0, 10, 10),
            row(50, 50, 60, 60),
            row(0, 0, 10, 8, label=2),
            row(0, 0, 10, 10, image=2),
            row(0, 0, 10, 5, image=2, label=2),
            row(0, 0, 10, 10, image=3),
            row(0, 0, 10, 10, image=3),
            row(0, 0, 10, 10, image=4, label=2),
        ]
    )
    assert np.flatnonzero(overlapping(table)).tolist() == [0, 2]


def test_boxes_of_one_class_on_one_thing_are_drawn_twice():
    # 10 x 10 and 10 x 9 inside it: IoU 0.9. With 10 x 7: 0.7.
    table = box_table(
        [
            row(0, 0, 10, 10),
            row(50, 50, 60, 60),
            row(0, 0, 10, 9),
            row(50, 50, 60, 60, label=2),
            row(0, 0, 10, 10, image=2),
            row(0, 0, 10, 7, image=2),
            row(0, 0, 10, 10, image=3),
        ]
    )
    assert np.flatnonzero(drawn_twice(table)).tolist() == [0, 2]


def test_near_duplicates_stand_side_by_side():
    rows = [(1, "a", "0" * 16), (2, "b", "f" * 16), (3, "c", "0" * 15 + "1"), (4, "b", "f" * 16), (5, "e", "0f" * 8)]
    assert sorted(alike(rows)) == [1, 2, 3, 4]
    found = alike(rows)
    assert {frozenset(found[:2]), frozenset(found[2:])} == {frozenset({1, 3}), frozenset({2, 4})}


@pytest.mark.parametrize("look", [drawn_twice, outlying, overlapping])
def test_no_boxes_are_no_trouble(look):
    assert look(box_table([])).tolist() == []
    assert sum(each.boxes for each in size_rows(box_table([]))) == 0


@pytest.mark.django_db
def test_a_dataset_is_looked_at_in_the_same_queries_whatever_its_size(django_assert_num_queries):
    records = [record(f"{i}.jpg", [bbox("face", 2, 2, 9, 9)]) for i in range(5)] + [record("none.jpg")]
    pictures = {f"{i}.jpg": jpeg(seed=i) for i in range(5)} | {"none.jpg": jpeg(seed=9)}
    dataset = import_here(records, pictures).dataset
    with django_assert_num_queries(4):  # images; classes; boxes; likely errors
        health = dataset_health(dataset)
    assert (health.images, health.boxes) == (6, 5)
    assert health.findings[Finding.NEGATIVE] == (Image.objects.get(external_id="none.jpg").pk,)
    assert health.findings[Finding.ALIKE] == ()


@pytest.mark.django_db
def test_pending_and_unlabelled_pictures_do_not_count(masks):
    Image.objects.filter(external_id="b.jpg").update(labelled=False)
    health = dataset_health(masks)
    assert (health.images, health.boxes, health.findings[Finding.NEGATIVE]) == (1, 2, ())
