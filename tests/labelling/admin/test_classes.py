"""Classes in the administration: given another name, and merged."""

import pytest

from labelling.models import Box, BoxClass
from labelling.services import dataset_create
from tests.labelling.admin.conftest import act
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db


def key(name: str) -> int:
    return BoxClass.objects.get(name=name).pk


def test_classes_are_merged_after_asking(manager, masks):
    chosen = [key("deer"), key("without_mask")]
    asking = act(manager, "boxclass", "merge", chosen).content.decode()
    assert "put on record" in asking
    assert BoxClass.objects.count() == 3
    page = act(manager, "boxclass", "merge", chosen, into=key("with_mask")).content.decode()
    assert "2 boxes are now with_mask." in page
    assert list(BoxClass.objects.values_list("name", flat=True)) == ["with_mask"]
    assert Box.objects.filter(box_class__name="with_mask").count() == 3


def test_one_of_the_chosen_may_be_the_one_that_stays(manager, masks):
    act(manager, "boxclass", "merge", [key("deer"), key("with_mask")], into=key("with_mask"))
    assert set(BoxClass.objects.values_list("name", flat=True)) == {"with_mask", "without_mask"}


def test_a_class_chosen_alone_cannot_be_merged_into_itself(manager, masks):
    asking = act(manager, "boxclass", "merge", [key("deer")]).content.decode()
    assert f'<option value="{key("with_mask")}"' in asking
    assert f'<option value="{key("deer")}"' not in asking
    act(manager, "boxclass", "merge", [key("deer")], into=key("deer"))
    assert BoxClass.objects.count() == 3


def test_the_only_class_of_a_dataset_has_nothing_to_be_merged_into(manager):
    dataset = dataset_create(name="faces", by=None)
    import_here([record("z.jpg", [bbox("face", 1, 1, 9, 9)])], {"z.jpg": jpeg(seed=3)}, dataset=dataset)
    assert "no other class" in act(manager, "boxclass", "merge", [key("face")]).content.decode()


def test_classes_of_two_datasets_are_not_merged(manager, masks):
    other = dataset_create(name="other", by=None)
    import_here([record("z.jpg", [bbox("face", 1, 1, 9, 9)])], {"z.jpg": jpeg(seed=3)}, dataset=other)
    page = act(manager, "boxclass", "merge", [key("deer"), key("face")]).content.decode()
    assert "Only classes of one dataset" in page


def test_a_class_gets_another_name(manager, masks):
    manager.post(f"/admin/labelling/boxclass/{key('deer')}/change/", {"name": " roe "})
    assert BoxClass.objects.filter(name="roe", dataset=masks).exists()


def test_a_name_that_is_taken_is_refused_and_merging_offered(manager, masks):
    page = manager.post(f"/admin/labelling/boxclass/{key('deer')}/change/", {"name": "with_mask"}).content.decode()
    assert f'href="/admin/labelling/boxclass/?dataset__id__exact={masks.pk}"' in page
    assert BoxClass.objects.filter(name="deer").exists()
