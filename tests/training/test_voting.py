"""A release from before box voting gets a sibling that votes."""

import io
import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from releases.models import ModelRelease
from releases.services import registered_releases, release_folder, release_register
from tests.training.makers import make_version
from tests.training.measured import assert_figures_are_its_own
from training.voting import release_let_vote
from yolo.release import FILES, ReleaseError, fingerprint, read_release, write_measured

pytestmark = pytest.mark.django_db
CLASSES = ("with_mask", "without_mask", "worn_incorrectly")


@pytest.fixture
def version():
    return make_version(train=1, classes=CLASSES)


@pytest.fixture
def older(tiny_release_folder, tmp_path, version) -> ModelRelease:
    """A release as they were: without votes, of a version that is here."""
    write_measured(
        source=replace(read_release(tiny_release_folder), voting_iou=None),
        folder=tmp_path / "older",
        name="older",
        thresholds=dict.fromkeys(CLASSES, 0.5),
        metrics={},
        provenance={
            "created": "2026-01-02T03:04:05+00:00",
            "run": 3,
            "dataset": {"name": "squares", "version": 1, "content_sha256": "0" * 64, "description": ""},
            "single_faces": {"name": "faces", "version": 1, "content_sha256": "2" * 64, "description": "kept"},
        },
    )
    return release_register(folder=tmp_path / "older", by=None)


def test_it_has_the_weights_of_the_other_and_figures_of_its_own(older, version):
    told: list[str] = []
    made = release_let_vote(release=older, by=None, tell=told.append)
    before, after = read_release(release_folder(older)), read_release(release_folder(made))
    assert (before.voting_iou, after.voting_iou, made.name) == (None, 0.7, "older-voting")
    for name in FILES:
        assert fingerprint(before.folder / name) == fingerprint(after.folder / name)
    assert_figures_are_its_own(made, version)
    assert told == ["measuring on the validation pictures", "measuring on the test pictures"]


def test_it_says_whose_weights_these_are(older):
    made = release_let_vote(release=older, by=None)
    assert made.provenance["run"] == 3
    assert made.provenance["arithmetic"] == "f32"
    assert made.provenance["voting"]["weights_of"] == {
        "name": "older",
        "sha256": older.sha256,
        "created": "2026-01-02T03:04:05+00:00",
    }
    assert made.provenance["created"] > "2026-01-02T03:04:05+00:00"


def test_its_card_tells_what_the_descriptions_of_its_datasets_say_today(older, version):
    version.dataset.description = "Drawn here; CC0."
    version.dataset.save()
    made = release_let_vote(release=older, by=None)
    assert made.provenance["dataset"] == {
        "name": "squares",
        "version": 1,
        "content_sha256": "0" * 64,
        "description": "Drawn here; CC0.",
    }
    assert made.provenance["single_faces"]["description"] == "kept"


def test_done_twice_it_is_one(older):
    assert release_let_vote(release=older, by=None) == release_let_vote(release=older, by=None)
    assert ModelRelease.objects.count() == 2


def test_the_command_tells_its_figures_and_lets_it_judge(older):
    out = io.StringIO()
    call_command("release_voting", release="older", activate=True, json=True, stdout=out, stderr=io.StringIO())
    told = json.loads(out.getvalue())
    assert (told["release"], told["active"], sorted(told["metrics"])) == ("older-voting", True, ["test", "validation"])
    assert ModelRelease.objects.active().get().name == "older-voting"


def test_one_that_votes_is_refused(tiny_release):
    with pytest.raises(CommandError, match="vote already"):
        call_command("release_voting", release=tiny_release.name)


def test_one_whose_pictures_are_not_here_is_refused(older, version):
    version.content_sha256 = "1" * 64
    version.save()
    with pytest.raises(CommandError, match="older was trained on a dataset version that is not here"):
        call_command("release_voting", release="older")
    assert ModelRelease.objects.count() == 1


@pytest.mark.parametrize("taken", [False, True])
def test_a_name_that_cannot_be_had_is_refused_before_anything_is_written(older, tiny_release, taken):
    if taken:
        ModelRelease.objects.filter(pk=tiny_release.pk).update(name="older-voting")
    else:
        ModelRelease.objects.filter(pk=older.pk).update(name="o" * 95)
        older.refresh_from_db()
    before = sorted(registered_releases().iterdir())
    with pytest.raises(ReleaseError, match="another release named" if taken else "up to 100 letters"):
        release_let_vote(release=older, by=None)
    assert sorted(registered_releases().iterdir()) == before
