"""What a run trains on."""

import pytest

from labelling.models import Split
from tests.training.makers import add_picture, make_run, make_version
from training.samples import TrainingError, crop_samples, training_samples


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
