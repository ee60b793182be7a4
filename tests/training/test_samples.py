"""What a run trains on."""

import numpy as np
import pytest

from labelling.models import Split
from tests.training.makers import add_picture, make_run, make_version
from training.samples import TrainingError, crop_samples, fitted_anchors, training_samples


def test_only_the_train_split_is_learnt_from(db):
    samples = training_samples(make_version(train=3, validation=2, test=2))
    assert len(samples) == 3


def test_an_empty_train_split_is_told_in_a_sentence(db):
    with pytest.raises(TrainingError, match="train split of squares v1 holds no picture"):
        training_samples(make_version(train=0))


def test_single_faces_take_the_class_numbers_of_the_run_and_lose_classes_it_does_not_know(db):
    version = make_version("squares", classes=("without_mask", "with_mask"))
    crops = make_version("faces", train=2, validation=1, test=0, classes=("with_mask", "without_mask", "veil"))
    # The drawn classes of the crops are, in turn: with_mask, without_mask, veil.
    for frozen in crops.images.all():
        frozen.sha256 = f"{frozen.pk:064}"  # the same drawings as in the first version, taken for other pictures
        frozen.save()
    samples = crop_samples(make_run(version, crops_version=crops))
    assert [sample.labels.tolist() for sample in samples] == [[1], [0], []]
    assert [len(sample.boxes) for sample in samples] == [1, 1, 0]


def test_single_faces_that_judge_the_run_are_left_out(db):
    version = make_version("squares", train=1, validation=1, test=1)
    crops = make_version("faces", train=0, validation=0, test=0)
    for number in range(4):  # 0 is in train, 1 in validation, 2 in test of the first version
        add_picture(crops, Split.TRAIN, number)
    names = [sample.path.name for sample in crop_samples(make_run(version, crops_version=crops))]
    assert names == ["faces-0.png", "faces-3.png"]


def test_anchors_are_fitted_to_the_train_split_at_the_net_size(db):
    version = make_version(train=9)
    anchors = fitted_anchors(version, net_size=288, seed=0)
    # Nine boxes, nine anchors: box n is (16 + n) x (20 + 2 n) pixels on a picture of 96, so 3 times that at 288.
    wanted = [[3 * (16 + n), 3 * (20 + 2 * n)] for n in range(9)]
    np.testing.assert_allclose(anchors, wanted)


def test_anchors_kept_with_the_version_are_taken_at_their_net_size(db):
    version = make_version(train=9)
    kept = [[10.0 + n, 12.0 + n] for n in range(9)]
    version.anchors = {"net_size": 288, "anchors": kept}
    assert fitted_anchors(version, net_size=288, seed=0) == kept
    assert fitted_anchors(version, net_size=320, seed=0) != kept
    version.anchors = {"net_size": 288, "anchors": kept[:8]}
    assert len(fitted_anchors(version, net_size=288, seed=0)) == 9


def test_a_network_with_more_scales_has_more_anchors_than_those_kept(db):
    version = make_version(train=12)
    version.anchors = {"net_size": 288, "anchors": [[10.0 + n, 12.0 + n] for n in range(9)]}
    anchors = fitted_anchors(version, net_size=288, seed=0, count=12)
    np.testing.assert_allclose(anchors, [[3 * (16 + n), 3 * (20 + 2 * n)] for n in range(12)])


def test_too_few_box_sizes_for_anchors_are_told_in_a_sentence(db):
    with pytest.raises(TrainingError, match="9 anchors need as many different box sizes; there are 8"):
        fitted_anchors(make_version(train=8), net_size=288, seed=0)
