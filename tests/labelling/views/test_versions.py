"""Versions held against each other."""

import pytest

from labelling.models import Box, Dataset, Image, Split
from labelling.services import dataset_create, splits
from labelling.versions import version_create
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def faces(db) -> Dataset:
    """Ten pictures of one face: eight to train on, one to validate with, one to test on."""
    records = [record(f"{i}.jpg", [bbox("face", 2, 2, 9, 9)]) for i in range(10)]
    return import_here(records, {f"{i}.jpg": jpeg(seed=50 + i) for i in range(10)}).dataset


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


def test_a_test_split_is_locked_from_the_page_which_says_so(client, faces, carol):
    version_create(dataset=faces, by=carol)
    client.force_login(carol)
    page = client.post(f"/datasets/{faces.pk}/versions/lock/", {"version": "1"}, follow=True).content.decode()
    assert "Test split locked to v1" in page
    assert "(carol," in " ".join(page.split())
    page = client.post(f"/datasets/{faces.pk}/versions/unlock/", follow=True).content.decode()
    assert "the next version deals it out anew" in page
    assert Dataset.objects.get().locked_test is None


def test_a_version_of_another_dataset_cannot_be_locked(client, faces, carol):
    version_create(dataset=faces, by=carol)
    other = dataset_create(name="other", by=None)
    client.force_login(carol)
    page = client.post(f"/datasets/{other.pk}/versions/lock/", {"version": "1"}, follow=True).content.decode()
    assert "not one of the available choices" in page
    assert not Dataset.objects.exclude(locked_test=None).exists()


def test_pictures_left_out_for_the_lock_are_told(client, faces, carol):
    frozen = version_create(dataset=faces, by=carol)
    splits.test_split_lock(version=frozen, by=carol)
    tested = frozen.images.get(split=Split.TEST).image
    seed = int(tested.external_id.removesuffix(".jpg"))
    import_here([record("twin.jpg", [bbox("face", 2, 2, 9, 9)])], {"twin.jpg": jpeg(seed=50 + seed)}, dataset=faces)
    client.force_login(carol)
    page = client.post(f"/datasets/{faces.pk}/versions/add/", {"seed": "0"}, follow=True).content.decode()
    assert "Version 2 is frozen. One picture was left out" in page


def test_comparing_tells_whether_both_test_on_the_same_pictures(client, faces, carol):
    first = version_create(dataset=faces, by=carol)
    client.force_login(carol)
    splits.test_split_lock(version=first, by=carol)
    faces.refresh_from_db()
    import_here([record("new.jpg", [bbox("face", 2, 2, 9, 9)])], {"new.jpg": jpeg(seed=99)}, dataset=faces)
    version_create(dataset=faces, by=carol)
    assert "Both test on the same pictures." in compared(client, faces, "?old=1&new=2").content.decode()
    splits.test_split_unlock(dataset=faces, by=carol)
    faces.refresh_from_db()
    Image.objects.filter(pk=first.images.get(split=Split.TEST).image_id).update(fixed_split=Split.TRAIN)
    Image.objects.filter(external_id="new.jpg").update(fixed_split=Split.TEST)
    version_create(dataset=faces, by=carol)
    difference = compared(client, faces, "?old=2&new=3").context["difference"]
    assert (difference.joined_test, difference.left_test) == (1, 1)
