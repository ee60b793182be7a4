"""Boxes that several people work on: who wins, who is told, and what is on record."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import AuditEntry
from labelling.models import Box, BoxChange, BoxClass, Image, Opinion
from labelling.services import (
    BoxConflict,
    box_change,
    box_create,
    box_remove,
    box_update,
    boxes_delete,
    dataset_create,
    image_mark,
)
from tests.detection.makers import make_release

pytestmark = pytest.mark.django_db

EDITOR = BoxChange.Source.EDITOR


@pytest.fixture
def picture(masks) -> Image:
    """40 x 30 pixels, with a box of with_mask at (2, 3, 12, 15) and a deer."""
    return Image.objects.get(external_id="a.jpg")


@pytest.fixture
def face(picture) -> Box:
    return picture.boxes.get(box_class__name="with_mask")


@pytest.fixture
def deer(picture) -> BoxClass:
    return BoxClass.objects.get(name="deer")


def history(**wanted) -> list[tuple]:
    rows = BoxChange.objects.filter(**wanted).order_by("pk")
    return [(row.kind, row.source, row.before, row.after) for row in rows]


def said(name: str, *xyxy: float) -> dict:
    return {"class": name, "xyxy": list(xyxy)}


def test_a_box_is_drawn_on_record(picture, deer, carol):
    before = timezone.now()
    box = box_create(image=picture, box_class=deer, xyxy=(0, 0, 40, 30), by=carol, source=EDITOR)
    assert Box.objects.get(pk=box.pk).xyxy == (0, 0, 40, 30)
    assert history() == [("created", "editor", None, said("deer", 0, 0, 40, 30))]
    kept = BoxChange.objects.get()
    assert (kept.by, kept.image, kept.box_key) == (carol, picture, box.pk)
    picture.refresh_from_db()
    assert (picture.revision, box.image.revision) == (1, 1)
    assert picture.edited_at >= before


def test_a_box_is_moved_and_renamed_on_record(face, deer, carol):
    saved = box_update(box_id=face.pk, revision=1, by=carol, source=EDITOR, box_class=deer, xyxy=(1, 2, 3, 4))
    assert (saved.revision, saved.image.revision) == (2, 1)
    face.refresh_from_db()
    assert (face.xyxy, face.box_class, face.revision) == ((1, 2, 3, 4), deer, 2)
    assert history() == [("changed", "editor", said("with_mask", 2, 3, 12, 15), said("deer", 1, 2, 3, 4))]


def test_of_two_who_hold_one_revision_the_second_is_told_and_nothing_is_lost(face, deer, carol, alice):
    box_update(box_id=face.pk, revision=1, by=carol, source=EDITOR, xyxy=(1, 1, 9, 9))
    with pytest.raises(BoxConflict) as refused:
        box_update(box_id=face.pk, revision=1, by=alice, source=EDITOR, box_class=deer)
    current = refused.value.current
    assert (current.xyxy, current.box_class.name, current.revision) == ((1, 1, 9, 9), "with_mask", 2)
    saved = box_update(box_id=face.pk, revision=current.revision, by=alice, source=EDITOR, box_class=deer)
    assert (saved.xyxy, saved.box_class) == ((1, 1, 9, 9), deer)
    assert len(history()) == 2


def test_a_box_that_was_changed_meanwhile_is_not_deleted(face, carol, alice):
    box_update(box_id=face.pk, revision=1, by=carol, source=EDITOR, xyxy=(1, 1, 9, 9))
    with pytest.raises(BoxConflict) as refused:
        box_remove(box_id=face.pk, revision=1, by=alice, source=EDITOR)
    assert refused.value.current == face
    assert Box.objects.filter(pk=face.pk).exists()
    assert len(history()) == 1


@pytest.mark.parametrize("late", [box_update, box_remove])
def test_a_box_that_was_deleted_meanwhile_is_none(face, carol, alice, late):
    image = box_remove(box_id=face.pk, revision=1, by=carol, source=EDITOR)
    assert image.revision == 1
    assert history() == [("deleted", "editor", said("with_mask", 2, 3, 12, 15), None)]
    with pytest.raises(BoxConflict) as refused:
        late(box_id=face.pk, revision=1, by=alice, source=EDITOR)
    assert refused.value.current is None


def test_what_changes_nothing_is_not_on_record(face, carol):
    saved = box_update(box_id=face.pk, revision=1, by=carol, source=EDITOR, xyxy=face.xyxy)
    face.refresh_from_db()
    assert (saved.revision, face.revision, saved.image.revision, history()) == (1, 1, 0, [])


INFINITE, NO_NUMBER = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("xyxy", "sentence"),
    [
        ((0, 0, 40.5, 30), "40 x 30"),
        ((0, 0, 40, 31), "40 x 30"),
        ((-1, 0, 40, 30), "40 x 30"),
        ((0, -0.5, 40, 30), "40 x 30"),
        ((5, 5, 5, 9), "no area"),
        ((5, 9, 9, 5), "no area"),
        ((0, 0, INFINITE, 9), "finite"),
        ((0, NO_NUMBER, 9, 9), "finite"),
    ],
)
def test_a_box_is_inside_its_picture_and_has_an_area(face, picture, deer, carol, xyxy, sentence):
    with pytest.raises(ValidationError, match=sentence):
        box_create(image=picture, box_class=deer, xyxy=xyxy, by=carol, source=EDITOR)
    with pytest.raises(ValidationError, match=sentence):
        box_update(box_id=face.pk, revision=1, by=carol, source=EDITOR, xyxy=xyxy)
    face.refresh_from_db()
    assert (face.xyxy, face.revision, history()) == ((2, 3, 12, 15), 1, [])


def test_a_box_takes_no_class_of_another_dataset(face, picture, carol):
    other = BoxClass.objects.create(dataset=dataset_create(name="other", by=carol), name="car")
    with pytest.raises(ValidationError, match="another dataset"):
        box_create(image=picture, box_class=other, xyxy=(0, 0, 5, 5), by=carol, source=EDITOR)
    with pytest.raises(ValidationError, match="another dataset"):
        box_update(box_id=face.pk, revision=1, by=carol, source=EDITOR, box_class=other)


def test_in_a_picture_that_has_not_come_boxes_are_renamed_and_deleted_but_not_placed(masks, deer, carol):
    pending = Image.objects.get(external_id="c.jpg")
    box = pending.boxes.get()
    with pytest.raises(ValidationError, match="has not come yet"):
        box_create(image=pending, box_class=deer, xyxy=(0, 0, 5, 5), by=carol, source=EDITOR)
    with pytest.raises(ValidationError, match="has not come yet"):
        box_update(box_id=box.pk, revision=1, by=carol, source=EDITOR, xyxy=(0, 0, 5, 5))
    saved = box_update(box_id=box.pk, revision=1, by=carol, source=EDITOR, box_class=deer)
    assert (saved.box_class, saved.xyxy, saved.revision) == (deer, (2, 3, 12, 15), 2)
    assert box_remove(box_id=box.pk, revision=2, by=carol, source=EDITOR).revision == 2


def test_the_administration_changes_a_box_on_record(face, carol):
    face.x_max = 40
    assert box_change(box=face, by=carol).revision == 2
    assert history() == [("changed", "admin", said("with_mask", 2, 3, 12, 15), said("with_mask", 2, 3, 40, 15))]
    face.x_max = 30
    with pytest.raises(BoxConflict):
        box_change(box=face, by=carol)


def test_boxes_are_deleted_on_record_and_their_images_count_as_edited(masks, carol):
    assert boxes_delete(boxes=Box.objects.all(), by=carol) == 3
    assert [kind for kind, *_ in history(source="admin", by=carol)] == ["deleted"] * 3
    assert not Box.objects.exists()
    revisions = {image.external_id: (image.revision, image.edited_at is not None) for image in Image.objects.all()}
    assert revisions == {"a.jpg": (1, True), "b.jpg": (0, False), "c.jpg": (1, True)}


def test_the_history_takes_the_place_of_the_audit(face, carol):
    before = AuditEntry.objects.count()
    box_change(box=face, by=carol)
    boxes_delete(boxes=Box.objects.all(), by=carol)
    assert AuditEntry.objects.count() == before


def test_a_new_box_never_gets_the_key_of_one_that_was_deleted(picture, deer, carol):
    newest = box_create(image=picture, box_class=deer, xyxy=(0, 0, 5, 5), by=carol, source=EDITOR)
    key = newest.pk
    box_remove(box_id=key, revision=1, by=carol, source=EDITOR)
    again = box_create(image=picture, box_class=deer, xyxy=(0, 0, 5, 5), by=carol, source=EDITOR)
    assert again.pk > key


def test_what_a_release_says_of_the_labels_follows_each_change(picture, face, carol):
    """It sees the face with score 0.9: without its box it is missing, with strength 2 x 0.9 - 1."""
    elsewhere = Image.objects.get(external_id="b.jpg")
    box_create(image=elsewhere, box_class=face.box_class, xyxy=(0, 0, 9, 9), by=carol, source=EDITOR)
    seen = ["with_mask", 0.9, *face.xyxy]
    opinion = Opinion.objects.create(image=picture, release=make_release(), detections=[seen])
    box_remove(box_id=face.pk, revision=1, by=carol, source=EDITOR)
    opinion.refresh_from_db()
    assert opinion.disagreement == pytest.approx(0.8)
    image_mark(image=Image.objects.get(pk=picture.pk), labelled=False, by=carol)
    opinion.refresh_from_db()
    assert opinion.disagreement == 0
    image_mark(image=Image.objects.get(pk=picture.pk), labelled=True, by=carol)
    box_create(image=picture, box_class=face.box_class, xyxy=(2, 3, 12, 15), by=carol, source=EDITOR)
    opinion.refresh_from_db()
    assert opinion.disagreement == 0
