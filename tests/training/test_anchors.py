"""Where the anchors of a run come from."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from labelling.models import DatasetVersion
from releases.models import ModelRelease
from tests.conftest import TINY_ANCHORS
from tests.training.makers import make_run, make_version
from training.anchors import run_anchors
from training.models import TrainingRun
from training.samples import TrainingError
from training.services import run_create

KEPT = [[10.0 + n, 12.0 + n] for n in range(9)]
# Box n of make_version() is (16 + n) x (20 + 2 n) pixels on a picture of 96, so 3 times that at 288.
FITTED = [[3.0 * (16 + n), 3.0 * (20 + 2 * n)] for n in range(12)]
OF_THE_START = [[float(width), float(height)] for width, height in TINY_ANCHORS]


def version_keeping(anchors: list[list[float]], *, net_size: int = 288, train: int = 9) -> DatasetVersion:
    version = make_version(train=train)
    version.anchors = {"net_size": net_size, "anchors": anchors}
    version.save()
    return version


def test_without_anything_else_they_are_fitted_to_the_train_split_at_the_net_size(db):
    anchors, source = run_anchors(make_run(make_version(train=9)))
    np.testing.assert_allclose(anchors, FITTED[:9])
    assert source == "fit"


def test_those_kept_with_the_version_are_taken_at_their_net_size(db):
    version = version_keeping(KEPT)
    assert run_anchors(make_run(version)) == (KEPT, "version")
    assert run_anchors(make_run(version, net_size=320))[1] == "fit"
    assert run_anchors(make_run(version_keeping(KEPT[:8])))[1] == "fit"


def test_a_network_with_more_scales_has_more_anchors_than_those_kept(db):
    anchors, source = run_anchors(make_run(version_keeping(KEPT, train=12), network="yolov3-slim-p2"))
    np.testing.assert_allclose(anchors, FITTED)
    assert source == "fit"


def test_those_of_the_start_release_come_first_since_its_head_was_trained_for_them(tiny_release):
    assert run_anchors(make_run(version_keeping(KEPT), start_release=tiny_release)) == (OF_THE_START, "start")


@pytest.mark.parametrize(("values", "source"), [({"net_size": 320}, "fit"), ({"network": "yolov3-slim-p2"}, "fit")])
def test_a_start_of_another_network_or_net_size_says_nothing_about_anchors(tiny_release, values, source):
    assert run_anchors(make_run(make_version(train=12), start_release=tiny_release, **values))[1] == source


def test_a_wider_network_keeps_the_anchors_of_the_narrower_one_it_starts_from(tiny_release):
    run = make_run(make_version(train=12), start_release=tiny_release, network=f"{tiny_release.network}-x1.5")
    assert run_anchors(run) == (OF_THE_START, "start")


def test_coarser_cells_besides_those_of_the_start_have_anchors_of_twice_the_largest(tiny_release, monkeypatch):
    ModelRelease.objects.filter(pk=tiny_release.pk).update(network="yolov3-slim-p2", net_size=320)
    tiny_release.refresh_from_db()
    of_the_start = [[float(n), n + 2.5] for n in range(1, 13)]
    monkeypatch.setattr("training.anchors.read_release", lambda folder, **values: SimpleNamespace(anchors=of_the_start))
    run = make_run(make_version(), start_release=tiny_release, network="yolov3-slim-p2-p6", net_size=320)
    # The last three are 10 x 12.5, 11 x 13.5 and 12 x 14.5.
    assert run_anchors(run) == ([*of_the_start, [20.0, 25.0], [22.0, 27.0], [24.0, 29.0]], "start")


def test_what_is_asked_for_is_taken(tiny_release):
    values = {"version": version_keeping(KEPT), "start_release": tiny_release}
    np.testing.assert_allclose(run_anchors(make_run(anchors_from="fit", **values))[0], FITTED[:9])
    assert run_anchors(make_run(anchors_from="version", **values)) == (KEPT, "version")
    assert run_anchors(make_run(anchors_from="start", **values)) == (OF_THE_START, "start")


def test_anchors_that_are_gone_when_the_run_begins_are_told_in_a_sentence(db):
    with pytest.raises(TrainingError, match="kept with the version any more"):
        run_anchors(make_run(make_version(), anchors_from="version"))
    with pytest.raises(TrainingError, match="no release of this network and net size"):
        run_anchors(make_run(make_version(), anchors_from="start"))


def test_too_few_box_sizes_for_anchors_are_told_in_a_sentence(db):
    with pytest.raises(TrainingError, match="9 anchors need as many different box sizes; there are 8"):
        run_anchors(make_run(make_version(train=8)))


@pytest.mark.parametrize(
    ("source", "values", "sentence"),
    [
        ("start", {}, "of the same network and net size"),
        ("start", {"network": "yolov3-slim-p2", "with_start": True}, "of the same network and net size"),
        ("version", {}, "kept with the version"),
        ("moon", {}, "not a valid choice"),
    ],
)
def test_what_cannot_be_had_is_refused_before_it_starts(tiny_release, source, values, sentence):
    values = {"network": "yolov3-slim", "net_size": 288, "epochs": 1, "batch": 1, **values}
    start = tiny_release if values.pop("with_start", False) else None
    with pytest.raises(ValidationError, match=sentence) as refused:
        run_create(version=make_version(), start_release=start, anchors_from=source, by=None, **values)
    assert "anchors_from" in refused.value.message_dict


def test_the_command_takes_the_choice(tiny_release, monkeypatch):
    version_keeping(KEPT)
    monkeypatch.setattr("training.management.commands.train.job_run_here", lambda **values: None)
    arguments = ["--dataset=squares", "--dataset-version=1", "--net-size=288", "--start-release=tiny-random"]
    for given, kept in ((["--anchors=version"], "version"), ([], "")):
        call_command("train", *arguments, *given, stdout=io.StringIO(), stderr=io.StringIO())
        assert TrainingRun.objects.latest("pk").anchors_from == kept
