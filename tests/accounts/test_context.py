"""The navigation: each role sees its own entries."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse

from accounts.context import navigation


def labels(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return [str(entry["label"]) for entry in navigation(request)["navigation"]]


def current(user, path):
    request = RequestFactory().get(path)
    request.user = user
    return [str(entry["label"]) for entry in navigation(request)["navigation"] if entry["current"]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alice", ["Overview", "Cameras", "Clips", "Datasets", "Training", "Models", "Settings"]),
        ("bob", ["Overview", "Cameras", "Clips", "Models", "Settings"]),
        ("carol", ["Datasets", "Training", "Models", "Settings"]),
        ("charlie", ["Overview", "Cameras", "Clips", "Settings"]),
    ],
)
def test_each_role_sees_its_own_entries(name, expected, request):
    assert labels(request.getfixturevalue(name)) == expected


def test_the_signed_out_see_none():
    assert labels(AnonymousUser()) == []


def test_the_entry_of_the_page_is_marked_and_the_overview_only_on_its_own(alice):
    assert current(alice, "/clips/7/") == ["Clips"]
    assert current(alice, "/") == ["Overview"]
    assert current(alice, "/jobs/") == []


def test_models_side_by_side_belong_to_the_models_though_they_are_measured_by_the_training(alice):
    assert current(alice, reverse("training:measure")) == ["Models"]
    assert current(alice, reverse("training:compare")) == ["Training"]
