"""The metrics against worked examples and against pycocotools."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from yolo.detections import Detections, Truth
from yolo.metrics import (
    MOST_DETECTIONS,
    ap50_by_side,
    best_operating_points,
    mean_average_precision,
    score_curve,
)

FACE = [10.0, 10.0, 50.0, 50.0]
OTHER_FACE = [100.0, 100.0, 140.0, 140.0]
NOWHERE = [300.0, 300.0, 340.0, 340.0]


def truth(*boxes: list[float], labels: list[int] | None = None) -> Truth:
    return Truth(
        np.array(boxes, dtype=np.float32).reshape(-1, 4),
        np.array(labels if labels is not None else [0] * len(boxes), dtype=np.int64),
    )


def found(*rows: tuple[list[float], float], labels: list[int] | None = None) -> Detections:
    label = np.array(labels if labels is not None else [0] * len(rows), dtype=np.int64)
    score = np.array([row[1] for row in rows], dtype=np.float32)
    boxes = np.array([row[0] for row in rows], dtype=np.float32).reshape(-1, 4)
    return Detections(boxes, score, label, score[:, None])


def test_every_face_found_exactly_is_perfect() -> None:
    metrics = mean_average_precision([truth(FACE, OTHER_FACE)], [found((FACE, 0.9), (OTHER_FACE, 0.8))], class_count=1)
    assert metrics.map50 == metrics.map == 1.0
    assert metrics.boxes.tolist() == [2]


def test_one_of_two_faces_found_gives_the_recall_points_up_to_a_half() -> None:
    # precision 1 at recall 0, 0.01 ... 0.50: 51 of 101 points
    metrics = mean_average_precision([truth(FACE, OTHER_FACE)], [found((FACE, 0.9))], class_count=1)
    assert metrics.map50 == pytest.approx(51 / 101)


def test_a_false_alarm_above_the_only_hit_halves_precision() -> None:
    metrics = mean_average_precision([truth(FACE)], [found((NOWHERE, 0.9), (FACE, 0.8))], class_count=1)
    assert metrics.map50 == pytest.approx(0.5)


def test_a_false_alarm_below_the_last_hit_costs_nothing() -> None:
    metrics = mean_average_precision([truth(FACE)], [found((FACE, 0.9), (NOWHERE, 0.8))], class_count=1)
    assert metrics.map50 == 1.0


def test_a_second_box_on_a_found_face_is_a_false_alarm() -> None:
    # hits 1, 1, 2 of 1, 2, 3: precision 1 up to recall 0.5 (51 points), then 2/3 (50 points)
    predictions = [found((FACE, 0.9), (FACE, 0.8), (OTHER_FACE, 0.7))]
    metrics = mean_average_precision([truth(FACE, OTHER_FACE)], predictions, class_count=1)
    assert metrics.map50 == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_the_overlap_decides_at_which_thresholds_a_box_counts() -> None:
    # 40x40 against 40x28 inside it: IoU 0.7, so found at 0.50, 0.55, 0.60, 0.65, 0.70 of ten
    metrics = mean_average_precision([truth([0, 0, 40, 40])], [found(([0, 0, 40, 28], 0.9))], class_count=1)
    assert metrics.map50 == 1.0
    assert metrics.map == pytest.approx(0.5)


def test_the_right_box_with_the_wrong_class_is_no_hit() -> None:
    metrics = mean_average_precision([truth(FACE, labels=[0])], [found((FACE, 0.9), labels=[1])], class_count=2)
    assert metrics.ap50[0] == 0.0
    assert np.isnan(metrics.ap50[1])


def test_a_class_without_any_box_is_left_out_of_the_means() -> None:
    metrics = mean_average_precision([truth(FACE)], [found((FACE, 0.9))], class_count=3)
    assert metrics.map50 == 1.0
    assert metrics.as_dict(["a", "b", "c"])["ap50"] == {"a": 1.0, "b": None, "c": None}


def test_area_ranges_ignore_boxes_of_other_sizes() -> None:
    small, large = [0.0, 0.0, 20.0, 20.0], [100.0, 100.0, 300.0, 300.0]
    metrics = mean_average_precision([truth(small, large)], [found((large, 0.9))], class_count=1)
    assert metrics.map_small == 0.0
    assert np.isnan(metrics.map_medium)
    assert metrics.map_large == 1.0


def test_each_bin_of_sides_judges_its_own_boxes_and_false_alarms() -> None:
    small, edge = [0.0, 0.0, 10.0, 10.0], [200.0, 0.0, 232.0, 32.0]
    predictions = found((NOWHERE, 0.95), (FACE, 0.9), (small, 0.8))
    precision, boxes = ap50_by_side([truth(FACE, small, edge)], [predictions], class_count=1)
    # Sides 10, 32 and 40; a side of 32 still belongs to the bin that ends there.
    assert boxes.tolist() == [[1, 0, 1, 1, 0]]
    # The false alarm has a side of 40 and spoils that bin alone; the face of 32 is not found.
    assert precision[0, [0, 2, 3]].tolist() == pytest.approx([1.0, 0.0, 0.5])
    assert np.isnan(precision[0, [1, 4]]).all()


def test_no_pictures_at_all_give_nan() -> None:
    assert np.isnan(mean_average_precision([], [], class_count=2).map)


def test_predictions_for_another_number_of_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="2 pictures but predictions for 1"):
        mean_average_precision([truth(), truth()], [found()], class_count=1)


def test_a_label_outside_of_the_classes_is_refused() -> None:
    with pytest.raises(ValueError, match="outside of 0 to 0"):
        mean_average_precision([truth(FACE, labels=[1])], [found()], class_count=1)


def test_the_curve_counts_hits_as_the_threshold_falls() -> None:
    predictions = [found((FACE, 0.9), (NOWHERE, 0.6), (OTHER_FACE, 0.3))]
    curve = score_curve([truth(FACE, OTHER_FACE)], predictions, label=0)
    np.testing.assert_allclose(curve.scores, [0.9, 0.6, 0.3], rtol=1e-6)
    np.testing.assert_allclose(curve.precision, [1, 1 / 2, 2 / 3])
    np.testing.assert_allclose(curve.recall, [1 / 2, 1 / 2, 1])
    np.testing.assert_allclose(curve.f1, [2 / 3, 2 / 4, 4 / 5])


def test_equal_scores_are_one_point_of_the_curve() -> None:
    curve = score_curve([truth(FACE)], [found((FACE, 0.5), (NOWHERE, 0.5))], label=0)
    np.testing.assert_allclose(curve.precision, [0.5])


def test_the_best_threshold_lies_halfway_below_the_best_score() -> None:
    # F1 at 0.8: 2*2/(2+2) = 1; the false alarm at 0.4 spoils everything below
    predictions = [found((FACE, 0.9), (OTHER_FACE, 0.8), (NOWHERE, 0.4))]
    (point,) = best_operating_points([truth(FACE, OTHER_FACE)], predictions, class_count=1)
    assert point.threshold == pytest.approx(0.6)
    assert (point.precision, point.recall, point.f1) == (1.0, 1.0, 1.0)


def test_a_class_never_found_keeps_the_threshold_of_a_half() -> None:
    points = best_operating_points([truth(FACE)], [found((NOWHERE, 0.9))], class_count=2)
    assert [point.threshold for point in points] == [0.5, 0.5]
    assert all(np.isnan(point.f1) for point in points)


@pytest.mark.parametrize("seed", range(4))
def test_it_equals_pycocotools(seed: int) -> None:
    truths, predictions = _random_pictures(seed, pictures=40, classes=4, detections=30)
    metrics = mean_average_precision(truths, predictions, class_count=5)
    precision = _coco_precision(truths, predictions, class_count=5)  # (T, R, K, A)
    assert 0.05 < metrics.map < 0.95
    assert np.isnan(metrics.ap[4])
    with np.errstate(invalid="ignore"):
        wanted = np.where(precision < 0, np.nan, precision)
        np.testing.assert_allclose(metrics.ap50, wanted[0, :, :, 0].mean(axis=0), atol=1e-9)
        np.testing.assert_allclose(metrics.ap, wanted[:, :, :, 0].mean(axis=(0, 1)), atol=1e-9)
        means = [metrics.map, metrics.map_small, metrics.map_medium, metrics.map_large]
        np.testing.assert_allclose(means, np.nanmean(wanted, axis=(0, 1, 2)), atol=1e-9)


def test_it_equals_pycocotools_beyond_the_most_detections_a_picture() -> None:
    truths, predictions = _random_pictures(9, pictures=3, classes=1, detections=250)
    assert len(predictions[1].labels) > MOST_DETECTIONS
    metrics = mean_average_precision(truths, predictions, class_count=1)
    precision = _coco_precision(truths, predictions, class_count=1)
    np.testing.assert_allclose(metrics.map, precision[:, :, 0, 0].mean(), atol=1e-9)


def _random_pictures(
    seed: int, *, pictures: int, classes: int, detections: int
) -> tuple[list[Truth], list[Detections]]:
    """Truths of all sizes, some pictures empty; detections near truths, far ones and copies."""
    rng = np.random.default_rng(seed)
    truths, predictions = [], []
    for number in range(pictures):
        count = 0 if number % 7 == 0 else int(rng.integers(1, 12))
        boxes = _random_boxes(rng, count)
        labels = rng.integers(0, classes, count)
        truths.append(Truth(boxes, labels))
        near = rng.integers(0, max(count, 1), detections if count else 0)
        size = boxes[near, 2:] - boxes[near, :2]
        noise = rng.normal(0, 0.08, (len(near), 4)) * np.tile(size, 2)
        moved = np.concatenate([boxes[near] + noise, boxes[:2], _random_boxes(rng, 5)])
        label = np.concatenate([labels[near], labels[:2], rng.integers(0, classes, 5)])
        score = np.round(rng.random(len(moved)), 2).astype(np.float32)  # equal ones happen
        predictions.append(Detections(moved.astype(np.float32), score, label, score[:, None]))
    return truths, predictions


def _random_boxes(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    corner = rng.uniform(0, 500, (count, 2))
    return np.concatenate([corner, corner + np.exp(rng.uniform(np.log(8), np.log(200), (count, 2)))], axis=1).astype(
        np.float32
    )


def _coco_precision(truths: list[Truth], predictions: list[Detections], *, class_count: int) -> NDArray[np.float64]:
    coco: Any = COCO()
    coco.dataset = {
        "info": {},
        "images": [{"id": i + 1} for i in range(len(truths))],
        "categories": [{"id": c + 1} for c in range(class_count)],
        "annotations": _annotations(truths),
    }
    rows = [
        {"image_id": i + 1, "category_id": int(c) + 1, "bbox": _xywh(b), "score": float(s)}
        for i, p in enumerate(predictions)
        for b, s, c in zip(p.boxes, p.scores, p.labels, strict=True)
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        evaluation: Any = COCOeval(coco, coco.loadRes(rows), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
    return np.asarray(evaluation.eval["precision"][..., -1])


def _annotations(truths: list[Truth]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for image, truth_ in enumerate(truths):
        for box, label in zip(truth_.boxes, truth_.labels, strict=True):
            x, y, w, h = _xywh(box)
            row = {"id": len(rows) + 1, "image_id": image + 1, "category_id": int(label) + 1}
            rows.append({**row, "bbox": [x, y, w, h], "area": w * h, "iscrowd": 0})
    return rows


def _xywh(box: NDArray[np.float32]) -> list[float]:
    x, y, right, bottom = (float(v) for v in box)
    return [x, y, right - x, bottom - y]
