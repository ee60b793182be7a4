"""Imports know classes by the names they had before they were renamed or merged."""

import pytest

from accounts.models import AuditEntry
from labelling.class_aliases import former_names
from labelling.models import Box, BoxClass, ClassAlias, LabelImport
from labelling.services import boxes_delete, class_alias_forget, class_rename, classes_merge
from labelling.services.imports import import_again, import_create
from labelling.summaries import remembered_class_map
from tests.labelling.conftest import RECORDS
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db


def rename(name: str, to: str, by) -> BoxClass:
    return class_rename(box_class=BoxClass.objects.get(name=name), name=to, by=by)


def merge(name: str, into: str, by) -> None:
    classes_merge(sources=BoxClass.objects.filter(name=name), into=BoxClass.objects.get(name=into), by=by)


def names() -> set[str]:
    return set(BoxClass.objects.values_list("name", flat=True))


def boxes_of(external_id: str) -> list[str]:
    return list(Box.objects.filter(image__external_id=external_id).values_list("box_class__name", flat=True))


def import_one(title: str, **others) -> LabelImport:
    return import_here([record("new.jpg", [bbox(title, 1, 1, 9, 9)])], {"new.jpg": jpeg(seed=8)}, **others)


@pytest.mark.parametrize("spelling", ["deer", " Deer "])
def test_a_renamed_class_gets_the_boxes_of_its_old_name(masks, carol, spelling):
    rename("deer", "roe", carol)
    row = import_one(spelling)
    assert boxes_of("new.jpg") == ["roe"]
    assert row.class_names == {spelling.strip(): "roe"}
    assert names() == {"with_mask", "without_mask", "roe"}


def test_a_merged_class_gets_them_too_even_by_another_name_for_it(masks, carol):
    """`no mask` is known to mean without_mask, which is part of deer now."""
    merge("without_mask", "deer", carol)
    import_one("no mask")
    assert boxes_of("new.jpg") == ["deer"]


def test_names_follow_from_one_merge_to_the_next(masks, carol):
    rename("deer", "roe", carol)
    merge("roe", "without_mask", carol)
    rename("without_mask", "bare", carol)
    assert former_names(masks) == {"deer": "bare", "roe": "bare", "without_mask": "bare"}


def test_a_name_that_a_class_has_again_is_its_own(masks, carol):
    rename("deer", "roe", carol)
    rename("roe", "deer", carol)
    assert former_names(masks) == {"roe": "deer"}
    rename("without_mask", "roe", carol)
    assert former_names(masks) == {"without_mask": "roe"}


def test_the_same_export_again_brings_no_box_back(masks, carol):
    rename("deer", "roe", carol)
    merge("without_mask", "with_mask", carol)
    boxes = set(Box.objects.values_list("pk", "box_class__name"))
    row = import_here(RECORDS)
    assert set(Box.objects.values_list("pk", "box_class__name")) == boxes
    assert row.report["changes"] == {"added": 0, "updated": 0, "kept": 0}


def test_a_newer_export_updates_what_was_merged_or_renamed_and_no_person_touched(masks, carol):
    merge("deer", "with_mask", carol)
    rename("without_mask", "bare", carol)
    boxes_delete(boxes=Box.objects.filter(image__external_id="c.jpg"), by=carol)
    newer = {
        "a.jpg": [bbox("With mask", 2, 3, 10, 12), bbox("deer", 1, 1, 6, 6)],
        "b.jpg": [bbox("no mask", 4, 4, 8, 8)],
        "c.jpg": [bbox("no mask", 3, 3, 9, 9)],
    }
    row = import_here([record(name, objects) for name, objects in newer.items()])
    assert [(box.box_class.name, box.xyxy) for box in Box.objects.all()] == [
        ("with_mask", (2, 3, 12, 15)),
        ("with_mask", (1, 1, 7, 7)),
        ("bare", (4, 4, 12, 12)),
    ]
    assert row.report["changes"] == {"added": 0, "updated": 2, "kept": 1}
    assert names() == {"with_mask", "bare"}


def test_after_a_merge_an_export_that_is_less_exact_changes_no_box(masks, carol):
    merge("deer", "with_mask", carol)
    before = set(Box.objects.values_list("pk", "x_min"))
    import_here([record("a.jpg", [bbox("With mask", 2.0002, 3, 10, 12), bbox("deer", 20, 5.0001, 5, 5)])])
    assert set(Box.objects.values_list("pk", "x_min")) == before


def test_a_person_may_give_the_old_name_to_a_class_of_its_own(masks, carol):
    rename("deer", "roe", carol)
    import_one("deer", class_map={"deer": "deer"})
    assert boxes_of("new.jpg") == ["deer"]
    assert former_names(masks) == {}


def test_the_mapping_that_is_remembered_follows(masks, carol):
    import_one("elk", class_map={"elk": "deer"})
    rename("deer", "roe", carol)
    assert remembered_class_map(masks) == "elk = roe"
    import_create(dataset=masks, export=LabelImport.objects.last().export, by=carol)
    earlier = LabelImport.objects.get(class_map={"elk": "deer"})
    from django.core.files.base import ContentFile

    again = import_again(earlier=earlier, pictures=ContentFile(b"PK", name="pictures.zip"), by=carol)
    assert again.class_map == {"elk": "roe"}


def test_a_name_that_was_forgotten_makes_a_class_of_its_own(masks, carol):
    rename("deer", "roe", carol)
    class_alias_forget(alias=ClassAlias.objects.get(), by=carol)
    assert AuditEntry.objects.get(action="class_alias_forget").detail == {"name": "deer"}
    import_one("deer")
    assert boxes_of("new.jpg") == ["deer"]


def test_what_is_looked_at_first_shows_where_the_old_name_goes(client, masks, carol):
    rename("deer", "roe", carol)
    client.force_login(carol)
    row = import_one("deer")
    LabelImport.objects.filter(pk=row.pk).update(dry_run=True)
    page = client.get(f"/datasets/imports/{row.pk}/").content.decode()
    assert 'value="roe"' in page
    assert "A class was called so before it was renamed or merged." in page
