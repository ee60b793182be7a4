"""Versions held against each other."""

import pytest

from labelling.models import Box
from labelling.versions import version_create
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db


def compared(client, dataset, query=""):
    return client.get(f"/datasets/{dataset.pk}/versions/compare/{query}")


def test_two_versions_are_compared(client, masks, carol):
    version_create(dataset=masks, by=carol)
    Box.objects.filter(box_class__name="deer").delete()
    import_here([record("new.jpg", [bbox("With mask", 1, 1, 9, 9)])], {"new.jpg": jpeg(seed=7)}, dataset=masks)
    version_create(dataset=masks, by=carol)
    client.force_login(carol)
    answer = compared(client, masks, "?old=1&new=2")
    difference = answer.context["difference"]
    assert [(each.external_id, each.kind) for each in difference.images if each.kind == "added" or each.boxes] == [
        ("a.jpg", "changed"),
        ("new.jpg", "added"),
    ]
    assert (difference.boxes.added, difference.boxes.removed, difference.classes_removed) == (1, 1, ("deer",))
    assert "Class gone: deer" in answer.content.decode()


def test_without_choice_it_is_what_changed_since_the_newest_version(client, masks, carol):
    version_create(dataset=masks, by=carol)
    client.force_login(carol)
    Box.objects.filter(box_class__name="deer").update(x_max=26)
    difference = compared(client, masks).context["difference"]
    assert (difference.boxes.changed, difference.boxes.added, difference.boxes.removed) == (1, 0, 0)


def test_equal_versions_have_one_content_hash(client, masks, carol):
    version_create(dataset=masks, by=carol)
    version_create(dataset=masks, by=carol)
    client.force_login(carol)
    assert "the same content hash" in compared(client, masks, "?old=1&new=2").content.decode()


def test_without_versions_the_page_tells_what_to_do(client, masks, carol):
    client.force_login(carol)
    assert "No version yet" in compared(client, masks).content.decode()


def test_a_version_that_is_not_there_is_told(client, masks, carol):
    version_create(dataset=masks, by=carol)
    client.force_login(carol)
    answer = compared(client, masks, "?old=9")
    assert (answer.status_code, "old" in answer.context["form"].errors) == (200, True)


def test_the_queries_do_not_grow_with_the_images(client, masks, carol, django_assert_num_queries):
    version_create(dataset=masks, by=carol)
    records = [record(f"{i}.jpg", [bbox("face", 2, 2, 9, 9)]) for i in range(5)]
    import_here(records, {f"{i}.jpg": jpeg(seed=20 + i) for i in range(5)}, dataset=masks)
    version_create(dataset=masks, by=carol)
    client.force_login(carol)
    # Session, person; dataset; newest version; the two chosen; keys and a portion of each; three for the form.
    for query in ("?old=1&new=1", "?old=1&new=2"):
        with django_assert_num_queries(13):
            compared(client, masks, query)
