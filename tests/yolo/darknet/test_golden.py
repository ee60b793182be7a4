"""Our networks against OpenCV 4's Darknet reader, which made golden.npz; see make_golden.py."""

from pathlib import Path

import numpy as np
import pytest

from tests.yolo.darknet.random_networks import CLASSES, HEIGHT, WIDTH, anchors, picture, random_arrays
from yolo.config import YOLOV3, YOLOV3_SLIM, YOLOV3_TINY
from yolo.darknet_weights import read_weights, write_weights
from yolo.decode import decode
from yolo.network import build_network
from yolo.start_weights import take_darknet

NETWORKS = (YOLOV3, YOLOV3_TINY, YOLOV3_SLIM)
AGREEMENT = 1e-4  # of the largest number of an output


@pytest.fixture(scope="module")
def golden():
    with np.load(Path(__file__).with_name("golden.npz"), allow_pickle=False) as archive:
        return dict(archive)


@pytest.fixture(scope="module", params=NETWORKS, ids=lambda config: config.name)
def computed(request, tmp_path_factory):
    """A network, its weights read back from a `.weights` file, and what it makes of the picture."""
    config = request.param
    path = tmp_path_factory.mktemp("weights") / f"{config.name}.weights"
    write_weights(path, random_arrays(config), config, classes=CLASSES)
    network = build_network(config, classes=CLASSES)
    assert take_darknet(network, read_weights(path, config), heads=True) == ()
    path.unlink()
    return config, [np.asarray(output[0]) for output in network.predict_on_batch(picture())]


def test_the_numbers_agree_with_those_of_opencv(computed, golden):
    config, outputs = computed
    for scale, output in enumerate(outputs):
        theirs = golden[f"{config.name}/raw{scale}"]
        assert theirs.std() > 0.1
        assert np.abs(output - theirs).max() <= AGREEMENT * np.abs(theirs).max()


def test_the_boxes_of_yolov3_agree_with_those_of_opencv(computed, golden):
    config, outputs = computed
    if config.decoding == "wide":
        assert f"{config.name}/boxes0" not in golden
        return
    ours, _ = decode(outputs, anchors(config), config.strides, style="darknet", score=0)
    theirs = np.concatenate([golden[f"{config.name}/boxes{scale}"] for scale in range(config.scales)])
    centre, size = theirs[:, :2] * (WIDTH, HEIGHT), theirs[:, 2:4] * (WIDTH, HEIGHT)
    sizes = ours[:, 2:] - ours[:, :2]
    np.testing.assert_allclose((ours[:, :2] + ours[:, 2:]) / 2, centre, atol=0.01, rtol=1e-3)
    np.testing.assert_allclose(sizes, size, atol=0.01, rtol=1e-3)
