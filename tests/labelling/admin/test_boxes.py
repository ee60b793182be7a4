"""Boxes in the administration, by numbers."""

import pytest

from labelling.models import Box, BoxChange, BoxClass, Image
from labelling.services import box_update

pytestmark = pytest.mark.django_db


def values(box: Box, **others):
    return {"box_class": box.box_class_id, "x_min": 1, "y_min": 1, "x_max": 30, "y_max": 20, **others}


def test_a_box_is_drawn_by_the_service_and_put_on_record(annotator, masks):
    image = Image.objects.get(external_id="b.jpg")
    deer = BoxClass.objects.get(name="deer")
    data = {"image": image.pk, "box_class": deer.pk, "x_min": 1, "y_min": 2, "x_max": 11, "y_max": 12}
    annotator.post("/admin/labelling/box/add/", data)
    box = image.boxes.get()
    assert (box.xyxy, box.box_class) == ((1, 2, 11, 12), deer)
    change = BoxChange.objects.get(box_key=box.pk)
    assert (change.kind, change.source, change.by.username) == ("created", "admin", "ann")


def test_a_box_out_of_its_picture_is_not_drawn(manager, masks):
    image = Image.objects.get(external_id="b.jpg")
    data = {"image": image.pk, "box_class": BoxClass.objects.first().pk, "x_min": 1, "y_min": 2, "x_max": 41}
    page = manager.post("/admin/labelling/box/add/", {**data, "y_max": 9})
    assert "reaches out of its picture" in page.content.decode()
    assert not image.boxes.exists()


def test_nobody_overwrites_what_somebody_else_has_changed(manager, masks, carol):
    box = Box.objects.first()
    address = f"/admin/labelling/box/{box.pk}/change/"
    seen = manager.get(address).context["adminform"].form["seen_revision"].value()
    box_update(box_id=box.pk, revision=box.revision, by=carol, source=BoxChange.Source.EDITOR, xyxy=(0, 0, 5, 5))
    page = manager.post(address, values(box, seen_revision=seen))
    assert "Somebody else has changed this box" in page.content.decode()
    assert Box.objects.get(pk=box.pk).xyxy == (0, 0, 5, 5)
    manager.post(address, values(box, seen_revision=seen + 1))
    assert Box.objects.get(pk=box.pk).xyxy == (1, 1, 30, 20)


def test_the_classes_offered_are_named_with_their_dataset(manager, masks):
    assert "masks: deer" in manager.get("/admin/labelling/box/add/").content.decode()
