import json
from datetime import UTC, datetime, timedelta

import cv2
import keras
import numpy as np
import pytest

from tests.yolo.random_release import random_release
from yolo.config import TrainConfig
from yolo.origin import samples_sha256
from yolo.release import read_release
from yolo.samples import Sample
from yolo.train_command import _anchors, _parser, box_sizes, main, read_crops, split, split_as_listed
from yolo.voc import read_voc

COLOURS = {"red": (0, 0, 255), "azul": (255, 0, 0)}


@pytest.fixture
def voc(tmp_path):
    """Twelve pictures of 120x90 with a red and a blue box of growing size each."""
    folder = tmp_path / "voc"
    (folder / "annotations").mkdir(parents=True)
    (folder / "images").mkdir()
    for number in range(12):
        image = np.full((90, 120, 3), 100, np.uint8)
        objects = ""
        for place, (name, colour) in enumerate(COLOURS.items()):
            x1, y1, x2, y2 = 5 + 60 * place, 10, 15 + 3 * number + 60 * place, 25 + 2 * number
            image[y1:y2, x1:x2] = colour
            objects += (
                f"<object><name>{name}</name><bndbox><xmin>{x1}</xmin><ymin>{y1}</ymin>"
                f"<xmax>{x2}</xmax><ymax>{y2}</ymax></bndbox></object>"
            )
        cv2.imwrite(str(folder / "images" / f"{number}.png"), image)
        text = f"<annotation><filename>{number}.png</filename>{objects}</annotation>"
        (folder / "annotations" / f"{number}.xml").write_text(text)
    return folder


@pytest.mark.slow
def test_it_trains_from_a_folder_to_a_release_that_can_be_read(voc, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = ["--voc", str(voc), "--out", str(out), "--net-size", "288", "--epochs", "1", "--map", "azul=blue"]
    assert main(arguments) == 0
    printed = capsys.readouterr()
    summary = json.loads(printed.out)
    release = read_release(out / "release")
    assert (release.classes, release.net_size) == (("blue", "red"), 288)
    assert summary["release"] == str(out / "release")
    assert release.metrics["validation"]["map50"] == summary["map50"]
    # A tenth of twelve pictures, rounded
    made = release.provenance
    assert (made["validation_pictures"], made["epochs"], made["options"]) == (1, 1, {})
    assert (made["dataset"]["name"], made["dataset"]["pictures"]) == (voc.name, 12)
    assert made["dataset"]["content_sha256"] == samples_sha256(read_voc(voc, mapping={"azul": "blue"}).samples)
    assert abs(datetime.fromisoformat(made["created"]) - datetime.now(UTC)) < timedelta(hours=1)
    assert made["packages"]["keras"] == keras.__version__
    assert "Epoch 1: " in printed.err
    assert main(arguments) == 1
    assert "exists already; choose another folder" in capsys.readouterr().err


def test_a_missing_folder_ends_with_a_sentence_and_no_traceback(tmp_path, capsys):
    assert main(["--voc", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.endswith("has no folder named annotations or Annotations.\n")


def test_a_net_size_that_does_not_work_ends_with_a_sentence(voc, tmp_path, capsys):
    assert main(["--voc", str(voc), "--out", str(tmp_path / "out"), "--net-size", "300"]) == 1
    assert "multiple of 32 from 288 up, not 300" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--map", "azul"], ["--map", "=blue"], ["--validation-share", "1"]])
def test_arguments_of_the_wrong_form_are_refused(wrong, capsys):
    with pytest.raises(SystemExit):
        _parser().parse_args(["--voc", "a", "--out", "b", *wrong])
    assert wrong[1] in capsys.readouterr().err


def test_the_split_is_by_seed_and_loses_nothing(voc):
    samples = read_voc(voc).samples
    training, validation = split(samples, 0.25, seed=1)
    assert (len(training), len(validation)) == (9, 3)
    assert {sample.path for sample in (*training, *validation)} == {sample.path for sample in samples}
    assert split(samples, 0.25, seed=1) == (training, validation)
    assert {s.path for s in split(samples, 0.25, seed=2)[1]} != {s.path for s in validation}


def test_anchors_are_fitted_at_the_net_size(voc):
    samples = read_voc(voc).samples
    small, large = (_anchors(None, samples, TrainConfig(net_size=size)) for size in (288, 576))
    np.testing.assert_allclose(large.anchors, 2 * small.anchors, rtol=1e-6)


def test_the_anchors_of_the_release_it_starts_from_are_kept_where_they_fit(voc, tmp_path):
    samples = read_voc(voc).samples
    release = random_release(tmp_path / "start")
    kept = _anchors(release.folder, samples, TrainConfig(net_size=288))
    np.testing.assert_allclose(kept.anchors, release.anchors)
    sizes = box_sizes(samples, 288)
    # The overlap with the best of the anchors, box by box
    best = [
        max(min(w, a) * min(h, b) / (w * h + a * b - min(w, a) * min(h, b)) for a, b in release.anchors)
        for w, h in sizes
    ]
    assert kept.mean_iou == pytest.approx(sum(best) / len(best))
    for other in (TrainConfig(net_size=320), TrainConfig(net_size=288, network="yolov3-slim-p2")):
        found = _anchors(release.folder, samples, other)
        assert found.mean_iou > 0.9 > kept.mean_iou  # twelve pictures of like boxes: their own anchors fit well


def test_a_file_may_name_the_pictures_to_validate_on(voc, tmp_path):
    samples = read_voc(voc).samples
    names = tmp_path / "validation.txt"
    names.write_text("3.png\n\n7.png \n")
    training, validation = split_as_listed(samples, names)
    assert [sample.path.name for sample in validation] == ["3.png", "7.png"]
    assert len(training) == 10


@pytest.mark.parametrize(("text", "said"), [("99.png", "such as 99.png"), ("", "must name some"), (None, "must name")])
def test_a_list_of_pictures_that_does_not_fit_is_refused(voc, tmp_path, text, said):
    samples: tuple[Sample, ...] = read_voc(voc).samples
    names = tmp_path / "validation.txt"
    names.write_text("\n".join(sample.path.name for sample in samples) if text is None else text)
    with pytest.raises(ValueError, match=said):
        split_as_listed(samples, names)


def test_the_command_takes_every_option_of_a_recipe(voc, tmp_path, capsys):
    wrong = ["--voc", str(voc), "--out", str(tmp_path / "out"), "--option", "canvass=416"]
    assert main(wrong) == 1
    assert "no option canvass; there are: augment, batch, cache_megabytes, canvas," in capsys.readouterr().err
    assert main([*wrong[:-1], "canvas=100"]) == 1
    assert "canvas is a multiple of 32, not 100" in capsys.readouterr().err
    assert main([*wrong[:4], "--judge", "green"]) == 1
    assert "--judge names no class" in capsys.readouterr().err


def crops_folder(tmp_path, images):
    folder = tmp_path / "crops"
    folder.mkdir()
    (folder / "boxes.json").write_text(json.dumps({"images": images}))
    return folder


def test_crops_are_read_with_classes_renamed_and_boxless_ones_left_out(tmp_path):
    folder = crops_folder(
        tmp_path,
        [
            {"path": "a/1.jpg", "class": "azul", "boxes": [{"xyxy": [1, 2, 3, 4], "score": 0.9}]},
            {"path": "a/2.jpg", "class": "red", "boxes": []},
        ],
    )
    (crop,) = read_crops(folder, ("blue", "red"), {"azul": "blue"})
    assert crop.path == folder / "a" / "1.jpg"
    assert (crop.boxes.tolist(), crop.labels.tolist()) == ([[1, 2, 3, 4]], [0])


@pytest.mark.parametrize("entry", [{"path": "a.jpg"}, {"path": "a.jpg", "class": "green", "boxes": []}, 5])
def test_crops_of_another_form_are_refused(tmp_path, entry):
    with pytest.raises(ValueError, match=r"boxes\.json does not list crops"):
        read_crops(crops_folder(tmp_path, [entry]), ("red",), {})
