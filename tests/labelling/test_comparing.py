"""What is different between two versions of a dataset."""

import pytest

from labelling.comparing import BoxDifference, box_difference, compare
from labelling.formats.content import ExportBox, content_of
from labelling.models import Box, Split
from labelling.versions import version_create
from tests.labelling.formats.makers import content, image

BOX = ("with_mask", (0.0, 0.0, 10.0, 10.0))


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ([], [], BoxDifference()),
        ([BOX], [BOX], BoxDifference()),
        ([], [BOX], BoxDifference(added=1)),
        ([BOX, BOX], [BOX], BoxDifference(removed=1)),
        ([BOX], [("without_mask", BOX[1])], BoxDifference(changed=1)),
        ([BOX], [("with_mask", (0, 0, 10, 5.0))], BoxDifference(changed=1)),  # IoU 50 / 100
        ([BOX], [("with_mask", (0, 0, 10, 4.9))], BoxDifference(added=1, removed=1)),
        ([BOX], [("a", (0, 0, 10, 9)), ("b", (0, 0, 10, 8))], BoxDifference(added=1, changed=1)),
        ([BOX], [BOX, ("without_mask", BOX[1])], BoxDifference(added=1)),
    ],
)
def test_boxes_come_go_or_are_changed(old, new, difference):
    assert box_difference(old, new) == difference


def test_images_come_go_or_are_changed():
    box = ExportBox(0, (0, 0, 10, 10))
    old = content(image("same.jpg", [box], key=1), image("gone.jpg", [box, box], key=2), image("drawn.jpg", key=3))
    new = content(image("same.jpg", [box], key=1), image("drawn.jpg", [box], key=3), image("come.jpg", [box], key=4))
    difference = compare(old, new)
    assert [(each.external_id, each.kind) for each in difference.images] == [
        ("come.jpg", "added"),
        ("drawn.jpg", "changed"),
        ("gone.jpg", "removed"),
    ]
    assert [difference.count(kind) for kind in ("added", "removed", "changed")] == [1, 1, 1]
    assert difference.boxes == BoxDifference(added=2, removed=2)


def test_an_image_in_another_part_of_the_split_is_told_and_has_not_changed():
    difference = compare(content(image(split=Split.TRAIN)), content(image(split=Split.TEST)))
    (row,) = difference.images
    assert (row.is_moved, row.old_split, row.new_split) == (True, Split.TRAIN, Split.TEST)
    assert (difference.moved, difference.count("changed")) == (1, 0)


def test_classes_are_held_against_each_other_by_name():
    # The same box, though its class has another index.
    old = content(image(boxes=[ExportBox(0, (0, 0, 9, 9))]), classes=["with_mask", "veil"])
    new = content(image(boxes=[ExportBox(1, (0, 0, 9, 9))]), classes=["hat", "with_mask"])
    difference = compare(old, new)
    assert (difference.images, difference.classes_added, difference.classes_removed) == ((), ("hat",), ("veil",))


@pytest.mark.django_db
def test_rounding_alone_is_no_difference(masks):
    box = Box.objects.filter(image__external_id="a.jpg").first()
    Box.objects.filter(pk=box.pk).update(x_min=2.00049)
    version = version_create(dataset=masks, by=None)
    assert compare(content_of(masks, version), content_of(masks)).images == ()
