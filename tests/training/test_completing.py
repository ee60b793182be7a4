"""A release gets an int8 form and a calibration."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from jobs import running
from jobs.models import Job
from releases.completion import completion_run_here, completion_start
from releases.models import ModelRelease
from releases.services import release_folder
from tests.training.makers import make_version
from training import completing
from training.completing import CompletionError, complete, make_calibration, make_int8
from yolo.detector import Detector
from yolo.int8 import INT8_FILES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_connection(monkeypatch):
    """The heartbeat's thread has no part in the transaction of a test."""
    monkeypatch.setattr(running, "BEAT_EVERY", 3600)


@pytest.fixture
def release(tiny_release) -> ModelRelease:
    """A release of random weights that says it was trained on a version that is here."""
    version = make_version(train=3, classes=("with_mask", "without_mask", "worn_incorrectly"))
    tiny_release.provenance = {"dataset": {"content_sha256": version.content_sha256}}
    tiny_release.save()
    return tiny_release


class Unloaded:
    """Stands for a detector: knows its precision."""

    def __init__(self, release, *, precision="auto", network=None) -> None:
        self.release, self.precision, self.arithmetic = release, precision, precision


@pytest.fixture
def measures(monkeypatch) -> dict[str, list[float]]:
    """Nothing is quantised; mAP@.5 of each precision is taken from here, one after the other."""
    told = {"f32": [0.88], "int8": [0.88]}

    def save(network, folder: Path, *, at: Path) -> None:
        for name in INT8_FILES:
            (at / name).write_text(f"{name} {at.name}")

    monkeypatch.setattr(completing, "quantise", lambda *_, **__: None)
    monkeypatch.setattr(completing, "save_int8", save)
    monkeypatch.setattr(completing, "int8_network", lambda *_, **__: None)
    monkeypatch.setattr(completing, "Detector", Unloaded)
    monkeypatch.setattr(completing, "_speed", lambda *_: {"milliseconds": {}})
    monkeypatch.setattr(completing, "_figures", lambda one, _: {"map50": told[one.precision].pop(0), "map50_95": 0.5})
    return told


def silent(done: int, total: int, message: str) -> None:
    pass


def test_a_random_network_is_quantised_measured_and_sealed(release):
    seen: list[tuple[int, int]] = []
    make_int8(release, lambda done, total, message: seen.append((done, total)))
    release.refresh_from_db()
    told = release.int8
    assert told["calibrated_on"] == {"split": "train", "pictures": 3, "seed": 0}
    assert told["validation"]["pictures"] == 2
    assert abs(told["loss"]) <= 0.01
    assert set(told["speed"]["milliseconds"]) == {"f32", "auto", "int8"}
    assert (1, 3) in seen and (3, 3) in seen
    assert Detector(release_folder(release), precision="int8").arithmetic == "int8"


def test_int8_that_costs_a_point_is_admitted(release, measures):
    measures["int8"] = [0.87, 0.86]
    make_int8(release, silent)
    release.refresh_from_db()
    assert release.int8["loss"] == 0.01
    assert [one["loss"] for one in release.int8["tried"]] == [0.01, 0.02]
    assert (release_folder(release) / "network.int8.xml").read_text() == "network.int8.xml 0"


def test_int8_that_costs_more_is_refused_with_the_figures_and_leaves_nothing(release, measures):
    measures["int8"] = [0.861, 0.858]
    with pytest.raises(CompletionError, match=r"0\.861 against 0\.880 in float, 1\.9 points lower"):
        make_int8(release, silent)
    release.refresh_from_db()
    assert release.int8 == {}
    assert not [name for name in INT8_FILES if (release_folder(release) / name).exists()]


def test_a_recipe_that_costs_little_ends_the_search_and_the_cheapest_is_kept(release, measures):
    measures["int8"] = [0.873, 0.879]
    make_int8(release, silent)
    release.refresh_from_db()
    assert (release.int8["loss"], release.int8["recipe"]) == (0.001, {"float_branches": True})
    assert (release_folder(release) / "network.int8.xml").read_text() == "network.int8.xml 1"


def test_a_release_whose_data_is_not_here_is_told_so(tiny_release, measures):
    for make in (make_int8, make_calibration):
        with pytest.raises(CompletionError, match="trained on is not here"):
            make(tiny_release, silent)


def test_a_temperature_is_fitted_on_validation_and_reported_on_test(release, monkeypatch):
    # Of 100 scores of 0.6 are 80 right, those of 0.4 mirror them: T = ln 1.5 / ln 4, and the chances are 0.8 and 0.2.
    scores = np.array([0.6] * 100 + [0.4] * 100)
    right = np.array([True] * 80 + [False] * 20 + [True] * 20 + [False] * 80)
    monkeypatch.setattr(completing, "_judged", lambda *_: ((), ()))
    monkeypatch.setattr(completing, "told_and_right", lambda *_: (scores, right))
    make_calibration(release, silent)
    release.refresh_from_db()
    assert release.temperature == pytest.approx(0.2925, abs=1e-3)
    for part in ("validation", "test"):
        told = release.calibration[part]
        assert (told["pictures"], told["detections"]) == (2, 200)
        assert told["before"]["error"] == pytest.approx(0.2)
        assert told["after"]["error"] == pytest.approx(0.0, abs=1e-3)


def test_what_no_temperature_can_be_told_from_is_a_sentence(release, monkeypatch):
    monkeypatch.setattr(completing, "told_and_right", lambda *_: (np.zeros(3), np.zeros(3, bool)))
    with pytest.raises(CompletionError, match="takes 50 detections"):
        make_calibration(release, silent)


class Reports:
    """Stands for the reporter of a publishing job."""

    def progress(self, **_) -> None:
        pass

    def safe_point(self):
        from contextlib import nullcontext

        return nullcontext()


def test_what_publishing_cannot_add_costs_a_sentence_and_is_not_tried_again(release, measures, monkeypatch):
    measures["int8"] = [0.8, 0.8]
    monkeypatch.setattr(completing, "told_and_right", lambda *_: (np.zeros(3), np.zeros(3, bool)))
    monkeypatch.setattr(completing, "_judged", lambda *_: ((), ()))
    complete(Reports(), release)
    release.refresh_from_db()
    assert "8.0 points lower" in release.shortfalls["int8"]
    assert "takes 50 detections" in release.shortfalls["calibration"]
    complete(Reports(), release)  # would pop from an empty list


def test_a_part_that_is_there_stays(release, measures, dan):
    make_int8(release, silent)
    release.refresh_from_db()
    with pytest.raises(ValidationError, match="sealed and stays"):
        completion_start(release=release, part="int8", by=dan)
    with pytest.raises(ValidationError, match="sealed and stays"):
        completion_run_here(release=release, part="int8")


def test_what_is_being_made_is_not_ordered_twice(release, dan):
    job = completion_start(release=release, part="calibration", by=dan)
    assert (job.kind, job.target_id, job.owner) == ("training.calibration", release.pk, dan)
    with pytest.raises(ValidationError, match="being made already"):
        completion_start(release=release, part="calibration", by=dan)


def run_command(name: str, *arguments: str) -> dict:
    out = io.StringIO()
    call_command(name, *arguments, "--json", "--verbosity", "0", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def test_the_command_prints_the_loss(release, measures):
    measures["int8"] = [0.876]
    told = run_command("quantize", "--release", release.name)
    assert (told["release"], told["loss"]) == ("tiny-random", 0.004)
    assert told["map50"] == {"f32": 0.88, "int8": 0.876}
    assert told["bytes"] == len("network.int8.xml 0network.int8.bin 0")
    assert Job.objects.get().state == Job.State.SUCCEEDED


def test_the_command_says_why_there_is_none(release, measures):
    measures["int8"] = [0.8, 0.8]
    with pytest.raises(CommandError, match="Int8 is refused"):
        run_command("quantize", "--release", release.name)
    with pytest.raises(CommandError, match="no release named other"):
        run_command("quantize", "--release", "other")


def test_the_command_prints_the_temperature(release, monkeypatch):
    monkeypatch.setattr(completing, "_judged", lambda *_: ((), ()))
    monkeypatch.setattr(completing, "told_and_right", lambda *_: (np.full(60, 0.5), np.arange(60) % 2 == 0))
    told = run_command("release_calibrate")
    assert set(told["calibration_error"]) == {"validation", "test"}
    assert told["calibration_error"]["test"] == {"before": 0.0, "after": 0.0}
