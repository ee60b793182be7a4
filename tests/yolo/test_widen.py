"""A wider network that begins where a narrower one stands."""

import keras
import numpy as np
import pytest
from keras import ops

from tests.yolo.random_release import CLASSES, random_network, random_pictures
from yolo.config import (
    YOLOV3_SLIM,
    YOLOV3_SLIM_P2,
    YOLOV3_SLIM_P2_P6,
    YOLOV3_TINY,
    network_named,
    network_widened,
)
from yolo.network import build_network
from yolo.widen import is_wider, widened

QUARTER = network_widened(YOLOV3_SLIM_P2, 0.25)
HALF = network_widened(YOLOV3_SLIM_P2, 0.5)


def arrays_of(model):
    return {variable.path: np.asarray(ops.convert_to_numpy(variable)) for variable in model.weights}


@pytest.fixture(scope="module")
def narrow():
    return random_network(3, QUARTER)


@pytest.fixture(scope="module")
def wide(narrow):
    return widened(narrow, form=QUARTER, to=HALF, classes=len(CLASSES), seed=1)[0]


@pytest.mark.parametrize("base", [YOLOV3_SLIM, YOLOV3_SLIM_P2, YOLOV3_SLIM_P2_P6])
@pytest.mark.parametrize(("width", "to"), [(0.25, 0.5), (0.5, 1)])
def test_it_computes_what_the_narrower_one_does(base, width, to):
    form, wider = network_widened(base, width), network_widened(base, to)
    known = random_network(5, form)
    model, _count = widened(known, form=form, to=wider, classes=len(CLASSES), seed=2)
    assert model.count_params() > 2 * known.count_params()
    pictures = random_pictures(1, 128, 192)[None] / np.float32(255)
    for mine, other in zip(model(pictures, training=False), known(pictures, training=False), strict=True):
        assert float(np.std(np.asarray(other))) > 0.1
        np.testing.assert_allclose(np.asarray(mine), np.asarray(other), atol=2e-5)


def test_new_channels_begin_at_random_by_the_seed(narrow, wide):
    known = arrays_of(narrow)
    again, _count = widened(narrow, form=QUARTER, to=HALF, classes=len(CLASSES), seed=1)
    other, _count = widened(narrow, form=QUARTER, to=HALF, classes=len(CLASSES), seed=2)
    kernel = "stage4_down_conv/kernel"
    ours = arrays_of(wide)[kernel]
    inputs, outputs = known[kernel].shape[-2:]
    np.testing.assert_array_equal(ours[:, :, :inputs, :outputs], known[kernel])
    assert not ours[:, :, inputs:, :outputs].any()
    assert (np.std(ours[..., outputs:], axis=(0, 1, 2)) > 0).all()
    np.testing.assert_array_equal(arrays_of(again)[kernel], ours)
    assert (arrays_of(other)[kernel][..., outputs:] != ours[..., outputs:]).all()


def test_arrays_of_the_same_size_do_not_count_as_widened(narrow):
    model, count = widened(narrow, form=QUARTER, to=HALF, classes=len(CLASSES), seed=1)
    sizes, known = arrays_of(model), arrays_of(narrow)
    assert count == sum(sizes[path].shape != known[path].shape for path in known)
    assert 0 < count < len(known)  # the biases of the outputs stay as they are


def test_what_is_known_listens_to_new_channels_after_a_step(wide):
    model = keras.models.clone_model(wide)
    model.set_weights(wide.get_weights())
    model.compile(optimizer=keras.optimizers.SGD(1e-3), loss=["mse"] * 4, jit_compile=False)
    pictures = random_pictures(4, 64, 64)[None] / np.float32(255)
    wanted = [np.zeros(output.shape, np.float32) for output in model(pictures)]
    model.train_on_batch(pictures, wanted)
    before, after = (arrays_of(each)["scale8_head_conv/kernel"][:, :, 8:, :16] for each in (wide, model))
    assert before.shape[2] == 8
    assert not before.any()
    assert after.any()


@pytest.mark.parametrize(
    ("form", "other"),
    [
        (YOLOV3_SLIM, YOLOV3_SLIM),
        (network_named("yolov3-slim-x0.5"), YOLOV3_SLIM),
        (network_named("yolov3-slim-p2-x1.5"), YOLOV3_SLIM),
        (YOLOV3_TINY, YOLOV3_SLIM),
    ],
)
def test_only_the_same_form_with_more_filters_is_wider(form, other):
    assert not is_wider(form, other)
    known = build_network(other, classes=1)
    with pytest.raises(ValueError, match="no wider form"):
        widened(known, form=other, to=form, classes=1, seed=0)


def test_a_width_is_told_from_the_name():
    assert is_wider(YOLOV3_SLIM, network_named("yolov3-slim-x0.5"))
    assert is_wider(network_named("yolov3-slim-x1.5"), network_named("yolov3-slim-x1.25"))
