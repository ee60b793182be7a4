"""The numbers of a release on its page, and what is ordered there."""

import pytest
from django.urls import reverse

from jobs.models import Job
from releases.numbers import sides_of, trusts_of
from releases.precision import shortfall_note
from releases.services import additions_take, release_folder
from tests.releases.additions import seal_calibration, seal_int8

pytestmark = pytest.mark.django_db


@pytest.fixture
def complete(tiny_release):
    """A release with an int8 form and a calibration."""
    seal_int8(release_folder(tiny_release))
    seal_calibration(release_folder(tiny_release))
    return additions_take(release=tiny_release, by=None)


def page(client, release, **values) -> str:
    return client.get(reverse("releases:release", args=[release.pk]), **values).content.decode()


def test_the_page_tells_what_int8_costs_and_gains(client, dan, complete):
    client.force_login(dan)
    text = page(client, complete)
    assert "0.876" in text and "0.880" in text
    assert "5.0 ms" in text and "4.0×" in text
    assert '<option value="int8">' in text
    assert "the temperature 0.500" in text
    assert "differ by 0.250 on average, calibrated by 0.125" in text


def test_speed_is_told_against_float32():
    told = {
        "speed": {"milliseconds": {"f32": 20.0, "auto": 10.0, "int8": 5.0}, "auto_is": "bf16"},
        "validation": {"f32": {"map50": 0.88, "map50_95": 0.58}, "int8": {"map50": 0.87, "map50_95": 0.57}},
    }
    assert [(side.name, side.map50, side.times) for side in sides_of(told)] == [
        ("float32", 0.88, 1.0),
        ("bfloat16", None, 2.0),
        ("int8", 0.87, 4.0),
    ]
    told["speed"]["auto_is"] = "f32"
    assert [side.name for side in sides_of(told)] == ["float32", "int8"]
    assert sides_of({}) == ()


def test_a_part_that_was_not_looked_at_is_left_out():
    told = {"pictures": 0, "before": {"error": None}, "after": {"error": None}}
    assert trusts_of({"test": told}) == ()


def test_without_them_the_page_offers_to_make_them_and_says_what_went_wrong(client, dan, tiny_release):
    shortfall_note(release=tiny_release, name="int8", sentence="Int8 is refused: too much is lost.")
    client.force_login(dan)
    text = page(client, tiny_release)
    assert "Int8 is refused: too much is lost." in text
    assert "Make the int8 form" in text and "Calibrate" in text
    assert '<option value="int8">' not in text


def test_who_may_not_manage_releases_sees_and_orders_nothing(client, bob, complete):
    client.force_login(bob)
    text = page(client, complete)
    assert "0.876" in text and "Judge so" not in text
    assert client.post(reverse("releases:precision", args=[complete.pk]), {"precision": "int8"}).status_code == 403


@pytest.mark.parametrize("part", ["int8", "calibration"])
def test_a_button_queues_the_job_once_and_the_page_shows_it(client, dan, tiny_release, part):
    client.force_login(dan)
    address = reverse(f"releases:{part}", args=[tiny_release.pk])
    client.post(address)
    job = Job.objects.get(kind=f"training.{part}")
    assert f'data-awaited-job="{job.pk}"' in page(client, tiny_release)
    assert "This is being made already." in client.post(address, follow=True).content.decode()
    assert Job.objects.count() == 1


def test_while_one_part_is_made_the_other_can_be_ordered(client, dan, tiny_release):
    client.force_login(dan)
    client.post(reverse("releases:int8", args=[tiny_release.pk]))
    text = page(client, tiny_release)
    assert "Make the int8 form" not in text and "Calibrate</button>" in text
    client.post(reverse("releases:calibration", args=[tiny_release.pk]))
    assert "Calibrate</button>" not in page(client, tiny_release)
    assert Job.objects.unfinished().count() == 2


def test_a_job_that_failed_says_why(client, dan, tiny_release):
    client.force_login(dan)
    client.post(reverse("releases:int8", args=[tiny_release.pk]))
    Job.objects.update(
        state="failed", failure="The data is not here.", started_at="2026-11-26T10:00Z", finished_at="2026-11-26T10:01Z"
    )
    text = page(client, tiny_release)
    assert "The data is not here." in text and "Make the int8 form" in text


def test_the_choice_is_said(client, dan, complete):
    client.force_login(dan)
    address = reverse("releases:precision", args=[complete.pk])
    text = client.post(address, {"precision": "int8"}, follow=True).content.decode()
    assert "judges in int8 from the next clip" in text
    assert "A precision is one of" in client.post(address, {"precision": "int4"}, follow=True).content.decode()
