import numpy as np
import pytest
from keras import ops

from yolo.config import (
    NETWORKS,
    YOLOV3_SLIM,
    YOLOV3_SLIM_P2,
    YOLOV3_SLIM_P2_P6,
    NetworkConfig,
    Stage,
)
from yolo.network import build_network
from yolo.start_weights import take_weights


@pytest.fixture(scope="module")
def slim():
    return build_network(YOLOV3_SLIM, classes=3)


def test_the_slim_network_has_the_size_that_was_measured(slim):
    assert slim.count_params() / 1e6 == pytest.approx(2.34, abs=0.005)


def test_outputs_come_finest_first_with_three_anchors_a_cell(slim):
    outputs = slim(np.zeros((2, 64, 96, 3), np.float32))
    # 64x96 pixels: strides 8, 16, 32; 3 * (5 + 3 classes) channels
    assert [tuple(output.shape) for output in outputs] == [(2, 8, 12, 24), (2, 4, 6, 24), (2, 2, 3, 24)]


def test_a_head_at_stride_4_leaves_the_names_and_shapes_of_all_other_weights(slim):
    wider = build_network(NETWORKS["yolov3-slim-p2"], classes=3)
    outputs = wider(np.zeros((1, 64, 96, 3), np.float32))
    assert [tuple(output.shape[1:3]) for output in outputs] == [(16, 24), (8, 12), (4, 6), (2, 3)]
    shapes = {variable.path: tuple(variable.shape) for variable in wider.weights}
    added = shapes.keys() - {variable.path for variable in slim.weights}
    assert {variable.path: tuple(variable.shape) for variable in slim.weights}.items() <= shapes.items()
    assert added and all(path.startswith("scale4_") for path in added)


def test_a_fresh_network_expects_an_object_in_one_cell_of_a_hundred(slim):
    output = ops.convert_to_numpy(slim(np.zeros((1, 64, 64, 3), np.float32))[0])
    objectness = 1 / (1 + np.exp(-output.reshape(-1, 8)[:, 4]))
    assert objectness.mean() == pytest.approx(0.01, rel=0.2)


def test_the_seed_alone_decides_the_first_weights(slim):
    same = build_network(YOLOV3_SLIM, classes=3)
    other = build_network(YOLOV3_SLIM, classes=3, seed=1)
    kernel = "stage3_block2_wide_conv"
    first = slim.get_layer(kernel).get_weights()[0]
    np.testing.assert_array_equal(first, same.get_layer(kernel).get_weights()[0])
    assert not np.allclose(first, other.get_layer(kernel).get_weights()[0])


def test_the_full_darknet_is_the_same_code_at_another_width():
    stages = (Stage(64, 1), Stage(128, 2), Stage(256, 8), Stage(512, 8), Stage(1024, 4))
    full = build_network(NetworkConfig("full", 32, 1, stages, 2, "darknet"), classes=80)
    # YOLOv3 for COCO as published has 62.0 million parameters
    assert full.count_params() / 1e6 == pytest.approx(62.0, abs=0.1)


def test_a_network_without_classes_is_refused():
    with pytest.raises(ValueError, match="at least one class"):
        build_network(NETWORKS["yolov3-slim"], classes=0)


def test_a_scale_that_stands_apart_leaves_what_the_others_say():
    plain, farther = (build_network(form, classes=3, seed=2) for form in (YOLOV3_SLIM_P2, YOLOV3_SLIM_P2_P6))
    left_out = take_weights(farther, plain, heads=True)
    assert left_out and all(path.startswith(("stage5_", "scale64_")) for path in left_out)
    pictures = np.random.default_rng(0).random((1, 96, 160, 3), np.float32)
    outputs = farther(pictures)
    assert [tuple(output.shape[1:3]) for output in outputs] == [(24, 40), (12, 20), (6, 10), (3, 5), (2, 3)]
    for one, other in zip(plain(pictures), outputs[:-1], strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_the_cells_of_that_scale_see_a_whole_picture():
    """A corner 480 pixels away, farther than half of the 503 that a cell sees without them."""
    pictures = np.random.default_rng(0).random((1, 960, 960, 3), np.float32)
    changed = pictures.copy()
    changed[0, :200, :200] = 1 - changed[0, :200, :200]
    moved = {}
    for form in (YOLOV3_SLIM_P2, YOLOV3_SLIM_P2_P6):
        network = build_network(form, classes=1)
        middle = 480 // form.strides[-1]
        before, after = (network(each)[-1].numpy()[0, middle, middle] for each in (pictures, changed))
        moved[form.name] = bool(np.abs(before - after).max() > 0)
    assert moved == {"yolov3-slim-p2": False, "yolov3-slim-p2-p6": True}
