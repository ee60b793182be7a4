"""Releases in the administration."""

import pytest
from django.urls import reverse

from detection.models import Analysis
from releases.models import ModelRelease
from tests.detection.makers import make_camera, make_clip, make_release


@pytest.fixture
def administrator(client, alice):
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client.force_login(alice)
    return client


def test_a_release_in_use_is_not_deleted_and_the_page_says_why(administrator):
    release = make_release()
    Analysis.objects.create(clip=make_clip(make_camera()), release=release)
    address = reverse("admin:releases_modelrelease_delete", args=[release.pk])
    assert "slim is still pointed at: 1 analysis" in administrator.get(address).content.decode()
    administrator.post(address, {"post": "yes"})
    assert ModelRelease.objects.filter(pk=release.pk).exists()


def test_a_release_that_nothing_points_at_is_deleted(administrator):
    release = make_release()
    administrator.post(reverse("admin:releases_modelrelease_delete", args=[release.pk]), {"post": "yes"})
    assert not ModelRelease.objects.filter(pk=release.pk).exists()


def test_of_many_chosen_releases_none_is_deleted_while_one_is_in_use(administrator):
    used = make_release()
    spare = ModelRelease.objects.create(
        name="spare", network="yolov3-slim", net_size=416, classes=["with_mask"], sha256="1" * 64, folder="spare"
    )
    Analysis.objects.create(clip=make_clip(make_camera()), release=used)
    chosen = {"action": "delete_selected", "_selected_action": [used.pk, spare.pk], "post": "yes"}
    administrator.post(reverse("admin:releases_modelrelease_changelist"), chosen)
    assert ModelRelease.objects.count() == 2
