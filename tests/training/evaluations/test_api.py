"""Measurements of releases over the API."""

from django.urls import reverse

from tests.programs import as_person
from tests.training.evaluations.makers import measured
from training.evaluations.models import Evaluation

LIST = "/api/evaluations/"


def test_a_release_is_measured_and_read(dan, tiny_release, other, version):
    api = as_person(dan)
    done = measured(other, version)
    answer = api.post(LIST, {"release": tiny_release.pk, "version": version.pk}, format="json")
    said = answer.json()
    assert (answer.status_code, said["split"], said["figures"], said["job"]["state"]) == (202, "test", {}, "queued")
    (found,) = api.get(f"{LIST}?release={other.pk}&version={version.pk}&split=test").json()["results"]
    assert (found["id"], found["figures"]["map50"], found["version_name"]) == (done.pk, 0.5, "squares v1")
    assert api.get(reverse("training_api:evaluation", args=[done.pk])).json()["release_name"] == "other"


def test_mistakes_name_their_field(dan, bob, tiny_release, version):
    api, outsider = as_person(dan), as_person(bob)
    sent = {"release": tiny_release.pk, "version": version.pk, "split": "holdout"}
    assert api.post(LIST, sent, format="json").json().keys() == {"split"}
    assert api.post(LIST, {"release": 999, "version": version.pk}, format="json").json().keys() == {"release"}
    assert outsider.post(LIST, sent, format="json").status_code == 403
    assert not Evaluation.objects.exists()
