"""The history of boxes in the administration: all of it to be seen, none of it to be changed."""

import pytest

from labelling.models import Box, BoxChange, Image
from labelling.services import box_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(masks, carol) -> BoxChange:
    """A face that was moved from (2, 3, 12, 15) to (0, 0, 5.5, 5)."""
    face = Box.objects.get(image__external_id="a.jpg", box_class__name="with_mask")
    box_update(box_id=face.pk, revision=1, by=carol, source=BoxChange.Source.EDITOR, xyxy=(0, 0, 5.5, 5))
    return BoxChange.objects.get()


def test_a_change_is_listed_with_what_was_before_and_what_after(manager, change, django_assert_max_num_queries):
    address = "/admin/labelling/boxchange/?q=carol"
    with django_assert_max_num_queries(40) as few:
        page = manager.get(address).content.decode()
    assert "with_mask 2, 3, 12, 15" in page
    assert "with_mask 0, 0, 5.5, 5" in page
    for _ in range(5):
        change.pk = None
        change.save()
    with django_assert_max_num_queries(len(few)):
        assert manager.get(address).content.decode().count("with_mask 2, 3, 12, 15") == 6


def test_nobody_changes_or_deletes_it(manager, change):
    address = f"/admin/labelling/boxchange/{change.pk}"
    assert manager.get(f"{address}/change/").status_code == 200
    assert manager.post(f"{address}/change/", {"kind": "deleted"}).status_code == 403
    assert manager.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert manager.get("/admin/labelling/boxchange/add/").status_code == 403


def test_the_page_of_an_image_shows_its_newest_changes(manager, change):
    page = manager.get(f"/admin/labelling/image/{change.image_id}/change/").content.decode()
    assert "with_mask 2, 3, 12, 15" in page
    all_of_them = f"/admin/labelling/boxchange/?image__id__exact={change.image_id}"
    assert all_of_them in page
    assert "with_mask 2, 3, 12, 15" in manager.get(all_of_them).content.decode()
    untouched = Image.objects.get(external_id="b.jpg")
    assert "boxchange/?image" not in manager.get(f"/admin/labelling/image/{untouched.pk}/change/").content.decode()


def test_an_image_goes_with_its_history(manager, change):
    manager.post(f"/admin/labelling/image/{change.image_id}/delete/", {"post": "yes"})
    assert not Image.objects.filter(pk=change.image_id).exists()
    assert not BoxChange.objects.exists()
