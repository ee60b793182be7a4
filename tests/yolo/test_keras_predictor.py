import numpy as np

from tests.yolo.narrow import ANCHORS, NARROW
from yolo.keras_predictor import KerasPredictor
from yolo.network import build_network


def predictor(batch=2):
    return KerasPredictor(build_network(NARROW, classes=2), NARROW, anchors=ANCHORS, net_size=96, batch=batch)


def pictures(*sizes):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 255, (height, width, 3)).astype(np.uint8) for width, height in sizes]


def test_each_picture_gets_its_own_boxes_inside_of_it():
    images = pictures((40, 90), (200, 50), (96, 96))
    found = predictor()(images)
    assert len(found) == 3
    for image, detections in zip(images, found, strict=True):
        height, width = image.shape[:2]
        assert len(detections)
        assert (detections.boxes >= 0).all()
        assert (detections.boxes <= [width, height, width, height]).all()
        assert detections.class_scores.shape == (len(detections), 2)


def test_the_size_of_the_batches_changes_nothing():
    images = pictures((40, 90), (200, 50), (96, 96))
    for one, other in zip(predictor(batch=1)(images), predictor(batch=8)(images), strict=True):
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-5)


def test_no_pictures_give_no_detections():
    assert predictor()([]) == []
