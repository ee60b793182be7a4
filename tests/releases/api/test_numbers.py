"""Int8 form, calibration and precision of a release over the API."""

from django.urls import reverse

from jobs.models import Job
from releases.services import additions_take, release_folder
from tests.releases.additions import seal_calibration, seal_int8


def url(name: str, row) -> str:
    return reverse(f"api-release{name}", args=[row.pk])


def test_a_part_is_made_by_a_job_and_not_ordered_twice(api, tiny_release):
    for part in ("int8", "calibration"):
        answer = api.post(url(f"-{part}", tiny_release))
        assert (answer.status_code, answer.json()["state"]) == (202, "queued")
        assert Job.objects.get(pk=answer.json()["id"]).kind == f"training.{part}"
        again = api.post(url(f"-{part}", tiny_release))
        assert (again.status_code, again.json()["detail"]) == (409, "This is being made already.")


def test_the_numbers_are_told_with_the_release(api, tiny_release):
    seal_int8(release_folder(tiny_release))
    seal_calibration(release_folder(tiny_release))
    additions_take(release=tiny_release, by=None)
    said = api.get(url("", tiny_release)).json()
    assert (said["precision"], said["shortfalls"]) == ("auto", {})
    assert (said["int8"]["loss"], said["calibration"]["temperature"]) == (0.004, 0.5)
    assert api.post(url("-precision", tiny_release), {"precision": "int8"}).json()["precision"] == "int8"


def test_a_precision_that_cannot_be_is_refused_by_name(api, tiny_release):
    answer = api.post(url("-precision", tiny_release), {"precision": "int8"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"precision": ["tiny-random has no int8 form yet: make one first."]},
    )
    answer = api.post(url("-precision", tiny_release), {"precision": "int4"})
    assert (answer.status_code, list(answer.json())) == (400, ["precision"])
