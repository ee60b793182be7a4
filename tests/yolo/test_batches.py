import threading
from pathlib import Path

import numpy as np
import pytest

from tests.yolo.narrow import ANCHORS, NARROW, NO_CHANGE, narrow_config, square_picture, two_squares
from yolo.batches import Batches, PictureStore, composer_for, network_input, repeat_weights
from yolo.samples import Sample


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setattr("yolo.config.NETWORKS", {"narrow": NARROW})


def store_of(samples, crops=(), *, most_side=500, cache_bytes=10**7):
    return PictureStore(samples, crops, config=NO_CHANGE, most_side=most_side, cache_bytes=cache_bytes)


def test_a_batch_has_rgb_pictures_from_0_to_1_and_their_targets(tmp_path):
    sample = square_picture(tmp_path, "blue", label=1, box=(44, 44, 56, 56))
    config = narrow_config(augment=NO_CHANGE, batch=2)
    batch = next(Batches([sample], (), anchors=ANCHORS, config=config).epoch(0))
    assert batch.images.shape == (2, 96, 96, 3)
    assert batch.images.dtype == np.float32
    # 96 pixels: 12x12, 6x6 and 3x3 cells with three anchors
    assert batch.targets.shape == (2, 3 * (144 + 36 + 9), 6)
    assert set(batch.targets[batch.targets[..., 4] > 0][:, 5]) == {1}
    blue = batch.images[batch.images[..., 2] > 0.9]
    assert blue[:, 0].max() < 0.2


def test_bgr_bytes_become_rgb_floats():
    image = np.array([[[255, 51, 0]]], np.uint8)
    np.testing.assert_allclose(network_input([image]), [[[[0, 0.2, 1]]]], atol=1e-6)


def test_threads_do_not_change_what_a_seed_gives(tmp_path):
    samples = two_squares(tmp_path)
    one, many = (
        list(Batches(samples, (), anchors=ANCHORS, config=narrow_config(loader_threads=count)).epoch(1))
        for count in (1, 4)
    )
    assert len(one) == len(many) == 2
    for a, b in zip(one, many, strict=True):
        np.testing.assert_array_equal(a.images, b.images)
        np.testing.assert_array_equal(a.targets, b.targets)


def test_epochs_and_seeds_differ(tmp_path):
    samples = two_squares(tmp_path)
    batches = Batches(samples, (), anchors=ANCHORS, config=narrow_config())
    other = Batches(samples, (), anchors=ANCHORS, config=narrow_config(seed=1))
    first = next(batches.epoch(0)).images
    assert not np.array_equal(first, next(batches.epoch(1)).images)
    assert not np.array_equal(first, next(other.epoch(0)).images)


def test_an_epoch_shows_every_picture_equally_often(tmp_path):
    samples = two_squares(tmp_path)
    config = narrow_config(augment=NO_CHANGE, canvases_per_picture=8)
    batches = Batches(samples, (), anchors=ANCHORS, config=config)
    assert batches.steps == 4  # 2 pictures 8 times in batches of 4
    labels = []
    for batch in batches.epoch(0):
        labels += [set(targets[targets[:, 4] > 0][:, 5]) for targets in batch.targets]
    assert len(labels) == 16
    assert sum(label == {0} for label in labels) <= 8
    assert sum(label == {1} for label in labels) <= 8


def test_pictures_with_rare_classes_are_shown_more_often():
    common = [Sample(Path("a.png"), [[0, 0, 5, 5]], [0])] * 7
    rare = Sample(Path("b.png"), [[0, 0, 5, 5]] * 2, [0, 1])
    negative = Sample(Path("c.png"), [], [])
    # Class 0 is in 8 of 9 pictures, class 1 in one: sqrt(0.64 / (1/9)) = 2.4
    weights = repeat_weights([*common, rare, negative], 0.64)
    assert weights.tolist() == pytest.approx([1] * 7 + [2.4, 1])
    assert repeat_weights([*common, rare, negative], 0.0).tolist() == [1] * 9


def test_an_epoch_follows_the_weights(tmp_path):
    red, blue = two_squares(tmp_path)
    config = narrow_config(augment=NO_CHANGE, canvases_per_picture=8, repeat_share=1.0)
    batches = Batches([red, red, red, blue], (), anchors=ANCHORS, config=config)
    # 32 canvases; blue is in one picture of four and counts sqrt(1 / 0.25) = 2, red sqrt(4 / 3) = 1.15
    shown = batches.order(0)
    assert len(shown) == 32
    assert 10 <= np.sum(shown == 3) <= 16


def test_skipped_batches_leave_the_others_as_they_are(tmp_path):
    batches = Batches(two_squares(tmp_path), (), anchors=ANCHORS, config=narrow_config(canvases_per_picture=8))
    whole, rest = list(batches.epoch(0)), list(batches.epoch(0, skip=1))
    assert (len(whole), len(rest)) == (4, 3)
    for one, other in zip(whole[1:], rest, strict=True):
        np.testing.assert_array_equal(one.images, other.images)
        np.testing.assert_array_equal(one.targets, other.targets)


def test_each_batch_may_have_a_canvas_of_its_own(tmp_path):
    config = narrow_config(canvases_per_picture=40, multi_scale=0.4)
    batches = Batches(two_squares(tmp_path), (), anchors=ANCHORS, config=config)
    sides = [batch.images.shape[1] for batch in batches.epoch(0)]
    # 0.4 of 96 is 38: one step of 32 up or down
    assert set(sides) == {64, 96, 128}
    assert sides == [batch.images.shape[1] for batch in batches.epoch(0)]


def test_leaving_an_epoch_early_ends_its_threads(tmp_path):
    before = threading.active_count()
    batches = Batches(two_squares(tmp_path), (), anchors=ANCHORS, config=narrow_config(canvases_per_picture=40))
    epoch = batches.epoch(0)
    next(epoch)
    assert threading.active_count() > before
    epoch.close()
    assert threading.active_count() == before


def test_the_last_phase_has_larger_canvases_and_fewer_mosaics():
    config = narrow_config(epochs=10, fine_tune_share=0.2, fine_tune_canvas=128, fine_tune_mosaic=0.25)
    # 0.2 of 10 epochs: the ninth and tenth
    assert [composer_for(config, epoch).canvas for epoch in (0, 7, 8, 9)] == [96, 96, 128, 128]
    assert composer_for(config, 8).mosaic == 0.25
    assert composer_for(config, 7).mosaic == config.augment.mosaic


def test_large_pictures_are_kept_small_with_boxes_that_fit(tmp_path):
    sample = square_picture(tmp_path, "red", label=0, box=(24, 48, 72, 96))
    scene = store_of([sample], most_side=48).scene(0)
    assert scene.image.shape == (48, 48, 3)
    assert scene.boxes.tolist() == [[12, 24, 36, 48]]


def test_pictures_are_read_once_while_there_is_room(tmp_path, monkeypatch):
    reads = []
    read = Sample.read
    monkeypatch.setattr(Sample, "read", lambda self: reads.append(self.path) or read(self))
    samples = two_squares(tmp_path)
    kept, none = store_of(samples), store_of(samples, cache_bytes=0)
    for store, expected in ((kept, 1), (none, 3)):
        reads.clear()
        for _ in range(3):
            store.scene(0)
        assert len(reads) == expected


def test_faces_come_from_the_crops_where_there_are_any(tmp_path):
    crop = square_picture(tmp_path, "crop", label=1, box=(30, 30, 60, 60))
    store = store_of([square_picture(tmp_path, "scene", label=0, box=(10, 10, 50, 50))], [crop])
    face = store.random_face(np.random.default_rng(0))
    assert face.labels.tolist() == [1]


def test_without_crops_faces_are_cut_from_the_scenes_with_their_surroundings(tmp_path):
    store = store_of([square_picture(tmp_path, "scene", label=0, box=(30, 40, 60, 70))])
    face = store.random_face(np.random.default_rng(0))
    # 30 pixels and a margin of 0.4 * 30 = 12 on each side
    assert face.image.shape == (54, 54, 3)
    assert face.boxes.tolist() == [[12, 12, 42, 42]]


def test_scenes_with_only_small_boxes_give_no_faces(tmp_path):
    store = store_of([square_picture(tmp_path, "scene", label=0, box=(30, 40, 50, 60))])
    assert store.random_face(np.random.default_rng(0)) is None


def test_training_without_pictures_is_refused():
    with pytest.raises(ValueError, match="at least one picture"):
        Batches([], (), anchors=ANCHORS, config=narrow_config())


def test_what_the_pictures_take_of_the_processor_is_counted_over_all_threads(tmp_path, monkeypatch):
    ticks = threading.local()

    def each_call_half_a_second_later() -> float:
        ticks.now = getattr(ticks, "now", 0.0) + 0.5
        return ticks.now

    monkeypatch.setattr("yolo.batches.time.thread_time", each_call_half_a_second_later)
    batches = Batches(two_squares(tmp_path), (), anchors=ANCHORS, config=narrow_config(loader_threads=2))
    assert len(list(batches.epoch(0))) == 2
    assert batches.processor_seconds == 1.0
