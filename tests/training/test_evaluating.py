"""`manage.py evaluate`: a release measured on any version."""

import io
import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from labelling.models import VersionImage
from releases.services import release_folder
from tests.training.makers import make_version
from training import evaluating
from training.evaluating import learnt_from
from yolo.detections import Detections
from yolo.release import read_release

# The test pictures of make_version() hold one box each, in order of their names:
# picture 12 "with_mask" at (20, 10, 48, 54), picture 13 "without_mask" at (21, 10, 50, 56).
FACE = (20, 10, 48, 54)


class KnownDetector:
    """Sees the face of the first picture, something that the version has no class for, and a face where none is."""

    def __init__(self, release, precision=None) -> None:
        self.release = read_release(release_folder(release))
        self.arithmetic = precision or "bf16"

    def detect_batch(self, images, *, score=None) -> list[Detections]:
        assert score == 0.001
        return [found((FACE, 0.9, 0), (FACE, 0.8, 2)), found(((70, 70, 90, 90), 0.7, 0))]


def found(*rows) -> Detections:
    return Detections(
        boxes=np.array([row[0] for row in rows], np.float32),
        scores=np.array([row[1] for row in rows], np.float32),
        labels=np.array([row[2] for row in rows], np.int64),
        class_scores=np.zeros((len(rows), 3), np.float32),
    )


def evaluate(*arguments: str) -> dict:
    out = io.StringIO()
    call_command("evaluate", *arguments, "--json", "--verbosity", "0", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def test_all_figures_are_told(tiny_release, monkeypatch):
    monkeypatch.setattr(evaluating, "detector_for", KnownDetector)
    version = make_version("squares")
    figures = evaluate("--release", "tiny-random", "--dataset", "squares", "--version", "1")
    assert (figures["release"], figures["release_sha256"]) == ("tiny-random", tiny_release.sha256)
    assert (figures["dataset"], figures["version"], figures["split"], figures["pictures"]) == ("squares", 1, "test", 2)
    assert figures["content_sha256"] == version.content_sha256
    assert figures["ap50"] == {"with_mask": 1.0, "without_mask": 0.0}
    assert (figures["map50"], figures["map50_95"]) == (0.5, 0.5)
    assert figures["classes_not_in_version"] == ["worn_incorrectly"]
    told = figures["at_thresholds"]
    assert {name: (row["right"], row["wrong"], row["missed"]) for name, row in told.items()} == {
        "with_mask": (1, 1, 0),
        "without_mask": (0, 0, 1),
    }
    # 28 by 44 pixels: the side is the root of 1232, 35.1
    with_boxes = [(row["from"], row["ap50"]) for row in figures["ap50_by_side"]["with_mask"] if row["boxes"]]
    assert with_boxes == [(32.0, 1.0)]


def test_intervals_are_told_when_they_are_asked_for(tiny_release, monkeypatch):
    monkeypatch.setattr(evaluating, "detector_for", KnownDetector)
    make_version("squares")
    asked = ["--release", "tiny-random", "--version", "1"]
    figures = evaluate(*asked, "--bootstrap", "60")
    assert figures["bootstrap"] == 60
    told = figures["intervals"]
    # Two pictures: where the one with a mask is drawn its face is always found, and that without never; in a sample
    # of one picture twice the other class is not there at all.
    assert (told["ap50"], told["ap50_95"]) == ({"with_mask": [1.0, 1.0], "without_mask": [0.0, 0.0]},) * 2
    assert told["map50"] == told["map50_95"] == [0.5, 0.5]
    assert "intervals" not in evaluate(*asked)


def test_a_bootstrap_without_rounds_is_refused(tiny_release):
    make_version("squares")
    for rounds in ("0", "-3", "many"):
        with pytest.raises(CommandError, match="number of rounds from 1 up"):
            evaluate("--version", "1", f"--bootstrap={rounds}")


def test_a_real_release_runs_on_every_part(tiny_release):
    make_version("squares", train=2, validation=1, test=1)
    figures = evaluate("--version", "squares:1", "--split", "all")
    assert (figures["release"], figures["pictures"]) == ("tiny-random", 4)
    assert figures["boxes"] == {"with_mask": 2, "without_mask": 2}


def test_a_class_that_the_release_does_not_know_counts_as_never_found(tiny_release):
    make_version("squares", train=1, validation=0, test=2, classes=("with_mask", "deer"))
    figures = evaluate("--version", "1")
    assert figures["classes_unknown_to_release"] == ["deer"]
    assert figures["ap50"]["deer"] == 0.0
    assert figures["at_thresholds"]["deer"]["missed"] == 1


def test_pictures_that_the_release_was_trained_on_are_told(tiny_release):
    earlier = make_version("squares", train=3, validation=0, test=1)
    later = make_version("squares", train=1, validation=0, test=3)  # the same four pictures, parted otherwise
    assert learnt_from(tiny_release, later, ["test"]) is None
    earlier.content_sha256 = "a" * 64
    earlier.save()
    tiny_release.provenance = {"dataset": {"content_sha256": "a" * 64}}
    tiny_release.save()
    assert learnt_from(tiny_release, later, ["test"]) == 2  # pictures 1 and 2; 3 was a test picture before
    assert learnt_from(tiny_release, earlier, ["test"]) == 0
    err = io.StringIO()
    call_command("evaluate", "--version", "squares:2", "--json", "--verbosity", "0", stdout=io.StringIO(), stderr=err)
    assert "trained on 2 of these 3 pictures" in err.getvalue()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--version", "7"], "squares has no version 7; there are: 1"),
        (["--version", "latest"], "takes a number"),
        (["--version", "deer:1"], "no dataset named 'deer'"),
        (["--version", "deer:1", "--dataset", "squares"], "two different datasets"),
        (["--version", "1", "--release", "nothing"], "no release named nothing"),
        (["--version", "1", "--split", "validation"], "no picture in its part “validation”"),
    ],
)
def test_what_is_not_there_is_told(tiny_release, arguments, sentence):
    make_version("squares", train=1, validation=0, test=1)
    with pytest.raises(CommandError, match=sentence):
        evaluate(*arguments)


def test_the_dataset_must_be_named_where_there_are_two(tiny_release):
    make_version("squares")
    make_version("circles")
    with pytest.raises(CommandError, match="--dataset"):
        evaluate("--version", "1")


def test_a_picture_that_is_gone_is_told(tiny_release):
    version = make_version("squares", train=1, validation=0, test=1)
    frozen = VersionImage.objects.get(version=version, split="test")
    frozen.image.file.storage.delete(frozen.image.file.name)
    with pytest.raises(CommandError, match="cannot be read"):
        evaluate("--version", "1")


def test_a_release_of_other_classes_has_nothing_to_measure(tiny_release):
    make_version("deer", classes=("deer", "roe"))
    with pytest.raises(CommandError, match="knows none of the classes"):
        evaluate("--version", "1")
