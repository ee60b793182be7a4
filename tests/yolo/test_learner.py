import keras
import numpy as np
import pytest

from tests.yolo.narrow import ANCHORS, NARROW, narrow_config
from yolo.learner import Learner, MovingAverage
from yolo.network import build_network
from yolo.targets import targets_for


@pytest.fixture
def learner(monkeypatch):
    monkeypatch.setattr("yolo.config.NETWORKS", {"narrow": NARROW})
    return Learner(build_network(NARROW, classes=2), anchors=ANCHORS, config=narrow_config())


def batch(size=64):
    targets = targets_for(
        [np.array([[20, 20, 40, 44]], np.float32)] * 2,
        [np.array([1])] * 2,
        anchors=ANCHORS,
        strides=(8, 16, 32),
        width=size,
        height=size,
        match_ratio=3,
    )
    images = np.random.default_rng(0).random((2, size, size, 3)).astype(np.float32)
    return images, targets


def test_a_step_reports_terms_that_add_up_and_learns(learner):
    first = learner.train_on_batch(*batch(), return_dict=True)
    assert set(first) == {"loss", "box", "objectness", "classes"}
    assert first["loss"] == pytest.approx(first["box"] + first["objectness"] + first["classes"], rel=1e-5)
    for _ in range(30):
        last = learner.train_on_batch(*batch(), return_dict=True)
    assert last["loss"] < 0.9 * first["loss"]


def test_a_rate_may_be_a_whole_number(monkeypatch):
    monkeypatch.setattr("yolo.config.NETWORKS", {"narrow": NARROW})
    config = narrow_config(learning_rate=1)
    learner = Learner(build_network(NARROW, classes=2), anchors=ANCHORS, config=config)
    assert float(learner.optimizer.learning_rate) == 1.0


def test_another_canvas_size_trains_too(learner):
    for size in (64, 96, 64, 128):
        assert np.isfinite(learner.train_on_batch(*batch(size), return_dict=True)["loss"])


def test_frozen_layers_keep_their_weights_and_their_statistics(learner):
    frozen = {"stem_conv", "stem_norm", "stage1_down_conv", "stage1_down_norm"}
    before = {variable.path: np.array(variable.numpy()) for variable in learner.network.weights}
    learner.freeze(frozen)
    for _ in range(2):
        learner.train_on_batch(*batch(), return_dict=True)
    changed = {
        variable.path.split("/")[0]
        for variable in learner.network.weights
        if not np.array_equal(before[variable.path], variable.numpy())
    }
    with_weights = {layer.name for layer in learner.network.layers if layer.weights}
    assert changed == with_weights - frozen


def test_norms_and_biases_do_not_decay(learner):
    decayed = [
        variable.path
        for variable in learner.network.trainable_variables
        if learner.optimizer._use_weight_decay(variable)
    ]
    assert decayed
    assert all(path.endswith("kernel") for path in decayed)


class OneWeight:
    """As much of a network as an average looks at."""

    def __init__(self, value):
        self.weights = [keras.Variable(np.array(value, np.float32))]

    def get_weights(self):
        return [weight.numpy() for weight in self.weights]


def test_the_average_begins_quickly_and_then_moves_slowly():
    network = OneWeight([0.0])
    average = MovingAverage(network, decay=0.5)
    network.weights[0].assign([10.0])
    average.update(step=0)  # decay 1/10
    assert average.weights[0] == pytest.approx(9)
    network.weights[0].assign([0.0])
    average.update(step=1)  # decay 2/11
    assert average.weights[0] == pytest.approx(9 * 2 / 11)
    average.update(step=10**6)  # 0.5 at most
    assert average.weights[0] == pytest.approx(9 * 2 / 11 / 2)


def test_an_average_goes_on_from_stored_values():
    average = MovingAverage(OneWeight([4.0]), decay=0.9, values=[np.array([2.0])])
    assert average.weights[0].tolist() == [2]
    average.update(step=10**6)
    assert average.weights[0] == pytest.approx(0.9 * 2 + 0.1 * 4)


def test_the_weights_of_an_average_are_copies():
    average = MovingAverage(OneWeight([0.0, 0.0]), decay=0.9)
    average.weights[0][:] = 5
    assert average.weights[0].tolist() == [0, 0]
