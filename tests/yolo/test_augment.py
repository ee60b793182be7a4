import numpy as np
import pytest

from tests.yolo.narrow import NO_CHANGE
from yolo.augment import (
    Composer,
    Picture,
    assembled,
    cut_scene,
    face_patch,
    flipped,
    jittered,
    log_uniform,
    packed_faces,
    visible,
    window,
    with_near_face,
    with_pasted_faces,
)
from yolo.boxes import areas
from yolo.config import AugmentConfig

RED = (0, 0, 255)


def red_square(width=120, height=90, box=(30, 20, 70, 50), label=1):
    image = np.full((height, width, 3), 60, np.uint8)
    x1, y1, x2, y2 = box
    image[y1:y2, x1:x2] = RED
    return Picture(image, np.array([box], np.float32), np.array([label]))


def red_pixels(image):
    return (image[..., 2] > 150) & (image[..., 1] < 50)


def red_box(image):
    rows, columns = np.nonzero(red_pixels(image))
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


class Material:
    """One picture, over and over."""

    def __init__(self, picture):
        self.picture = picture

    def scene(self, index):
        return self.picture

    def random_scene(self, rng):
        return self.picture

    def random_face(self, rng):
        return self.picture


def blue_face():
    """A face of 40x40 in a picture of 100x80, of class 0."""
    image = np.full((80, 100, 3), 120, np.uint8)
    image[20:60, 30:70] = (255, 0, 0)
    return Picture(image, np.array([[30, 20, 70, 60]], np.float32), np.array([0]))


class TwoKinds(Material):
    """Scenes of one picture, single faces of another."""

    def random_face(self, rng):
        return blue_face()


class NoFaces(Material):
    def random_face(self, rng):
        return None


@pytest.mark.parametrize("seed", range(20))
def test_scaling_and_shifting_keep_the_box_on_the_object(seed):
    rng = np.random.default_rng(seed)
    tile = cut_scene(red_square(), (128, 100), (60, 240), NO_CHANGE, rng)
    assert tile.image.shape == (100, 128, 3)
    if not len(tile.boxes):
        return
    np.testing.assert_allclose(tile.boxes[0], red_box(tile.image), atol=2)
    assert tile.labels.tolist() == [1]


def test_most_cuts_show_the_object():
    cuts = [cut_scene(red_square(), (64, 64), (200, 240), NO_CHANGE, np.random.default_rng(s)) for s in range(40)]
    assert sum(len(cut.boxes) for cut in cuts) > 25


def test_a_window_is_worked_out_by_hand():
    # Twice as large, beginning 40 right and 20 down: 30 * 2 - 40 = 20, 20 * 2 - 20 = 20, ...
    tile = window(red_square(), (2, 2), (40, 20), (128, 96), NO_CHANGE)
    assert tile.boxes.tolist() == [[20, 20, 100, 80]]
    np.testing.assert_array_equal(red_box(tile.image), [20, 20, 100, 80])


def test_beyond_the_scene_a_window_is_grey():
    tile = window(red_square(), (1, 1), (-10, -5), (200, 150), NO_CHANGE)
    assert tile.boxes.tolist() == [[40, 25, 80, 55]]
    assert (tile.image[:5] == 114).all()
    assert (tile.image[:, 130:] == 114).all()
    assert (tile.image[5, 10] == 60).all()


def test_a_box_of_which_too_little_is_left_is_dropped():
    config = AugmentConfig(least_visible=0.4, least_side=3)
    boxes = np.array([[-6, 0, 4, 10], [-5, 0, 5, 10], [95, 0, 97.5, 10], [40, 40, 60, 60]], np.float32)
    # 4 of 10 columns are left, then 5, a whole box too thin, and one whole
    inside, kept = visible(boxes, (0, 0, 100, 100), config)
    assert kept.tolist() == [True, True, False, True]
    assert inside.tolist() == [[0, 0, 4, 10], [0, 0, 5, 10], [40, 40, 60, 60]]
    _, kept = visible(np.array([[-6.5, 0, 3.5, 10]], np.float32), (0, 0, 100, 100), config)
    assert kept.tolist() == [False]  # 3.5 of 10


def test_flipping_moves_picture_and_box_alike():
    picture = flipped(red_square())
    assert picture.boxes.tolist() == [[50, 20, 90, 50]]  # 120 - 70 and 120 - 30
    np.testing.assert_array_equal(red_box(picture.image), picture.boxes[0])


def test_a_mosaic_shifts_each_tiles_boxes():
    tiles = [(0, 0, red_square(60, 40, (10, 5, 30, 25), 0)), (60, 40, red_square(40, 60, (0, 10, 20, 50), 1))]
    canvas = assembled(tiles, 100)
    assert canvas.boxes.tolist() == [[10, 5, 30, 25], [60, 50, 80, 90]]
    assert canvas.labels.tolist() == [0, 1]
    assert red_pixels(canvas.image).sum() == 20 * 20 + 20 * 40


@pytest.mark.parametrize("seed", range(10))
def test_every_box_of_a_composed_canvas_lies_on_an_object(seed):
    config = AugmentConfig(mosaic=1, packed_tiles=0.5, pasted_scenes=1, flip=0.5, hue=0, saturation=0, brightness=0)
    composer = Composer(config, canvas=160, mosaic=1, scene_sides=(80, 260))
    canvas = composer.compose(Material(red_square()), 0, np.random.default_rng(seed))
    assert canvas.image.shape == (160, 160, 3)
    assert len(canvas.boxes)
    red = red_pixels(canvas.image)
    for x1, y1, x2, y2 in np.round(canvas.boxes).astype(int):
        assert red[y1:y2, x1:x2].mean() > 0.8
    assert (canvas.boxes >= 0).all()
    assert (canvas.boxes <= 160).all()


def test_the_same_generator_composes_the_same_canvas():
    composer = Composer(AugmentConfig(), canvas=96, mosaic=0.7, scene_sides=(80, 200))
    one, same = (composer.compose(Material(red_square()), 0, np.random.default_rng(4)) for _ in range(2))
    other = composer.compose(Material(red_square()), 0, np.random.default_rng(5))
    np.testing.assert_array_equal(one.image, same.image)
    assert one.image.tobytes() != other.image.tobytes()


def test_packed_faces_fill_the_tile_with_faces_of_the_wished_height():
    config = AugmentConfig(crop_faces=(20, 20))
    tile = packed_faces(Material(red_square()), (160, 120), config, np.random.default_rng(0))
    # 30 pixels of face become 20: pictures of 80x60, two by two of them
    assert len(tile.boxes) == 4
    np.testing.assert_allclose(tile.boxes[:, 3] - tile.boxes[:, 1], 20, atol=0.7)
    assert not (tile.image == tile.image[0, 0]).all()


def test_pasted_faces_leave_the_boxes_that_are_there_alone():
    scene = red_square(200, 160, (60, 40, 140, 120))
    for seed in range(20):
        tile = with_pasted_faces(
            scene, Material(red_square(label=0)), AugmentConfig(crop_faces=(14, 30)), np.random.default_rng(seed)
        )
        assert (tile.image[40:120, 60:140] == RED).all()
        assert tile.labels[0] == 1
        assert (tile.labels[1:] == 0).all()
        assert red_pixels(tile.image).sum() == pytest.approx(areas(tile.boxes).sum(), rel=0.05)


def test_a_face_patch_has_the_wished_size_and_the_box_on_the_face():
    patch = face_patch(red_square(), 20, NO_CHANGE, np.random.default_rng(1))
    x1, _, x2, _ = patch.boxes[0]
    assert x2 - x1 == pytest.approx(20, abs=0.7)  # 40x30 scaled by a half
    np.testing.assert_allclose(patch.boxes[0], red_box(patch.image), atol=1)
    assert patch.width > 20


def test_without_faces_nothing_is_pasted_or_packed():
    material, rng = NoFaces(red_square()), np.random.default_rng(0)
    assert len(with_pasted_faces(red_square(), material, AugmentConfig(), rng).boxes) == 1
    assert len(packed_faces(material, (50, 40), AugmentConfig(), rng).boxes) == 0


def test_a_negative_scene_stays_one():
    scene = Picture(np.full((90, 120, 3), 60, np.uint8), np.zeros((0, 4), np.float32), np.zeros(0, np.int64))
    composer = Composer(NO_CHANGE, canvas=96, mosaic=1, scene_sides=(80, 200))
    canvas = composer.compose(NoFaces(scene), 0, np.random.default_rng(0))
    assert canvas.boxes.shape == (0, 4)


def test_colour_changes_with_the_seed_and_not_at_all_without_strength():
    image = red_square().image
    np.testing.assert_allclose(jittered(image, NO_CHANGE, np.random.default_rng(0)), image, atol=1)
    strong = jittered(image, AugmentConfig(), np.random.default_rng(0))
    assert np.abs(strong.astype(int) - image).max() > 5
    assert image[30, 40].tolist() == list(RED)


def test_log_uniform_draws_as_often_below_the_geometric_mean_as_above():
    rng = np.random.default_rng(0)
    drawn = np.array([log_uniform(rng, 10, 1000) for _ in range(2000)])
    assert drawn.min() >= 10
    assert drawn.max() <= 1000
    assert (drawn < 100).mean() == pytest.approx(0.5, abs=0.04)


def test_a_near_face_fills_the_canvas_and_hides_what_lies_behind():
    scene = red_square(200, 160, (60, 40, 140, 120))
    for seed in range(30):
        tile = with_near_face(scene, Material(blue_face()), AugmentConfig(), np.random.default_rng(seed))
        near = tile.boxes[tile.labels == 0]
        assert (tile.image.shape, len(near)) == (scene.image.shape, 1)
        columns = np.flatnonzero((tile.image[..., 0] > 200).any(axis=0))
        np.testing.assert_allclose(near[0, [0, 2]], [columns.min(), columns.max() + 1], atol=1.5)
        whole = 0.35 * 160 <= (near[0, 2] - near[0, 0]) <= 0.95 * 160 + 1  # a face is 40x40: its side is a share of 160
        assert whole or near[0, 0] == 0 or near[0, 2] == 200
        seen = red_pixels(tile.image).sum() / 80**2
        assert (1 in tile.labels) == (seen >= 0.4)


def test_near_faces_are_shown_as_often_as_is_wished():
    usual = {"canvas": 96, "mosaic": 0.0, "scene_sides": (96, 97)}
    composer = Composer(AugmentConfig(near_faces=0.25, pasted_scenes=0.0), **usual)
    rng = np.random.default_rng(3)
    blue = [(composer.compose(TwoKinds(red_square()), 0, rng).labels == 0).any() for _ in range(400)]
    assert np.mean(blue) == pytest.approx(0.25, abs=0.07)  # three standard deviations of 400 throws
    without = Composer(AugmentConfig(near_faces=0.5), **usual)
    assert not (without.compose(NoFaces(red_square()), 0, rng).labels == 0).any()
