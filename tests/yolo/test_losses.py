import math

import numpy as np
import pytest
from keras import ops

from yolo.config import LossConfig
from yolo.decode import decode
from yolo.losses import decoded_boxes, detection_loss, iou_and_ciou


def values_of(one, other):
    iou, ciou = iou_and_ciou(ops.convert_to_tensor([one], "float32"), ops.convert_to_tensor([other], "float32"))
    return float(iou[0]), float(ciou[0])


def test_ciou_of_squares_that_share_a_corner():
    # IoU 1/7; middles apart by sqrt(2), the hull's diagonal squared is 18; same shape
    assert values_of([0, 0, 2, 2], [1, 1, 3, 3]) == pytest.approx((1 / 7, 1 / 7 - 2 / 18), abs=1e-5)


def test_ciou_of_a_lying_and_a_standing_box_also_pays_for_the_shape():
    # Shared 4 of 12; middles (2, 1) and (1, 2), hull 4x4
    v = 4 / math.pi**2 * (math.atan(4 / 2) - math.atan(2 / 4)) ** 2
    alpha = v / (1 - 1 / 3 + v)
    expected = 1 / 3 - 2 / 32 - alpha * v
    assert expected == pytest.approx(0.237081, abs=1e-6)  # worked out on paper
    assert values_of([0, 0, 4, 2], [0, 0, 2, 4]) == pytest.approx((1 / 3, 0.237081), abs=1e-5)


def test_ciou_of_boxes_apart_grows_as_they_come_nearer():
    # 3 apart in a hull of 4x1: -9/17; touching: 1 apart in 2x1: -1/5
    assert values_of([0, 0, 1, 1], [3, 0, 4, 1]) == pytest.approx((0, -9 / 17), abs=1e-5)
    assert values_of([0, 0, 1, 1], [1, 0, 2, 1]) == pytest.approx((0, -1 / 5), abs=1e-5)


def test_ciou_of_equal_boxes_is_one():
    assert values_of([3, 4, 9, 7], [3, 4, 9, 7]) == pytest.approx((1, 1), abs=1e-5)


def one_cell_loss(truth, *, raw=None, positive=1.0, config=None):
    """A canvas of 8x8 with one cell of stride 8, anchors 8, 4 and 2 pixels, two classes."""
    targets = np.zeros((1, 3, 6), np.float32)
    targets[0, 0] = [*truth, positive, 1]
    output = np.zeros((1, 1, 1, 21), np.float32) if raw is None else raw
    terms = detection_loss(
        ops.convert_to_tensor(targets),
        [ops.convert_to_tensor(output)],
        anchors=np.array([[8, 8], [4, 4], [2, 2]], np.float32),
        strides=(8,),
        style="wide",
        config=config or LossConfig(),
    )
    return float(terms.box), float(terms.objectness), float(terms.classes)


def test_raw_zeros_on_a_box_like_the_anchor_cost_only_doubt():
    # Zeros decode to the anchor in the middle of its cell: CIoU 1. Each logit of 0 costs ln 2:
    # three objectness values and, on the one positive, two classes.
    box, objectness, classes = one_cell_loss([0, 0, 8, 8])
    assert box == pytest.approx(0, abs=1e-5)
    assert objectness == pytest.approx(3 * math.log(2), abs=1e-5)
    assert classes == pytest.approx(2 * math.log(2), abs=1e-5)


def test_a_box_half_as_wide_costs_five_times_one_minus_ciou():
    # IoU 1/2; middles 2 apart, hull 8x8 (128); v = 0.405285 * (atan 1 - atan 0.5)^2 = 0.041957,
    # alpha = v / (0.5 + v) = 0.077417: CIoU = 0.5 - 0.03125 - 0.003248 = 0.465502
    box, _, _ = one_cell_loss([0, 0, 4, 8])
    assert box == pytest.approx(5 * (1 - 0.465502), abs=1e-4)


def test_objectness_is_cheapest_when_it_says_the_iou():
    def cost(probability):
        raw = np.zeros((1, 1, 1, 21), np.float32)
        raw[..., 4] = math.log(probability / (1 - probability))
        return one_cell_loss([0, 0, 4, 8], raw=raw)[1]

    assert cost(0.5) < cost(0.45)
    assert cost(0.5) < cost(0.55)


def test_without_any_box_only_objectness_costs():
    box, objectness, classes = one_cell_loss([0, 0, 0, 0], positive=0.0)
    assert (box, classes) == (0, 0)
    assert objectness == pytest.approx(3 * math.log(2), abs=1e-5)


def test_huge_logits_give_a_finite_loss():
    raw = np.full((1, 1, 1, 21), 200, np.float32)
    assert np.isfinite(one_cell_loss([0, 0, 8, 8], raw=raw)).all()


def test_the_weights_of_the_terms_apply():
    config = LossConfig(box=10, objectness=2, classes=3)
    plain, weighted = one_cell_loss([0, 0, 4, 8]), one_cell_loss([0, 0, 4, 8], config=config)
    assert weighted == pytest.approx((2 * plain[0], 2 * plain[1], 3 * plain[2]), rel=1e-5)


@pytest.mark.parametrize("style", ["wide", "darknet"])
def test_training_decodes_boxes_as_detection_does(style):
    rng = np.random.default_rng(3)
    raw = rng.normal(size=(2, 3, 3 * 6)).astype(np.float32)
    anchors = np.array([[10, 12], [20, 18], [30, 50]], np.float32)
    expected, _ = decode([raw], anchors, (16,), style=style, score=0.0)
    rows, columns = np.mgrid[0:2, 0:3]
    corners = np.stack([columns * 16, rows * 16, np.full((2, 3), 16)], axis=-1)
    cells = np.repeat(corners.reshape(-1, 3), 3, axis=0).astype(np.float32)
    found = decoded_boxes(
        ops.convert_to_tensor(raw.reshape(-1, 6)),
        ops.convert_to_tensor(cells),
        ops.convert_to_tensor(np.tile(anchors, (6, 1))),
        style,
    )
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected, rtol=1e-4, atol=1e-3)
