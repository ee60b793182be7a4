"""Boxes over the API: what the editor reads and writes."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from labelling.models import Box, BoxChange, Image, LabelImport, Proposal
from tests.labelling.api.conftest import as_person
from tests.labelling.makers import make_proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture(masks) -> Image:
    """40 x 30 pixels, with a box of with_mask at (2, 3, 12, 15) and a deer."""
    return Image.objects.get(external_id="a.jpg")


@pytest.fixture
def face(picture) -> Box:
    return picture.boxes.get(box_class__name="with_mask")


def image_url(image: Image) -> str:
    return reverse("labelling_api:image", args=[image.pk])


def boxes_url(image: Image) -> str:
    return reverse("labelling_api:boxes", args=[image.pk])


def box_url(box: Box) -> str:
    return reverse("labelling_api:box", args=[box.pk])


def history_url(image: Image) -> str:
    return reverse("labelling_api:history", args=[image.pk])


def test_an_image_tells_all_that_an_editor_needs(api, picture, face):
    answer = api.get(image_url(picture))
    assert answer.status_code == 200
    told = answer.json()
    wanted = {"id": picture.pk, "dataset": picture.dataset_id, "external_id": "a.jpg", "width": 40, "height": 30}
    wanted |= {"labelled": True, "pending": False, "revision": 0, "fixed_split": "", "edited_at": None, "proposals": []}
    assert {name: told[name] for name in wanted} == wanted
    assert told["boxes"][0] == {"id": face.pk, "class": "with_mask", "xyxy": [2, 3, 12, 15], "revision": 1}
    assert [box["class"] for box in told["boxes"]] == ["with_mask", "deer"]


def test_a_pending_image_has_no_files_and_no_size(api, masks):
    told = api.get(image_url(Image.objects.get(external_id="c.jpg"))).json()
    assert (told["pending"], told["file"], told["thumbnail"], told["width"]) == (True, None, None, None)


def test_only_open_proposals_are_told(api, picture):
    undecided = make_proposal(picture, "with_mask", (1, 2, 3, 4), score=0.75)
    make_proposal(picture, "deer", (1, 2, 3, 4), state=Proposal.State.REJECTED)
    told = api.get(image_url(picture)).json()["proposals"]
    assert told == [{"id": undecided.pk, "class": "with_mask", "xyxy": [1, 2, 3, 4], "score": 0.75}]


def test_many_boxes_and_proposals_take_as_many_queries_as_few(api, picture, face, django_assert_max_num_queries):
    make_proposal(picture, "with_mask", (1, 2, 3, 4))
    with django_assert_max_num_queries(10) as few:
        api.get(image_url(picture))
    for _ in range(5):
        Box.objects.create(image=picture, box_class=face.box_class, x_min=0, y_min=0, x_max=5, y_max=5)
        make_proposal(picture, "deer", (1, 2, 3, 4))
    with django_assert_max_num_queries(len(few)):
        assert len(api.get(image_url(picture)).json()["boxes"]) == 7


def test_an_image_is_marked_on_record(api, picture):
    assert api.patch(image_url(picture), {"labelled": False}, format="json").json()["labelled"] is False
    picture.refresh_from_db()
    assert picture.labelled is False
    assert AuditEntry.objects.filter(action="image_change", target_id=str(picture.pk)).count() == 1
    assert api.patch(image_url(picture), {"labelled": "perhaps"}, format="json").status_code == 400


def test_a_box_is_drawn(api, picture, carol):
    answer = api.post(boxes_url(picture), {"class": "deer", "xyxy": [0, 0.5, 40, 30]}, format="json")
    assert answer.status_code == 201
    drawn = Box.objects.latest("pk")
    wanted = {"id": drawn.pk, "class": "deer", "xyxy": [0, 0.5, 40, 30], "revision": 1}
    assert answer.json() == {"box": wanted, "image_revision": 1}
    assert drawn.xyxy == (0, 0.5, 40, 30)
    change = BoxChange.objects.get()
    assert (change.kind, change.source, change.by) == ("created", "api", carol)


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"class": "deer", "xyxy": [0, 0, 41, 30]}, "xyxy", "40 x 30"),
        ({"class": "deer", "xyxy": [5, 5, 5, 9]}, "xyxy", "no area"),
        ({"class": "deer", "xyxy": [0, 0, 5]}, "xyxy", "at least 4"),
        ({"class": "deer", "xyxy": [0, 0, 5, 5, 5]}, "xyxy", "no more than 4"),
        ({"class": "deer", "xyxy": [0, 0, "nan", 5]}, "xyxy", "valid number"),
        ({"class": "deer", "xyxy": [0, 0, 5, "1e400"]}, "xyxy", "valid number"),
        ({"class": "deer", "xyxy": [0, 0, 10**400, 5]}, "xyxy", "too large"),
        ({"class": "deer"}, "xyxy", "required"),
        ({"class": "elk", "xyxy": [0, 0, 5, 5]}, "class", "no class elk"),
        ({"xyxy": [0, 0, 5, 5]}, "class", "required"),
    ],
)
def test_a_box_that_cannot_be_is_refused_with_what_is_wrong(api, picture, sent, field, sentence):
    answer = api.post(boxes_url(picture), sent, format="json")
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert sentence in " ".join(answer.json()[field])
    assert Box.objects.filter(image=picture).count() == 2


def test_a_box_in_a_picture_that_has_not_come_is_refused_in_a_sentence(api, masks):
    pending = Image.objects.get(external_id="c.jpg")
    answer = api.post(boxes_url(pending), {"class": "deer", "xyxy": [0, 0, 5, 5]}, format="json")
    assert answer.status_code == 400
    assert "has not come yet" in answer.json()["xyxy"][0]


def test_a_class_of_another_dataset_is_unknown(api, picture, face):
    picture.dataset.classes.filter(name="deer").update(dataset=make_other())
    answer = api.patch(box_url(face), {"class": "deer", "revision": 1}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["class"])


def make_other():
    from labelling.services import dataset_create

    return dataset_create(name="other", by=None)


def test_a_box_is_changed_from_the_editor(api, face):
    changed = api.patch(
        box_url(face),
        {"class": "deer", "xyxy": [1, 2, 3, 4], "revision": 1},
        format="json",
        headers={"X-Maskweb-Source": "editor"},
    )
    wanted = {"id": face.pk, "class": "deer", "xyxy": [1, 2, 3, 4], "revision": 2}
    assert (changed.status_code, changed.json()) == (200, {"box": wanted, "image_revision": 1})
    assert api.get(box_url(face)).json() == wanted
    assert BoxChange.objects.get().source == "editor"


def test_of_two_callers_with_one_revision_the_second_is_told_what_the_box_is_now(api, alice, face):
    first = api.patch(box_url(face), {"xyxy": [1, 1, 9, 9], "revision": 1}, format="json")
    second = as_person(alice).patch(box_url(face), {"class": "deer", "revision": 1}, format="json")
    assert (first.status_code, second.status_code) == (200, 409)
    told = second.json()
    assert told["current"] == {"id": face.pk, "class": "with_mask", "xyxy": [1, 1, 9, 9], "revision": 2}
    assert told["detail"] == "Somebody else has changed this box."
    again = as_person(alice).patch(box_url(face), {"class": "deer", "revision": 2}, format="json")
    assert again.json()["box"] == {"id": face.pk, "class": "deer", "xyxy": [1, 1, 9, 9], "revision": 3}


def test_a_box_is_deleted_once(api, face):
    assert api.delete(f"{box_url(face)}?revision=0").status_code == 409
    answer = api.delete(f"{box_url(face)}?revision=1")
    assert (answer.status_code, answer.json()) == (200, {"image_revision": 1})
    for late in (
        api.delete(f"{box_url(face)}?revision=1"),
        api.patch(box_url(face), {"xyxy": [1, 1, 9, 9], "revision": 1}, format="json"),
    ):
        assert late.status_code == 409
        assert late.json() == {"detail": "Somebody else has deleted this box.", "current": None}


@pytest.mark.parametrize("revision", ["", "?revision=", "?revision=x", "?revision=-1", f"?revision={10**30}"])
def test_a_deletion_names_its_revision(api, face, revision):
    answer = api.delete(f"{box_url(face)}{revision}")
    assert (answer.status_code, list(answer.json())) == (400, ["revision"])
    assert Box.objects.filter(pk=face.pk).exists()


def test_a_box_that_never_was_is_not_found(api, masks):
    address = reverse("labelling_api:box", args=[987654])
    assert api.get(address).status_code == 404
    assert api.patch(address, {"revision": 1}, format="json").status_code == 404
    assert api.delete(f"{address}?revision=1").status_code == 404


def test_images_of_an_import_that_has_not_finished_are_not_there(api, picture, face):
    LabelImport.objects.update(finished_at=None)
    assert api.get(image_url(picture)).status_code == 404
    assert api.get(history_url(picture)).status_code == 404
    assert api.post(boxes_url(picture), {"class": "deer", "xyxy": [0, 0, 5, 5]}, format="json").status_code == 404
    assert api.patch(box_url(face), {"xyxy": [0, 0, 5, 5], "revision": 1}, format="json").status_code == 404
    assert api.delete(f"{box_url(face)}?revision=1").status_code == 404


def test_who_may_look_may_not_write(dan, picture, face):
    engineer = as_person(dan)
    assert engineer.get(image_url(picture)).status_code == 200
    for answer in (
        engineer.patch(image_url(picture), {"labelled": False}, format="json"),
        engineer.post(boxes_url(picture), {"class": "deer", "xyxy": [0, 0, 5, 5]}, format="json"),
        engineer.patch(box_url(face), {"class": "deer", "revision": 1}, format="json"),
        engineer.delete(f"{box_url(face)}?revision=1"),
    ):
        assert answer.status_code == 403
    assert not BoxChange.objects.exists()


def test_a_session_writes_with_its_forms_token_only(carol, picture):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(carol)
    assert client.post(boxes_url(picture), {"class": "deer", "xyxy": [0, 0, 5, 5]}, format="json").status_code == 403


def test_the_history_begins_with_the_newest_and_comes_in_pages(api, picture, face, carol):
    api.patch(box_url(face), {"class": "deer", "revision": 1}, format="json")
    api.delete(f"{box_url(face)}?revision=2")
    told = api.get(history_url(picture)).json()
    assert told["count"] == 2
    newest, oldest = told["results"]
    assert {name: newest[name] for name in ("by", "kind", "source", "box", "before", "after")} == {
        "by": "carol",
        "kind": "deleted",
        "source": "api",
        "box": face.pk,
        "before": {"class": "deer", "xyxy": [2, 3, 12, 15]},
        "after": None,
    }
    assert (oldest["before"]["class"], oldest["after"]["class"]) == ("with_mask", "deer")
    carol.delete()
    assert BoxChange.objects.first().by is None


def test_a_long_history_takes_as_many_queries_as_a_short_one(api, picture, carol, django_assert_max_num_queries):
    def drawn(count: int) -> None:
        after = {"class": "deer", "xyxy": [0, 0, 5, 5]}
        BoxChange.objects.bulk_create(
            [
                BoxChange(image=picture, box_key=9, kind="created", source="api", after=after, by=carol)
                for _ in range(count)
            ]
        )

    drawn(1)
    with django_assert_max_num_queries(8) as few:
        api.get(history_url(picture))
    drawn(60)
    with django_assert_max_num_queries(len(few)):
        told = api.get(history_url(picture)).json()
    assert (told["count"], len(told["results"])) == (61, 50)
