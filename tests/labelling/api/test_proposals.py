"""Proposals over the API: accepted, thrown away, and decided once."""

import pytest
from django.urls import reverse

from labelling.models import Box, BoxChange, Image, LabelImport, Proposal
from tests.labelling.api.conftest import as_person
from tests.labelling.makers import make_proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture(masks) -> Image:
    """The picture with two boxes."""
    return Image.objects.get(external_id="a.jpg")


@pytest.fixture
def proposal(picture) -> Proposal:
    return make_proposal(picture, "deer", (1, 2, 30, 20), score=0.8)


def accept_url(proposal: Proposal) -> str:
    return reverse("labelling_api:proposal_accept", args=[proposal.pk])


def reject_url(proposal: Proposal) -> str:
    return reverse("labelling_api:proposal_reject", args=[proposal.pk])


def test_an_accepted_proposal_is_a_box_on_record(api, carol, picture, proposal):
    answer = api.post(accept_url(proposal))
    box = Box.objects.latest("pk")
    wanted = {"id": box.pk, "class": "deer", "xyxy": [1, 2, 30, 20], "revision": 1}
    assert (answer.status_code, answer.json()) == (200, {"box": wanted, "image_revision": 1})
    change = BoxChange.objects.get()
    assert (change.box_key, change.source, change.by) == (box.pk, "proposal", carol)


def test_a_proposal_is_thrown_away(api, picture, proposal):
    answer = api.post(reject_url(proposal))
    assert (answer.status_code, answer.json()) == (200, {"image_revision": 0})
    proposal.refresh_from_db()
    assert proposal.state == "rejected"
    assert picture.boxes.count() == 2


def test_a_proposal_is_decided_once(api, picture, proposal):
    api.post(accept_url(proposal))
    for late in (api.post(accept_url(proposal)), api.post(reject_url(proposal))):
        assert late.status_code == 409
        assert "already" in late.json()["detail"]
    assert picture.boxes.count() == 3


def test_all_from_a_score_up_are_accepted_and_the_rest_thrown_away(api, picture):
    for score in (0.9, 0.6, 0.3):
        make_proposal(picture, "deer", (1, 2, 3, 4), score=score)
    address = reverse("labelling_api:proposals", args=[picture.pk])
    told = api.post(address, {"action": "accept", "least_score": 0.6}, format="json").json()
    assert [each["score"] for each in told["proposals"]] == [0.3]
    assert (len(told["boxes"]), told["revision"]) == (4, 2)
    assert told["accepted"] == [each["id"] for each in told["boxes"][2:]]
    told = api.post(address, {"action": "reject", "least_score": 0}, format="json").json()
    assert (told["proposals"], len(told["boxes"]), told["accepted"]) == ([], 4, [])


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"action": "keep", "least_score": 0.5}, "action"),
        ({"action": "accept", "least_score": 1.5}, "least_score"),
        ({"action": "accept"}, "least_score"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(api, picture, proposal, sent, field):
    answer = api.post(reverse("labelling_api:proposals", args=[picture.pk]), sent, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert picture.boxes.count() == 2


def test_who_may_not_edit_decides_nothing_and_hidden_images_have_no_proposals(api, dan, proposal):
    assert as_person(dan).post(accept_url(proposal)).status_code == 403
    LabelImport.objects.update(finished_at=None)
    assert api.post(accept_url(proposal)).status_code == 404
    proposal.refresh_from_db()
    assert proposal.state == "open"
