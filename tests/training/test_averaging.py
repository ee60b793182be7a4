"""Several releases that went on from one start become one: the mean of their weights."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from releases.models import ModelRelease
from releases.services import registered_releases, release_folder, release_register
from tests.conftest import TINY_ANCHORS
from tests.training.makers import make_version
from tests.training.measured import assert_figures_are_its_own
from tests.yolo.random_release import random_network
from training.averaging import release_average
from yolo.release import load_network, read_release, write_measured, write_release

pytestmark = pytest.mark.django_db
CLASSES = ("with_mask", "without_mask", "worn_incorrectly")
THRESHOLDS = dict.fromkeys(CLASSES, 0.5)
SQUARES = {"name": "squares", "version": 1, "content_sha256": "0" * 64, "description": ""}


@pytest.fixture(scope="module")
def other_weights(tmp_path_factory):
    """A release of the same form and anchors as `tiny_release_folder`, with other random weights."""
    return write_release(
        folder=tmp_path_factory.mktemp("other") / "weights",
        model=random_network(1),
        name="weights",
        network="yolov3-slim",
        classes=CLASSES,
        anchors=TINY_ANCHORS,
        net_size=288,
        thresholds=THRESHOLDS,
    )


@pytest.fixture
def version():
    return make_version(train=1, classes=CLASSES)


def registered(source, folder, *, dataset=SQUARES) -> ModelRelease:
    write_measured(
        source=source,
        folder=folder,
        name=folder.name,
        thresholds=THRESHOLDS,
        metrics={},
        provenance={"created": "2026-01-02T03:04:05+00:00", "run": 3, "dataset": dataset},
    )
    return release_register(folder=folder, by=None)


@pytest.fixture
def first(tiny_release_folder, tmp_path, version) -> ModelRelease:
    return registered(read_release(tiny_release_folder), tmp_path / "first")


@pytest.fixture
def second(other_weights, tmp_path, version) -> ModelRelease:
    return registered(other_weights, tmp_path / "second")


def arrays_of(release: ModelRelease) -> dict[str, np.ndarray]:
    model = load_network(read_release(release_folder(release)))
    return {variable.path: np.array(variable.numpy()) for variable in model.variables}


def test_its_weights_are_the_mean_and_its_figures_its_own(first, second, version):
    told: list[str] = []
    made = release_average(release=first, others=[second], by=None, tell=told.append)
    mean, one, two = (arrays_of(release) for release in (made, first, second))
    for path in mean:
        np.testing.assert_allclose(mean[path], (one[path] + two[path]) / 2, rtol=1e-3, atol=1e-4)
    assert_figures_are_its_own(made, version)
    assert told == ["measuring on the validation pictures", "measuring on the test pictures"]
    assert (made.name, made.is_active) == ("first-average", False)


def test_the_command_lets_it_judge_and_its_pages_say_whose_weights_these_are(first, second, client, django_user_model):
    out = io.StringIO()
    average("second", name="both", activate=True, json=True, stdout=out, stderr=io.StringIO())
    told, made = json.loads(out.getvalue()), ModelRelease.objects.active().get()
    assert (told["release"], told["active"], sorted(told["metrics"])) == ("both", True, ["test", "validation"])
    assert made.name == "both"
    assert made.provenance["average"]["weights_of"] == [
        {"name": "first", "sha256": first.sha256},
        {"name": "second", "sha256": second.sha256},
    ]
    assert made.provenance["dataset"] == SQUARES
    assert made.provenance["created"] > "2026-01-02T03:04:05+00:00"
    client.force_login(django_user_model.objects.create_superuser("root", password="a long word"))
    for page, names in (("release", "<div>first</div><div>second</div>"), ("card", "first, second;")):
        shown = client.get(reverse(f"releases:{page}", args=[made.pk])).content.decode()
        assert "Mean of the weights of" in shown
        assert "all else here is told of the first" in shown
        assert names in shown


def average(*others: str, **options) -> None:
    named = [word for other in others for word in ("--with", other)]
    call_command("release_average", *named, release="first", **options)


def refused(sentence: str, *others: str, **options) -> None:
    before = sorted(registered_releases().iterdir()), ModelRelease.objects.count()
    with pytest.raises(CommandError, match=sentence):
        average(*(others or ["second"]), **options)
    assert (sorted(registered_releases().iterdir()), ModelRelease.objects.count()) == before


def test_one_alone_or_twice_is_refused(first, second):
    refused("two or more releases, each of them once", "first")
    refused("two or more releases, each of them once", "second", "second")
    refused("There is no release named third", "third")


def test_a_name_that_is_taken_is_refused(first, second):
    refused("another release named second", name="second")
    (registered_releases() / "left").mkdir()
    refused("There is a folder left already", name="left")


def test_one_that_learned_from_other_pictures_is_refused(first, other_weights, tmp_path):
    registered(other_weights, tmp_path / "second", dataset={**SQUARES, "content_sha256": "1" * 64})
    refused("second did not learn from squares v1, as first did")


def test_one_whose_pictures_are_not_here_is_refused(first, second, version):
    version.content_sha256 = "1" * 64
    version.save()
    refused("first was trained on a dataset version that is not here")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"anchors": tuple((w + 1, h) for w, h in TINY_ANCHORS)}, "other anchors than first"),
        ({"classes": CLASSES[::-1]}, "other classes than first"),
    ],
)
def test_outputs_that_mean_something_else_are_refused(first, other_weights, tmp_path, changed, sentence):
    registered(replace(other_weights, **changed), tmp_path / "second")
    refused(sentence)
