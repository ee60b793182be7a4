"""What a training begins with: weights of a release or of Darknet, and which of them stay."""

from dataclasses import replace

import numpy as np
import pytest
from keras import ops

from tests.yolo.narrow import ANCHORS, CLASSES, NARROW, narrow_config, two_squares
from tests.yolo.random_release import CLASSES as RELEASED
from tests.yolo.random_release import random_network, random_release
from tests.yolo.trainings import run
from yolo.anchors import with_coarser
from yolo.config import NETWORKS, Stage, network_named
from yolo.darknet_weights import write_weights
from yolo.events import StartEvent
from yolo.network import build_network
from yolo.release import load_network
from yolo.start_weights import take_heads, take_weights
from yolo.train import TrainError


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setattr("yolo.config.NETWORKS", {"narrow": NARROW})


def test_weights_that_fit_are_taken_over_and_the_others_named():
    network, other = build_network(NARROW, classes=2), build_network(NARROW, classes=3, seed=5)
    left_out = take_weights(network, other, heads=True)
    # Three classes have wider outputs: kernel and bias of each scale stay.
    assert sorted(left_out) == [f"scale{s}_output/{part}" for s in (16, 32, 8) for part in ("bias", "kernel")]
    theirs = {variable.path: ops.convert_to_numpy(variable) for variable in other.weights}
    for variable in network.weights:
        if variable.path not in left_out:
            np.testing.assert_array_equal(ops.convert_to_numpy(variable), theirs[variable.path])


def test_heads_stay_behind_when_the_classes_mean_something_else():
    network, other = build_network(NARROW, classes=2), build_network(NARROW, classes=2, seed=5)
    assert take_weights(network, other, heads=True) == ()
    assert all("_output/" in path for path in take_weights(network, other, heads=False))


def test_of_heads_for_other_classes_the_channels_that_mean_the_same_are_taken():
    network, other = build_network(NARROW, classes=3), build_network(NARROW, classes=2, seed=5)
    before = {variable.path: ops.convert_to_numpy(variable) for variable in network.weights}
    theirs = {variable.path: ops.convert_to_numpy(variable) for variable in other.weights}
    assert take_heads(network, other, ("red", "green", "blue"), ("blue", "red")) == set()
    for variable in network.weights:
        ours, path = ops.convert_to_numpy(variable), variable.path
        if "_output/" not in path:
            np.testing.assert_array_equal(ours, before[path])
            continue
        # Three anchors of 8 channels here, of 7 there: five of the box, then red, green, blue here and blue, red there
        for anchor in range(3):
            here, there = ours[..., 8 * anchor : 8 * anchor + 8], theirs[path][..., 7 * anchor : 7 * anchor + 7]
            np.testing.assert_array_equal(here[..., :5], there[..., :5])
            np.testing.assert_array_equal(here[..., 5], there[..., 6])
            np.testing.assert_array_equal(here[..., 6], before[path][..., 8 * anchor + 6])
            np.testing.assert_array_equal(here[..., 7], there[..., 5])


@pytest.mark.parametrize(("classes", "left_out"), [(RELEASED, 0), (RELEASED[::-1], 0), (("red", *RELEASED[1:]), 6)])
def test_a_training_starts_from_the_weights_of_a_release(tmp_path, monkeypatch, written, classes, left_out):
    monkeypatch.setattr("yolo.config.NETWORKS", NETWORKS)
    result, _, _ = run(
        two_squares(tmp_path),
        tmp_path / "run",
        narrow_config(network="yolov3-slim"),
        classes=classes,
        start_release=written.folder,
        should_stop=lambda: True,
    )
    ours = {variable.path: ops.convert_to_numpy(variable) for variable in result.model.weights}
    for variable in load_network(written).weights:
        equal = np.array_equal(ours[variable.path], ops.convert_to_numpy(variable))
        if not variable.path.endswith("_output/bias"):  # those of a fresh network are alike for all classes
            assert equal == (classes == RELEASED or not variable.path.endswith("_output/kernel"))
    # Kernel and bias of three scales, where a class is new
    assert len(result.left_out) == left_out


def test_a_wider_network_starts_where_a_narrower_release_stands(tmp_path, monkeypatch):
    monkeypatch.setattr("yolo.config.NETWORKS", NETWORKS)
    known = random_network(4, network_named("yolov3-slim-x0.25"))
    released = random_release(tmp_path / "release", model=known, network=network_named("yolov3-slim-x0.25"))
    events = []
    values = {"start_release": released.folder, "should_stop": lambda: True, "on_event": events.append}
    config = narrow_config(network="yolov3-slim-x0.5", net_size=288)
    samples = two_squares(tmp_path)
    result, _, _ = run(samples, tmp_path / "run", config, classes=RELEASED, **values)
    [begun] = events
    assert (begun.left_out, result.left_out) == ((), ())
    assert 0 < begun.widened < begun.taken == len(result.model.weights)
    picture = np.full((1, 96, 96, 3), 0.4, np.float32)
    for mine, other in zip(result.model(picture), load_network(released)(picture), strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(mine), ops.convert_to_numpy(other), atol=2e-5)
    other_classes, _, _ = run(samples, tmp_path / "other", config, classes=("red", *RELEASED[1:]), **values)
    assert [event.widened for event in events] == [begun.widened] * 2
    assert len(other_classes.left_out) == 6  # kernel and bias of three scales: one class is new


def test_only_what_is_new_learns_where_that_is_wished_after_a_break_too(tmp_path, monkeypatch):
    farther = replace(NARROW, name="farther", stages=(*NARROW.stages, Stage(8, 0)), scales=4, coarsest_apart=True)
    monkeypatch.setattr("yolo.config.NETWORKS", {"narrow": NARROW, "farther": farther})
    start = build_network(NARROW, classes=len(CLASSES), seed=9)
    monkeypatch.setattr(
        "yolo.train.take_release", lambda network, *_args, **_values: (take_weights(network, start, heads=True), 0)
    )
    values = {"anchors": with_coarser(ANCHORS, scales=4), "start_release": tmp_path}
    config = narrow_config(network="farther", net_size=320, canvas=128, fine_tune_canvas=128, freeze_known=True)
    samples = two_squares(tmp_path)
    calls = iter(range(100))
    broken, _, _ = run(samples, tmp_path / "run", config, should_stop=lambda: next(calls) == 1, **values)
    resumed, _, _ = run(samples, tmp_path / "run", config, resume=True, **values)
    assert (broken.stopped, resumed.stopped) == (True, False)
    known = {variable.path: ops.convert_to_numpy(variable) for variable in start.weights}
    fresh = build_network(farther, classes=len(CLASSES), seed=config.seed)
    begun = {variable.path: ops.convert_to_numpy(variable) for variable in fresh.weights} | known
    for variable in resumed.model.weights:
        as_begun = np.array_equal(ops.convert_to_numpy(variable), begun[variable.path])
        assert as_begun == (variable.path in known), variable.path


@pytest.mark.parametrize(("values", "sentence"), [(True, "nothing is left to learn"), (False, "needs weights")])
def test_a_training_in_which_nothing_new_could_learn_is_refused(tmp_path, monkeypatch, written, values, sentence):
    monkeypatch.setattr("yolo.config.NETWORKS", NETWORKS)
    config = narrow_config(network="yolov3-slim", freeze_known=True)
    start = {"start_release": written.folder} if values else {}
    with pytest.raises(TrainError, match=sentence):
        run(two_squares(tmp_path), tmp_path / "run", config, classes=RELEASED, **start)


def test_a_training_starts_from_the_first_layers_of_a_darknet_file(tmp_path):
    arrays = {
        variable.path: ops.convert_to_numpy(variable) for variable in build_network(NARROW, classes=2, seed=9).weights
    }
    path = tmp_path / "narrow.weights"
    write_weights(path, arrays, NARROW, classes=2)
    stem = NARROW.stem_filters * (3 * 9 + 4)
    path.write_bytes(path.read_bytes()[: 20 + 4 * stem])
    events = []
    result, _, _ = run(
        two_squares(tmp_path),
        tmp_path / "run",
        narrow_config(),
        start_weights=path,
        on_event=events.append,
        should_stop=lambda: True,
    )
    ours = {variable.path: ops.convert_to_numpy(variable) for variable in result.model.weights}
    taken = [name for name in ours if name not in result.left_out]
    assert sorted(taken) == [
        "stem_conv/kernel",
        "stem_norm/beta",
        "stem_norm/gamma",
        "stem_norm/moving_mean",
        "stem_norm/moving_variance",
    ]
    for name in taken:
        np.testing.assert_allclose(ours[name], arrays[name], rtol=1e-6)
    assert events[0] == StartEvent(5, result.left_out)
