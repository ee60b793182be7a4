"""The API: who gets in, what goes in, what comes out."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from accounts.services import api_token_create
from detection.models import Clip
from detection.services import camera_token_renew
from tests.detection.makers import make_analysis, make_camera, make_clip, make_release, say

CLIPS = reverse("api-clips")


@pytest.fixture
def gate(db):
    return make_camera("gate", time_zone="Europe/Berlin")


@pytest.fixture
def active(db):
    release = make_release()
    release.is_active = True
    release.save()
    return release


@pytest.fixture
def upload(video):
    content = video([i / 10 for i in range(10)]).read_bytes()
    return lambda **fields: {
        "camera": "gate",
        "filmed_at": "2026-07-01T14:00:00",
        "file": SimpleUploadedFile("clip.mp4", content),
        **fields,
    }


def as_person(user) -> APIClient:
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {api_token_create(user=user, name='test')[1]}")
    return client


def as_camera(camera) -> APIClient:
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {camera_token_renew(camera=camera, by=None)}")
    return client


def test_a_person_sends_a_clip(gate, bob, active, upload):
    answer = as_person(bob).post(CLIPS, upload())
    assert answer.status_code == 201, answer.data
    clip = Clip.objects.get()
    # 14:00 in Berlin in July is 12:00 UTC.
    assert (clip.filmed_at, clip.added_by, clip.camera) == (datetime(2026, 7, 1, 12, tzinfo=UTC), bob, gate)
    assert (answer.data["id"], answer.data["state"], answer.data["release"]) == (clip.pk, "queued", "slim")
    assert answer.data["progress"] == {"done": 0, "total": None, "seconds_left": None}


def test_a_signed_in_person_may_too_with_the_forms_token_only(gate, bob, active, upload):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(bob)
    assert client.post(CLIPS, upload()).status_code == 403
    client = APIClient()
    client.force_login(bob)
    assert client.post(CLIPS, upload(camera=str(gate.pk))).status_code == 201


def test_a_camera_sends_its_own_clips_and_sees_only_them(gate, active, upload):
    other = make_clip(make_camera("yard"))
    client = as_camera(gate)
    sent = upload()
    del sent["camera"]
    answer = client.post(CLIPS, sent)
    assert answer.status_code == 201
    assert Clip.objects.get(pk=answer.data["id"]).added_by is None
    assert [clip["id"] for clip in client.get(CLIPS).data["results"]] == [answer.data["id"]]
    assert client.get(reverse("api-clip", args=[answer.data["id"]])).status_code == 200
    assert client.get(reverse("api-clip", args=[other.pk])).status_code == 404
    assert client.post(CLIPS, upload(camera="yard")).status_code == 403


@pytest.mark.parametrize("name", ["api-cameras", "api-passages"])
def test_a_camera_gets_nothing_else(gate, name):
    assert as_camera(gate).get(reverse(name)).status_code == 401


def test_a_token_that_was_renewed_is_valid_no_longer(gate):
    client = as_camera(gate)
    assert client.get(CLIPS).status_code == 200
    camera_token_renew(camera=gate, by=None)
    assert client.get(CLIPS).status_code == 401


@pytest.mark.parametrize("name", ["api-cameras", "api-clips", "api-passages"])
def test_strangers_get_nothing(db, name):
    assert APIClient().get(reverse(name)).status_code == 401
    assert APIClient(headers={"authorization": "Bearer mw_wrong"}).get(reverse(name)).status_code == 401


@pytest.mark.parametrize("name", ["api-cameras", "api-clips", "api-passages"])
def test_people_without_the_right_are_refused(dan, name):
    assert as_person(dan).get(reverse(name)).status_code == 403


def test_a_viewer_sees_clips_of_own_cameras_and_sends_none(gate, charlie, active, upload):
    mine, foreign = make_clip(gate), make_clip(make_camera("yard"))
    gate.members.add(charlie)
    client = as_person(charlie)
    assert [clip["id"] for clip in client.get(CLIPS).data["results"]] == [mine.pk]
    assert [camera["name"] for camera in client.get(reverse("api-cameras")).data["results"]] == ["gate"]
    assert client.get(reverse("api-clip", args=[foreign.pk])).status_code == 404
    assert client.post(CLIPS, upload()).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"camera": "moon"}, "camera"),
        ({"camera": "99999999999999999999"}, "camera"),
        ({"filmed_at": "yesterday"}, "filmed_at"),
        ({"filmed_at": "2026-03-29T02:30:00"}, "filmed_at"),
        ({"filmed_at": "2026-10-25T02:30:00"}, "filmed_at"),
        ({"filmed_at": "2199-01-01T00:00:00"}, "filmed_at"),
        ({"file": SimpleUploadedFile("clip.mp4", b"")}, "file"),
        ({"file": SimpleUploadedFile("clip.mp4", b"Dear sir or madam")}, "file"),
        ({"file": "clip.mp4"}, "file"),
    ],
)
def test_errors_name_the_field(gate, bob, active, upload, change, field):
    answer = as_person(bob).post(CLIPS, upload(**change))
    assert answer.status_code == 400
    assert list(answer.data) == [field]
    assert str(answer.data[field][0]).endswith(".")
    assert not Clip.objects.exists()


@pytest.mark.parametrize("field", ["camera", "filmed_at", "file"])
def test_what_is_left_out_is_named(gate, bob, active, upload, field):
    sent = upload()
    del sent[field]
    answer = as_person(bob).post(CLIPS, sent)
    assert (answer.status_code, list(answer.data)) == (400, [field])


def test_the_same_video_twice_is_a_conflict_that_names_the_clip(gate, bob, active, upload):
    client = as_person(bob)
    first = client.post(CLIPS, upload())
    again = client.post(CLIPS, upload(file=SimpleUploadedFile("other.mp4", Clip.objects.get().file.read())))
    assert (again.status_code, again.data["clip"]) == (409, first.data["id"])


def test_a_judged_clip_has_counts_and_passages_with_what_people_said(gate, bob):
    clip = make_clip(gate)
    analysis = make_analysis(clip, "with_mask", "unknown")
    say(analysis.passages.get(number=2), "without_mask")
    make_analysis(clip, "with_mask", "with_mask", "with_mask", state="failed")
    found = as_person(bob).get(reverse("api-clip", args=[clip.pk])).data
    assert found["counts"] == {"with_mask": 1, "without_mask": 1, "worn_incorrectly": 0, "unknown": 0}
    assert [(one["number"], one["verdict"], one["said"]) for one in found["passages"]] == [
        (1, "with_mask", "with_mask"),
        (2, "unknown", "without_mask"),
    ]
    assert found["state"] == "failed", "the newest analysis"


def test_passages_of_one_clip_or_all(gate, bob):
    first, second = make_clip(gate), make_clip(gate)
    make_analysis(first, "with_mask")
    make_analysis(second, "without_mask", "unknown")
    client = as_person(bob)
    assert client.get(reverse("api-passages")).data["count"] == 3
    found = client.get(reverse("api-passages"), {"clip": second.pk}).data["results"]
    assert [one["verdict"] for one in found] == ["without_mask", "unknown"]
    assert client.get(reverse("api-passages"), {"clip": "x"}).data["clip"] == ["A number is needed."]


def test_lists_ask_the_database_a_fixed_number_of_times(gate, bob, django_assert_max_num_queries):
    client = as_person(bob)
    for _ in range(12):
        make_analysis(make_clip(gate), "with_mask", "unknown")
    for name in ("api-clips", "api-passages", "api-cameras"):
        # Token, its use, count, page; for clips also their analyses and tallies.
        with django_assert_max_num_queries(6):
            assert client.get(reverse(name)).status_code == 200


def test_the_description_of_the_api_has_no_warnings(db, capsys):
    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS
    assert {"/api/clips/", "/api/clips/{id}/", "/api/cameras/", "/api/passages/"} <= set(schema["paths"])
    assert schema["paths"]["/api/clips/"]["post"]["requestBody"]["content"].keys() == {"multipart/form-data"}
