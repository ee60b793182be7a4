"""Releases measured on a part of a version and shown side by side. What they find is told by a stand-in."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from jobs.models import Job
from jobs.services import JobFailed
from labelling.models import VersionImage
from releases.models import ModelRelease
from tests.training.evaluations.makers import measured
from tests.training.makers import make_version
from training.evaluations.models import Evaluation
from training.evaluations.page import figures_beside, gaps, operating_beside, warnings
from training.evaluations.services import evaluations_start

# The test pictures of make_version() are 12.png, with_mask, and 13.png, without_mask. KnownDetector finds the first
# face and nothing on 13.png but a face where none is.


def test_a_release_is_measured_by_a_job_and_its_figures_are_kept(tiny_release, version):
    row = measured(tiny_release, version)
    assert (row.figures["map50"], row.figures["pictures"], row.figures["split"]) == (0.5, 2, "test")
    assert row.finished_at is not None
    second = VersionImage.objects.get(version=version, image__external_id="13.png").image_id
    worst, best = row.pictures
    assert (worst["image"], worst["missed"], worst["false"], worst["confused"]) == (second, 1, 1, 0)
    assert (best["missed"], best["false"], best["confused"]) == (0, 0, 0)


def test_what_is_measured_or_under_way_is_not_measured_again(tiny_release, other, version, dan):
    done = measured(tiny_release, version)
    Job.objects.all().delete()
    rows = evaluations_start(releases=[tiny_release, other], version=version, split="test", by=dan)
    again = evaluations_start(releases=[tiny_release, other], version=version, split="test", by=dan)
    assert (rows[0], again) == (done, rows)
    assert list(Job.objects.values_list("target_id", flat=True)) == [rows[1].pk]


def test_figures_are_taken_in_float32_whatever_the_release_judges_in(tiny_release, version):
    ModelRelease.objects.filter(pk=tiny_release.pk).update(precision="int8")
    assert measured(ModelRelease.objects.get(pk=tiny_release.pk), version).figures["precision"] == "f32"


def test_earlier_figures_in_other_numbers_are_not_shown_and_measured_anew(client, dan, tiny_release, version):
    row = measured(tiny_release, version)
    Evaluation.objects.update(figures={**row.figures, "precision": "int8", "map50": 0.25})
    client.force_login(dan)
    page = client.get(address(version, tiny_release)).content.decode()
    assert ("Not measured on these pictures yet:" in page, "0.250" in page) == (True, False)
    assert measured(tiny_release, version).figures["map50"] == 0.5
    page = client.get(address(version, tiny_release)).content.decode()
    assert "Not measured on these pictures yet:" not in page
    assert "Computed in" in page


@pytest.mark.parametrize(("split", "field"), [("holdout", "split"), ("validation", "split")])
def test_a_part_without_pictures_is_refused(tiny_release, db, split, field):
    version = make_version(train=1, validation=0, test=1)
    with pytest.raises(ValidationError) as refused:
        evaluations_start(releases=[tiny_release], version=version, split=split, by=None)
    assert list(refused.value.message_dict) == [field]
    assert not Evaluation.objects.exists()


def test_a_release_of_other_classes_is_refused(tiny_release, version):
    ModelRelease.objects.update(classes=["deer"])
    with pytest.raises(ValidationError) as refused:
        evaluations_start(releases=[ModelRelease.objects.get()], version=version, split="test", by=None)
    assert "none of the classes" in refused.value.message_dict["release"][0]


def test_a_picture_that_is_gone_fails_the_job_with_a_sentence(tiny_release, version):
    image = VersionImage.objects.get(version=version, image__external_id="12.png").image
    image.file.storage.delete(image.file.name)
    with pytest.raises(JobFailed, match="cannot be read"):
        measured(tiny_release, version)
    assert Evaluation.objects.get().finished_at is None


def test_side_by_side_the_highest_is_marked_and_differing_pictures_are_shown(tiny_release, other, version, dan):
    one, two = measured(tiny_release, version), measured(other, version)
    two.figures["ap50"]["with_mask"] = 0.25
    right = [row | {"missed": 0, "false": 0} for row in two.pictures]
    two.pictures = right
    rows = {figure.name: figure for figure in figures_beside([one, two])}
    assert (rows["AP@.5 with mask"].values, rows["AP@.5 with mask"].best) == ((1.0, 0.25), (0,))
    assert rows["mAP@.5"].best == ()  # both alike
    (with_mask, without_mask) = operating_beside([one, two])
    assert (with_mask.values[0]["right"], without_mask.values[0]["missed"]) == (1, 1)
    first, second = gaps([one, two], dan)
    assert (first.count, second.count) == (0, 1)
    assert second.shots[0].image.external_id == "13.png"
    assert gaps([one], dan) == []


def test_pictures_that_were_learnt_from_are_warned_of(tiny_release, version):
    row = measured(tiny_release, version)
    assert warnings([row]) == ["Nobody knows here whether tiny-random learnt from these pictures."]
    row.figures["learnt_from"] = 2
    assert warnings([row]) == ["tiny-random learnt from 2 of these 2 pictures: they flatter it."]
    row.figures["learnt_from"] = 0
    assert warnings([row]) == []


def address(version, *releases, split: str = "test") -> str:
    chosen = "&".join(f"release={release.pk}" for release in releases)
    return f"{reverse('training:measure')}?version={version.pk}&split={split}&{chosen}"


def test_the_page_offers_to_measure_what_is_missing_and_shows_the_rest(client, dan, tiny_release, other, version):
    measured(tiny_release, version)
    client.force_login(dan)
    page = client.get(address(version, tiny_release, other)).content.decode()
    assert "Figures on 2 pictures: test pictures of squares v1" in page
    assert "Not measured on these pictures yet:" in page
    data = {"version": version.pk, "split": "test", "release": [tiny_release.pk, other.pk]}
    answer = client.post(reverse("training:measure_start"), data)
    assert answer.url == address(version, tiny_release, other)
    page = client.get(answer.url).content.decode()
    assert f'data-awaited-job="{Evaluation.objects.get(release=other).job_id}"' in page
    assert "Not measured on these pictures yet:" not in page


def test_without_a_version_the_page_leads_to_the_datasets(client, dan, tiny_release, db):
    client.force_login(dan)
    page = client.get(reverse("training:measure")).content.decode()
    assert "Nothing to measure on yet" in page
    assert "Show side by side" not in page


def test_the_figures_come_as_a_table(client, dan, tiny_release, version):
    measured(tiny_release, version)
    client.force_login(dan)
    page = client.get(address(version, tiny_release)).content.decode()
    place = f"{reverse('training:measure_csv')}?{address(version, tiny_release).partition('?')[2]}"
    assert place.replace("&", "&amp;") in page
    answer = client.get(place)
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode().splitlines()
    assert lines[:2] == ["figure,tiny-random", "mAP@.5,0.5"]
    assert "with mask: right,1" in lines
    wrong = client.get(f"{reverse('training:measure_csv')}?version=999")
    assert wrong.url == f"{reverse('training:measure')}?version=999"  # which says what is wrong


def test_a_refusal_is_told_on_the_page(client, dan, tiny_release, db):
    version = make_version(train=1, validation=0, test=1)
    client.force_login(dan)
    data = {"version": version.pk, "split": "validation", "release": [tiny_release.pk]}
    page = client.post(reverse("training:measure_start"), data, follow=True).content.decode()
    assert "squares v1 has no picture in this part." in page
    assert client.get(f"{reverse('training:measure')}?version=999").status_code == 400


def test_the_job_leads_to_the_page(client, dan, tiny_release, version):
    row = measured(tiny_release, version)
    client.force_login(dan)
    assert client.get(reverse("training:evaluation", args=[row.pk])).url == address(version, tiny_release)
