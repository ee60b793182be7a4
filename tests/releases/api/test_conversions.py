"""Files of releases over the API."""

import pytest
from django.urls import reverse

from releases import conversions
from releases.models import ReleaseConversion
from tests.releases.makers import convert
from tests.releases.test_conversions import SHA_OF_FILE

pytestmark = pytest.mark.usefixtures("stand_in")


@pytest.fixture
def files(tiny_release) -> str:
    return reverse("api-release-files", args=[tiny_release.pk])


def test_a_file_is_asked_for_waited_for_and_fetched(api, reader, tiny_release, files):
    answer = api.post(files, {"form": "onnx"}, format="json")
    said = answer.json()
    assert (answer.status_code, said["is_there"], said["job"]["state"]) == (202, False, "queued")
    ReleaseConversion.objects.update(job=None)
    convert(tiny_release)
    (listed,) = reader.get(files).json()["results"]
    assert (listed["is_there"], listed["sha256"], listed["size"]) == (True, SHA_OF_FILE, 4)
    assert (listed["largest_difference"], listed["pictures"], listed["pictures_from"]) == (0.000065, 8, "sample")
    assert reader.get(reverse("api-release-file", args=[said["id"]])).json()["file_name"] == "tiny-random.onnx"
    fetched = reader.get(reverse("api-release-file-content", args=[said["id"]]), HTTP_ACCEPT="application/onnx")
    assert b"".join(fetched.streaming_content) == b"file"


def test_a_file_that_is_not_there_is_a_conflict(reader, tiny_release):
    row = ReleaseConversion.objects.create(release=tiny_release, form="keras")
    answer = reader.get(reverse("api-release-file-content", args=[row.pk]))
    assert (answer.status_code, answer.json()["detail"]) == (409, "This file is not there; have it made.")


def test_mistakes_and_refusals_are_told(api, reader, files, monkeypatch):
    assert api.post(files, {"form": "pickle"}, format="json").json().keys() == {"form"}
    assert reader.post(files, {"form": "onnx"}, format="json").status_code == 403
    monkeypatch.setattr(conversions, "too_large", lambda release: "It takes 19 GB of memory.")
    answer = api.post(files, {"form": "onnx"}, format="json")
    assert (answer.status_code, answer.json()) == (409, {"detail": "It takes 19 GB of memory."})


def test_a_file_is_deleted(api, reader, tiny_release):
    address = reverse("api-release-file", args=[convert(tiny_release).pk])
    assert reader.delete(address).status_code == 403
    assert api.delete(address).status_code == 204
    assert not ReleaseConversion.objects.exists()
