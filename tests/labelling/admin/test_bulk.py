"""Many rows chosen in the administration are changed by a job."""

import pytest

from labelling.models import BoxClass, BulkChange, ClassAlias, Image
from labelling.services import bulk, class_rename
from tests.labelling.admin.conftest import act

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """One image and one box are many."""
    monkeypatch.setattr(bulk, "MOST_IMAGES", 0)
    monkeypatch.setattr(bulk, "MOST_BOXES", 0)
    monkeypatch.setattr("labelling.admin.images.MOST_IMAGES", 0)


def keys() -> list[int]:
    return list(Image.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("action", "answers", "what"),
    [
        ("mark_unlabelled", {}, ("mark", {"labelled": False})),
        ("mark_labelled", {}, ("mark", {"labelled": True})),
        ("put_into_split", {"split": "test"}, ("fix_split", {"split": "test"})),
        ("delete_selected", {"sure": "yes"}, ("delete", {})),
    ],
)
def test_a_job_changes_many_images(manager, masks, action, answers, what):
    answer = act(manager, "image", action, keys(), **answers)
    row = BulkChange.objects.get()
    assert answer.redirect_chain == [(f"/datasets/bulk/{row.pk}/", 302)]
    assert (row.action, row.parameters, row.image_keys) == (*what, keys())


def test_it_asks_before_it_deletes(manager, masks):
    assert "This cannot be undone." in act(manager, "image", "delete_selected", keys()).content.decode()
    assert not BulkChange.objects.exists()


def test_those_who_may_only_label_delete_nothing(annotator, masks):
    act(annotator, "image", "delete_selected", keys(), sure="yes")
    assert (BulkChange.objects.count(), Image.objects.count()) == (0, 3)


def test_a_job_merges_classes_of_many_boxes(manager, masks):
    deer, into = BoxClass.objects.get(name="deer").pk, BoxClass.objects.get(name="with_mask").pk
    answer = act(manager, "boxclass", "merge", [deer], into=into)
    row = BulkChange.objects.get()
    assert answer.redirect_chain == [(f"/datasets/bulk/{row.pk}/", 302)]
    assert row.parameters == {"sources": [deer], "into": into, "names": ["deer"], "into_name": "with_mask"}
    assert row.job.title == f"{masks} · Merge deer into with_mask"
    assert "Merge deer into with_mask" in manager.get(f"/datasets/bulk/{row.pk}/").content.decode()
    assert "Merge classes" in manager.get("/admin/labelling/bulkchange/").content.decode()
    assert manager.get(f"/admin/labelling/bulkchange/{row.pk}/change/").status_code == 200


def test_former_names_are_listed_and_forgotten(manager, masks, carol):
    class_rename(box_class=BoxClass.objects.get(name="deer"), name="roe", by=carol)
    alias = ClassAlias.objects.get()
    assert "roe" in manager.get("/admin/labelling/classalias/?q=deer").content.decode()
    manager.post(f"/admin/labelling/classalias/{alias.pk}/delete/", {"post": "yes"})
    assert not ClassAlias.objects.exists()
