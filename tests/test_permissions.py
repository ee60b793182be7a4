"""Every address of the site, and who may open it. An address that stands not in tests/address_rules.py fails a test."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from accounts.models import ApiToken, User
from accounts.rights import Right
from detection.models import Camera, ReleasePreview
from labelling.models import Box, BoxClass, BulkChange, Image, LabelImport, PictureFetch, PreLabel
from releases.models import ReleaseConversion
from tests.address_rules import RULES, VIEW
from tests.detection.makers import make_analysis, make_camera, make_clip, make_job
from tests.labelling.makers import make_proposal
from tests.releases.batches.makers import filled, picture
from tests.training.makers import make_run, make_version
from training.evaluations.models import Evaluation

pytestmark = pytest.mark.django_db

PEOPLE = ("alice", "bob", "carol", "dan", "wanda", "charlie")


NO_PICTURE = "detection:clip_thumbnail"  # the clip of these tests has none: not found, for everybody


def named(patterns: list[Any], namespaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The full name of every address; an address without a name is one that this test cannot see."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from named(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield ":".join((*namespaces, pattern.name or f"<no name> {pattern.pattern}"))


NAMES = sorted(set(named(get_resolver().url_patterns)))
ADMIN = [name for name in NAMES if name.startswith("admin:")]
REST = [name for name in NAMES if not name.startswith("admin:")]
CLOSED = [name for name in RULES if not RULES[name].open]


@pytest.fixture
def people(request) -> dict[str, User]:
    return {name: request.getfixturevalue(name) for name in PEOPLE}


@pytest.fixture
def rows(people) -> dict[str, int]:
    """The key of one row of each kind. The camera has no members; the job belongs to somebody else."""
    camera = make_camera("the vault")
    clip = make_clip(camera)
    analysis = make_analysis(clip, "with_mask")
    somebody = User.objects.create_user("somebody", password="correct horse")
    job = make_job(make_analysis(clip, state="queued"), "queued", owner=somebody)
    analysis.refresh_from_db()
    version = make_version(train=1, validation=0, test=0)
    batch = filled(somebody, {"a.png": picture()})
    label_import = LabelImport.objects.create(dataset=version.dataset, export_name="export.json")
    return {
        "camera": camera.pk,
        "clip": clip.pk,
        "analysis": analysis.pk,
        "passage": analysis.passages.get().pk,
        "person": somebody.pk,
        "job": job.pk,
        "dataset": version.dataset_id,
        "label_import": label_import.pk,
        "version": version.pk,
        "bulk": BulkChange.objects.create(dataset=version.dataset, action="mark").pk,
        "box_class": version.dataset.classes.create(name="bulk").pk,
        "prelabel": PreLabel.objects.create(dataset=version.dataset, release=analysis.release).pk,
        "fetch": PictureFetch.objects.create(dataset=version.dataset).pk,
        "image": version.images.get().image_id,
        "box": a_box(version.images.get().image).pk,
        "proposal": make_proposal(version.images.get().image, "deer", (0, 0, 5, 5)).pk,
        "run": make_run(version).pk,
        "release": analysis.release_id,
        "batch": batch.pk,
        "batch_zip": batch.zips.create(name="a.zip", size=5).pk,
        "batch_picture": batch.pictures.get().pk,
        "evaluation": Evaluation.objects.create(release=analysis.release, version=version, split="test").pk,
        "conversion": ReleaseConversion.objects.create(release=analysis.release, form="keras").pk,
        "preview": ReleasePreview.objects.create(release=analysis.release).pk,
        "api_token": ApiToken.objects.create(user=somebody, name="script", digest="0" * 64).pk,
    }


def a_box(image: Image) -> Box:
    deer = BoxClass.objects.create(dataset=image.dataset, name="deer")
    return Box.objects.create(image=image, box_class=deer, x_min=0, y_min=0, x_max=5, y_max=5)


def ask(client: Client, name: str, rows: dict[str, int]):
    rule = RULES[name]
    url = reverse(name, kwargs={"pk": rows[rule.pk]} if rule.pk else None)
    return client.post(url, rule.data) if rule.post else client.get(url)


def refused(response) -> bool:
    return response.status_code in {401, 403}


def test_every_address_is_listed():
    assert sorted(RULES) == REST


@pytest.mark.parametrize("name", CLOSED)
def test_the_signed_out_are_sent_to_the_login(client, rows, name):
    response = ask(client, name, rows)
    if RULES[name].api:
        assert response.status_code in {401, 403}
    else:
        assert response.status_code == 302
        assert response.url.startswith(reverse("accounts:login"))


@pytest.mark.parametrize("name", [name for name in RULES if RULES[name].open])
def test_what_is_open_needs_no_login(client, rows, name):
    assert ask(client, name, rows).status_code in {200, 302}


@pytest.mark.parametrize("name", [name for name in CLOSED if RULES[name].right])
def test_without_the_right_the_answer_is_403(client, people, rows, name):
    without = [user for user in people.values() if not user.may(RULES[name].right)]
    assert without, "nobody lacks this right: the test would say nothing"
    for user in without:
        client.force_login(user)
        response = ask(client, name, rows)
        assert response.status_code == 403, f"{user} opened {name}: {response.status_code}"


@pytest.mark.parametrize("name", CLOSED)
def test_with_the_right_it_opens(client, people, rows, name):
    """The camera is seen by those who see all cameras; whatever else a row is, it is not refused."""
    rule = RULES[name]
    user = people["alice"]
    client.force_login(user)
    if rule.pk == "api_token":
        rows["api_token"] = ApiToken.objects.create(user=user, name="own", digest="1" * 64).pk
    response = ask(client, name, rows)
    expected = {404} if name == NO_PICTURE else set(rule.takes)
    assert response.status_code in expected, f"{name}: {response.status_code}"


@pytest.mark.parametrize("name", [name for name in CLOSED if RULES[name].of_camera])
def test_a_foreign_camera_is_not_found(client, charlie, rows, name, monkeypatch):
    """Even with every right but the one to see all cameras."""
    monkeypatch.setattr("accounts.models.rights_of", lambda role: frozenset(Right) - {Right.VIEW_ALL_CAMERAS})
    client.force_login(charlie)
    assert ask(client, name, rows).status_code == 404


@pytest.mark.parametrize("name", [name for name in CLOSED if RULES[name].of_camera and not RULES[name].post])
def test_a_member_of_the_camera_may_look(client, charlie, rows, name):
    if RULES[name].right != VIEW:
        return
    Camera.objects.get().members.add(charlie)
    client.force_login(charlie)
    assert ask(client, name, rows).status_code in ({404} if name == NO_PICTURE else {200, 204, 302})


@pytest.mark.parametrize("name", [name for name in CLOSED if RULES[name].own])
def test_what_is_anothers_own_is_not_found(client, people, rows, name):
    """The job's clip is behind a camera that the viewer is no member of, so she may not watch it either."""
    client.force_login(people["bob" if RULES[name].right else "charlie"])
    assert ask(client, name, rows).status_code == 404


def test_a_token_of_somebody_else_cannot_be_revoked(client, people, rows):
    client.force_login(people["alice"])
    assert ask(client, "accounts:token_revoke", rows).status_code == 404
    assert ApiToken.objects.filter(pk=rows["api_token"]).exists()


def admin_url(name: str) -> str:
    for kwargs in ({}, {"object_id": "1"}, {"app_label": "accounts"}, {"id": "1"}, {"url": "x"}):
        try:
            return reverse(name, kwargs=kwargs)
        except NoReverseMatch:
            continue
    if name == "admin:view_on_site":
        return reverse(name, kwargs={"content_type_id": 1, "object_id": 1})
    raise AssertionError(f"what does {name} take?")


@pytest.mark.parametrize("name", [name for name in ADMIN if "<no name>" not in name])
def test_the_administration_is_closed_to_the_signed_out_and_to_viewers(client, charlie, name):
    if name in {"admin:login", "admin:logout"}:
        return
    assert client.get(admin_url(name)).status_code in {302, 403, 404, 405}
    client.force_login(charlie)
    assert client.get(admin_url(name)).status_code in {302, 403, 404, 405}
