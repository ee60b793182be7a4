"""Previews of releases over the API."""

import pytest
from django.urls import reverse
from django.utils import timezone

from detection.models import ReleasePreview
from releases.models import ModelRelease
from tests.detection.makers import make_analysis, make_camera, make_clip, make_release
from tests.detection.test_preview_page import CHANGED, add_clip
from tests.programs import as_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(db) -> ModelRelease:
    """A release that has judged nothing, beside one that has judged a clip."""
    make_analysis(make_clip(make_camera()), "with_mask")
    return ModelRelease.objects.create(name="trial", network="x", net_size=288, classes=[], sha256="7" * 64)


@pytest.fixture
def preview(db) -> ReleasePreview:
    return ReleasePreview.objects.create(release=make_release(), finished_at=timezone.now())


def list_url(release: ModelRelease) -> str:
    return reverse("api-previews", args=[release.pk])


def test_a_preview_is_started_and_listed(dan, trial):
    api = as_person(dan)
    answer = api.post(list_url(trial), {"clips_per_camera": 3}, format="json")
    made = ReleasePreview.objects.get()
    assert answer.status_code == 202
    assert (answer.json()["id"], answer.json()["release_name"], made.clips_per_camera) == (made.pk, "trial", 3)
    assert answer.json()["job"]["state"] == "queued"
    (listed,) = api.get(list_url(trial)).json()["results"]
    assert (listed["id"], listed["created_by"], listed["finished_at"]) == (made.pk, "dan", None)


def test_a_preview_with_nothing_to_compare_is_a_conflict_and_too_many_clips_a_mistake(dan):
    api, release = as_person(dan), make_release()
    answer = api.post(list_url(release))
    assert (answer.status_code, "nothing to compare" in answer.json()["detail"]) == (409, True)
    answer = api.post(list_url(release), {"clips_per_camera": 51}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["clips_per_camera"])
    assert not ReleasePreview.objects.exists()


def test_a_preview_tells_the_rate_now_and_then_by_camera(alice, preview):
    clip = add_clip(
        preview,
        make_camera("gate"),
        {"with_mask": 6, "without_mask": 2},
        {"with_mask": 4, "without_mask": 4},
        [CHANGED],
    ).clip
    said = as_person(alice).get(reverse("api-preview", args=[preview.pk])).json()
    (camera,) = said["cameras"]
    assert (camera["name"], camera["clips"], camera["judged"], camera["problems"]) == ("gate", 1, 1, [])
    assert camera["shift"]["before"]["rate"] == 0.75
    assert camera["shift"]["after"]["counts"] == {
        "with_mask": 4,
        "without_mask": 4,
        "worn_incorrectly": 0,
        "unknown": 0,
    }
    assert (camera["shift"]["change"], camera["shift"]["is_clear"]) == (-0.25, False)
    assert camera["differing"] == [{"clip": clip.pk, "begins": 1.0, "before": "with_mask", "after": "without_mask"}]
    assert said["total"] == camera["shift"]
    assert said["preview"]["finished_at"] is not None


def test_who_decides_on_releases_sees_rates_but_no_clips(dan, preview):
    add_clip(preview, make_camera(), {"with_mask": 6}, {"with_mask": 5}, [CHANGED])
    (camera,) = as_person(dan).get(reverse("api-preview", args=[preview.pk])).json()["cameras"]
    assert (camera["shift"]["before"]["rate"], camera["differing"]) == (1.0, [])


def test_a_preview_is_deleted_by_who_manages_releases_only(dan, bob, preview):
    address = reverse("api-preview", args=[preview.pk])
    assert as_person(bob).delete(address).status_code == 403
    assert as_person(dan).delete(address).status_code == 204
    assert not ReleasePreview.objects.exists()
