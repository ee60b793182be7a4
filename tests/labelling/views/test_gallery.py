"""The gallery's page, and what is done with the images chosen in it."""

import pytest

from accounts.rights import Role
from labelling.models import BoxClass, Image
from labelling.services import dataset_create
from labelling.versions import version_create
from labelling.views import gallery as views
from tests.conftest import make_user
from tests.labelling.makers import bbox, import_here, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(db):
    """An annotator."""
    return make_user("ann", Role.ANNOTATOR)


def gallery(client, dataset, query=""):
    return client.get(f"/datasets/{dataset.pk}/images/{query}")


def names(answer) -> list[str]:
    return [image.external_id for image in answer.context["images"]]


def key(name: str) -> int:
    return Image.objects.get(external_id=name).pk


def do(client, dataset, action: str, *images: str, query="", **others):
    data = {"action": action, "images": [key(each) for each in images], **others}
    return client.post(f"/datasets/{dataset.pk}/images/do/{query}", data)


def test_the_address_holds_filters_and_order(client, masks, dan):
    client.force_login(dan)
    deer = BoxClass.objects.get(name="deer").pk
    assert names(gallery(client, masks)) == ["a.jpg", "b.jpg", "c.jpg"]
    assert names(gallery(client, masks, f"?box_class={deer}")) == ["a.jpg"]
    assert names(gallery(client, masks, "?state=negative")) == ["b.jpg"]
    assert names(gallery(client, masks, "?search=C.j")) == ["c.jpg"]
    assert names(gallery(client, masks, "?state=negative&search=c")) == []


def test_what_cannot_be_asked_for_counts_as_nothing(client, masks, dan):
    client.force_login(dan)
    assert names(gallery(client, masks, "?state=nonsense&search=b&box_class=9999&page=77")) == ["b.jpg"]


def test_a_card_takes_the_filters_along(client, masks, dan):
    client.force_login(dan)
    page = gallery(client, masks, "?state=negative&search=&page=1").content.decode()
    assert f'href="/datasets/images/{key("b.jpg")}/?state=negative"' in page
    answer = client.get(f"/datasets/images/{key('b.jpg')}/?state=negative")
    assert (answer.context["neighbours"].before, answer.context["neighbours"].after) == (None, None)


def test_pages_take_the_same_queries_whatever_they_hold(client, masks, dan, monkeypatch, django_assert_max_num_queries):
    client.force_login(dan)
    version_create(dataset=masks, by=dan)
    monkeypatch.setattr(views, "PAGE", 20)
    import_here([record(f"{i}.jpg", [bbox("deer", 0, 0, 5, 5)]) for i in range(45)], {}, dataset=masks)
    # Session, person, dataset, its classes for the filter, count, keys, images, boxes with classes.
    with django_assert_max_num_queries(8):
        assert len(names(gallery(client, masks))) == 20
    with django_assert_max_num_queries(8):
        assert len(names(gallery(client, masks, "?page=3"))) == 8
    # And the newest version and the active release where they are asked for.
    with django_assert_max_num_queries(11):
        assert len(names(gallery(client, masks, "?split=none&order=disagreement&search=jpg"))) == 20


def test_thumbnails_wait_until_they_are_seen_and_are_kept(client, masks, dan):
    client.force_login(dan)
    image = Image.objects.get(external_id="a.jpg")
    address = f"/datasets/images/{image.pk}/thumbnail/?v={image.sha256[:16]}"
    assert (
        f'<img src="{address}" alt="a.jpg: 1 with_mask, 1 deer" loading="lazy"'
        in gallery(client, masks).content.decode()
    )
    first = client.get(address)
    assert first["Cache-Control"] == "private, max-age=31536000, immutable"
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "immutable" not in client.get(address.partition("?")[0])["Cache-Control"]


def test_chosen_images_are_marked(client, masks, ann):
    client.force_login(ann)
    answer = do(client, masks, "unlabel", "a.jpg", "c.jpg", query="?search=jpg")
    assert answer["Location"] == f"/datasets/{masks.pk}/images/?search=jpg"
    assert names(gallery(client, masks, "?state=unlabelled")) == ["a.jpg", "c.jpg"]
    do(client, masks, "label", "a.jpg")
    assert names(gallery(client, masks, "?state=unlabelled")) == ["c.jpg"]


def test_everything_means_what_the_filters_leave(client, masks, ann):
    client.force_login(ann)
    do(client, masks, "unlabel", "a.jpg", query="?state=pending", everything="yes")
    assert names(gallery(client, masks, "?state=unlabelled")) == ["c.jpg"]


def test_chosen_images_are_put_into_a_part(client, masks, carol):
    client.force_login(carol)
    do(client, masks, "test", "a.jpg", "b.jpg")
    do(client, masks, "free", "b.jpg")
    assert list(Image.objects.values_list("external_id", "fixed_split")) == [
        ("a.jpg", "test"),
        ("b.jpg", ""),
        ("c.jpg", ""),
    ]


def test_images_are_deleted_once_that_was_confirmed(client, masks, carol):
    client.force_login(carol)
    question = do(client, masks, "delete", "b.jpg")
    assert b"Delete one image?" in question.content
    assert Image.objects.count() == 3
    do(client, masks, "delete", "b.jpg", confirmed="yes")
    assert names(gallery(client, masks)) == ["a.jpg", "c.jpg"]


def test_frozen_images_stay_and_the_page_says_why(client, masks, carol):
    client.force_login(carol)
    version_create(dataset=masks, by=carol)
    do(client, masks, "delete", "a.jpg", "c.jpg", confirmed="yes")
    answer = gallery(client, masks)
    assert names(answer) == ["a.jpg", "b.jpg", "c.jpg"]
    assert b"frozen in a version" in answer.content


def test_annotators_neither_delete_nor_deal_out(client, masks, ann):
    client.force_login(ann)
    assert [do(client, masks, action, "a.jpg").status_code for action in ("delete", "test", "free")] == [403] * 3
    page = gallery(client, masks).content.decode()
    assert 'value="label"' in page
    assert 'value="delete"' not in page


def test_images_of_another_dataset_are_left_alone(client, masks, carol):
    client.force_login(carol)
    other = dataset_create(name="other", by=carol)
    theirs = Image.objects.create(dataset=other, external_id="theirs.jpg")
    do(client, masks, "unlabel", "theirs.jpg")
    theirs.refresh_from_db()
    assert theirs.labelled


def test_what_is_no_action_is_refused(client, masks, ann):
    client.force_login(ann)
    assert do(client, masks, "explode", "a.jpg").status_code == 400


def test_prelabelling_is_asked_about_for_filters_and_started_for_chosen_images(client, masks, ann):
    client.force_login(ann)
    everything = do(client, masks, "prelabel", query="?state=negative&page=2", everything="yes")
    assert (everything.status_code, everything["Location"]) == (
        302,
        f"/datasets/{masks.pk}/prelabels/add/?state=negative",
    )
    chosen = do(client, masks, "prelabel", "a.jpg")
    assert (chosen.status_code, chosen["Location"]) == (307, f"/datasets/{masks.pk}/prelabels/add/")


def test_people_who_may_only_look_get_nothing_to_tick(client, masks, dan):
    client.force_login(dan)
    answer = gallery(client, masks)
    assert names(answer) == ["a.jpg", "b.jpg", "c.jpg"]
    assert b'name="images"' not in answer.content
    assert do(client, masks, "unlabel", "a.jpg").status_code == 403
