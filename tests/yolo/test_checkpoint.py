import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from yolo.checkpoint import Checkpoint, CheckpointError, Progress, identity_of, load_checkpoint, save_checkpoint
from yolo.config import LossConfig, TrainConfig
from yolo.samples import Sample

ANCHORS = np.arange(1, 19, dtype=np.float32).reshape(9, 2)


def identity(config=None, *, classes=("a", "b"), anchors=ANCHORS, boxes=((1, 2, 3, 4),), folder="/here"):
    sample = Sample(Path(folder) / "picture.jpg", list(boxes), [0] * len(boxes))
    return identity_of(config or TrainConfig(), classes, anchors, [sample])


def checkpoint(epoch=1, **values):
    # Twelve arrays, so that an order by text (10 before 2) would be seen.
    arrays = [np.full((2, 3), number + epoch, np.float32) for number in range(12)]
    return Checkpoint(
        identity=identity(),
        progress=Progress(epoch=epoch, step=10 * epoch, best_epoch=1, best_metrics={"map50": None}),
        weights=arrays,
        average=[array + 0.5 for array in arrays],
        best=[array * 2 for array in arrays],
        optimizer=[np.array(7, np.int64), *arrays],
    )


def test_what_was_saved_comes_back(tmp_path):
    saved = checkpoint()
    save_checkpoint(tmp_path, saved)
    found = load_checkpoint(tmp_path, identity=identity())
    assert found.progress == saved.progress
    for group in ("weights", "average", "best", "optimizer"):
        for one, other in zip(getattr(found, group), getattr(saved, group), strict=True):
            np.testing.assert_array_equal(one, other)
            assert one.dtype == other.dtype


def test_an_empty_folder_has_no_checkpoint(tmp_path):
    assert load_checkpoint(tmp_path, identity=identity()) is None
    assert load_checkpoint(tmp_path / "missing", identity=identity()) is None


def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path):
    save_checkpoint(tmp_path, checkpoint(epoch=1))
    last = save_checkpoint(tmp_path, checkpoint(epoch=2))
    assert load_checkpoint(tmp_path, identity=identity()).progress.epoch == 2
    last.write_bytes(last.read_bytes()[:-400])
    assert load_checkpoint(tmp_path, identity=identity()).progress.epoch == 1


def test_when_nothing_can_be_read_it_says_so(tmp_path):
    save_checkpoint(tmp_path, checkpoint()).write_bytes(b"not a checkpoint")
    with pytest.raises(CheckpointError, match="is damaged; start the training anew"):
        load_checkpoint(tmp_path, identity=identity())


def test_a_write_that_breaks_off_leaves_the_last_checkpoint(tmp_path, monkeypatch):
    save_checkpoint(tmp_path, checkpoint(epoch=1))

    def full(file_number):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_checkpoint(tmp_path, checkpoint(epoch=2))
    assert load_checkpoint(tmp_path, identity=identity()).progress.epoch == 1


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (identity(TrainConfig(epochs=31)), "epochs differ"),
        (identity(TrainConfig(loss=LossConfig(box=4))), "loss differ"),
        (identity(classes=("b", "a")), "classes differ"),
        (identity(anchors=ANCHORS + 1), "anchors differ"),
        (identity(boxes=((1, 2, 3, 5),)), "training pictures differ"),
        (identity(TrainConfig(seed=1), classes=("a",)), "classes, seed differ"),
        (identity(TrainConfig(minutes=30)), "minutes differ"),
    ],
)
def test_a_checkpoint_of_another_training_is_refused_naming_the_difference(tmp_path, other, named):
    save_checkpoint(tmp_path, checkpoint())
    with pytest.raises(CheckpointError, match=f"belongs to another training: {named}"):
        load_checkpoint(tmp_path, identity=other)


def test_a_training_by_the_clock_may_be_given_another_time(tmp_path):
    save_checkpoint(tmp_path, replace(checkpoint(), identity=identity(TrainConfig(minutes=30))))
    assert load_checkpoint(tmp_path, identity=identity(TrainConfig(minutes=90))) is not None
    with pytest.raises(CheckpointError, match="minutes differ"):
        load_checkpoint(tmp_path, identity=identity())


def test_a_checkpoint_from_before_a_setting_was_invented_is_one_with_its_default(tmp_path):
    older = identity()
    del older["config"]["multi_scale"]
    save_checkpoint(tmp_path, replace(checkpoint(), identity=older))
    assert load_checkpoint(tmp_path, identity=identity()) is not None
    with pytest.raises(CheckpointError, match="multi_scale differ"):
        load_checkpoint(tmp_path, identity=identity(TrainConfig(multi_scale=0.2)))


def test_threads_memory_and_the_folder_of_the_pictures_may_change(tmp_path):
    save_checkpoint(tmp_path, checkpoint())
    other = identity(TrainConfig(loader_threads=7, cache_megabytes=5), folder="/there")
    assert load_checkpoint(tmp_path, identity=other) is not None
