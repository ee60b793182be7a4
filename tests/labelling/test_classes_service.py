"""Classes get other names and are merged; every box keeps its record."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from labelling import pace
from labelling.models import Box, BoxChange, BoxClass, Image, PreLabel, Proposal
from labelling.services import box_update, class_rename, classes, classes_merge, dataset_create
from labelling.versions import version_create
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db


def named(name: str) -> BoxClass:
    return BoxClass.objects.get(name=name)


def merge(*names: str, into: str, by) -> int:
    return classes_merge(sources=BoxClass.objects.filter(name__in=names), into=named(into), by=by)


def test_boxes_change_class_and_say_what_they_were(masks, carol):
    box = Box.objects.get(box_class__name="deer")
    revision = box.image.revision
    assert merge("deer", into="with_mask", by=carol) == 1
    box.refresh_from_db()
    assert (box.box_class.name, box.revision, box.image.revision) == ("with_mask", 2, revision + 1)
    change = BoxChange.objects.get(source=BoxChange.Source.CLASS_MERGE)
    assert (change.kind, change.by, change.box_key) == ("changed", carol, box.pk)
    assert change.before == {"class": "deer", "xyxy": [20, 5, 25, 10]}
    assert change.after == {"class": "with_mask", "xyxy": [20, 5, 25, 10]}
    assert AuditEntry.objects.get(action="classes_merge").detail == {
        "merged": ["deer"],
        "into": "with_mask",
        "boxes": 1,
    }


def test_only_what_a_person_corrected_counts_as_edited_after_a_merge(masks, carol):
    corrected = Box.objects.get(box_class__name="with_mask")
    box_update(box_id=corrected.pk, revision=1, by=carol, source=BoxChange.Source.EDITOR, xyxy=(2, 3, 9, 9))
    edited_at = Image.objects.get(external_id="a.jpg").edited_at
    assert edited_at is not None
    assert merge("deer", "without_mask", into="with_mask", by=carol) == 2
    edited = dict(Image.objects.values_list("external_id", "edited_at"))
    assert edited == {"a.jpg": edited_at, "b.jpg": None, "c.jpg": None}


def test_more_boxes_than_a_portion_are_moved(masks, carol, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(pace, "MOST", 2)
    image = Image.objects.get(external_id="a.jpg")
    deer = named("deer")
    Box.objects.bulk_create(Box(image=image, box_class=deer, x_min=i, y_min=0, x_max=i + 1, y_max=1) for i in range(6))
    assert merge("deer", into="with_mask", by=carol) == 7
    assert BoxChange.objects.filter(source=BoxChange.Source.CLASS_MERGE).count() == 7
    assert not BoxClass.objects.filter(name="deer").exists()


def test_proposals_move_too(masks, carol, tiny_release):
    prelabel = PreLabel.objects.create(dataset=masks, release=tiny_release)
    image = Image.objects.get(external_id="a.jpg")
    edges = {"x_min": 1, "y_min": 1, "x_max": 5, "y_max": 5, "score": 0.9}
    Proposal.objects.create(image=image, prelabel=prelabel, box_class=named("deer"), **edges)
    merge("deer", into="with_mask", by=carol)
    assert Proposal.objects.get().box_class == named("with_mask")


def test_frozen_versions_keep_their_classes(masks, carol):
    version = version_create(dataset=masks, by=carol)
    before = (version.classes, version.content_sha256, list(version.images.values_list("boxes", flat=True)))
    merge("deer", into="with_mask", by=carol)
    version.refresh_from_db()
    assert before == (version.classes, version.content_sha256, list(version.images.values_list("boxes", flat=True)))


def test_broken_off_it_has_lost_nothing_and_is_finished_by_a_second_try(masks, carol, monkeypatch):
    def broken(*_others):
        raise OSError("the power went")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="power"):
        patched.setattr(classes, "_classes_deleted", broken)
        merge("deer", into="with_mask", by=carol)
    assert named("deer").boxes.count() == 0
    assert Box.objects.count() == 3
    assert merge("deer", into="with_mask", by=carol) == 0
    assert not BoxClass.objects.filter(name="deer").exists()


def test_a_class_that_is_drawn_meanwhile_is_moved_as_well(masks, carol, monkeypatch):
    image, deer = Image.objects.get(external_id="a.jpg"), named("deer")
    moved, once = classes._boxes_moved, []

    def moved_and_drawn(*given):
        count = moved(*given)
        if not once:
            once.append(Box.objects.create(image=image, box_class=deer, x_min=0, y_min=0, x_max=2, y_max=2))
        return count

    monkeypatch.setattr(classes, "_boxes_moved", moved_and_drawn)
    assert merge("deer", into="with_mask", by=carol) == 2
    assert Box.objects.get(pk=once[0].pk).box_class.name == "with_mask"


def test_what_cannot_be_merged_is_refused(masks, carol):
    other = dataset_create(name="other", by=None)
    import_here([record("z.jpg", [bbox("face", 1, 1, 9, 9)])], {"z.jpg": jpeg(seed=3)}, dataset=other)
    with pytest.raises(ValidationError, match="of one dataset"):
        merge("face", into="deer", by=carol)
    with pytest.raises(ValidationError, match="into itself"):
        merge("deer", into="deer", by=carol)
    assert BoxClass.objects.count() == 4


def test_a_class_is_renamed_and_a_frozen_version_is_not(masks, carol):
    version = version_create(dataset=masks, by=carol)
    class_rename(box_class=named("deer"), name="  roe deer ", by=carol)
    assert Box.objects.filter(box_class__name="roe deer").count() == 1
    version.refresh_from_db()
    assert version.classes == ["with_mask", "deer"]
    assert AuditEntry.objects.get(action="class_rename").detail == {"before": "deer", "after": "roe deer"}


@pytest.mark.parametrize(("name", "why"), [("with_mask", "merge the two"), ("  ", "blank"), ("x" * 101, "at most 100")])
def test_a_name_that_cannot_be_is_refused(masks, carol, name, why):
    with pytest.raises(ValidationError, match=why):
        class_rename(box_class=named("deer"), name=name, by=carol)
    assert BoxClass.objects.filter(name="deer").exists()
