"""The mean of networks, layer by layer."""

import keras
import numpy as np
import pytest

from tests.yolo.random_release import CLASSES, random_network
from yolo.averaging import average_into
from yolo.config import YOLOV3_SLIM_P2, YOLOV3_SLIM_P2_P6, YOLOV3_TINY, network_widened
from yolo.network import build_network

P2 = network_widened(YOLOV3_SLIM_P2, 0.25)
P2_P6 = network_widened(YOLOV3_SLIM_P2_P6, 0.25)


def filled(network, value: float) -> keras.Model:
    """A network all of whose variables are one number."""
    model = build_network(network, classes=len(CLASSES))
    for variable in model.variables:
        variable.assign(np.full(tuple(variable.shape), value, np.float32))
    return model


def values_of(model: keras.Model) -> dict[str, np.ndarray]:
    return {variable.path: np.array(variable.numpy()) for variable in model.variables}


def test_each_counts_the_same():
    model = filled(P2, 1.0)
    assert average_into(model, [filled(P2, 2.0), filled(P2, 6.0)]) == ()
    assert {float(value) for array in values_of(model).values() for value in np.unique(array)} == {3.0}


def test_what_only_the_first_has_stays_as_it_is():
    model, other = filled(P2_P6, 5.0), filled(P2, 2.0)
    alone = set(average_into(model, [other]))
    values = values_of(model)
    assert alone == values.keys() - values_of(other).keys() != set()
    assert {path for path, array in values.items() if (array == 5.0).all()} == alone
    assert all((array == 3.5).all() for path, array in values.items() if path not in alone)


def test_networks_of_the_same_weights_compute_what_each_of_them_does():
    model, other = random_network(3, P2), random_network(3, P2)
    picture = np.random.default_rng(0).uniform(0, 1, (1, 96, 128, 3)).astype(np.float32)
    before = [np.asarray(output) for output in model(picture, training=False)]
    average_into(model, [other])
    for mine, output in zip(before, model(picture, training=False), strict=True):
        np.testing.assert_allclose(np.asarray(output), mine, atol=1e-5)


@pytest.mark.parametrize(
    ("form", "others"),
    [
        (P2, [P2_P6]),  # the other has more
        (P2, [network_widened(YOLOV3_SLIM_P2, 0.5)]),  # arrays of another shape
        (P2, [YOLOV3_TINY]),
        (P2_P6, [P2_P6, P2]),  # the others differ
    ],
)
def test_another_form_is_refused_and_nothing_is_changed(form, others):
    model = filled(form, 1.0)
    with pytest.raises(ValueError, match=r"is not part of this network|differ from each other"):
        average_into(model, [filled(other, 2.0) for other in others])
    assert all((array == 1.0).all() for array in values_of(model).values())
