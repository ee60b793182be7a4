"""Pictures into the network's rectangle and boxes back."""

from __future__ import annotations

import numpy as np
import pytest

from yolo.letterbox import letterbox, rectangle_for


@pytest.mark.parametrize(
    ("width", "height", "net_size", "rectangle"),
    [
        (1920, 1080, 640, (640, 384)),  # 640 x 360
        (1280, 720, 416, (416, 256)),  # 416 x 234
        (1080, 1920, 640, (384, 640)),
        (400, 300, 640, (640, 480)),  # small pictures are enlarged
        (500, 500, 416, (416, 416)),
        (3000, 10, 640, (640, 32)),
    ],
)
def test_the_smallest_rectangle_in_multiples_of_32(
    width: int, height: int, net_size: int, rectangle: tuple[int, int]
) -> None:
    assert rectangle_for(width, height, net_size) == rectangle


def test_a_rectangle_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0x10"):
        rectangle_for(0, 10, 640)


def test_the_picture_is_centred_on_grey() -> None:
    picture = np.full((100, 200, 3), 255, dtype=np.uint8)
    canvas, placed = letterbox(picture, width=64, height=64)
    assert (placed.scale, placed.left, placed.top) == (0.32, 0, 16)
    assert (canvas[16:48] == 255).all()
    assert (canvas[:16] == 114).all() and (canvas[48:] == 114).all()


def test_a_picture_of_the_canvas_size_is_copied_unchanged() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (32, 64, 3), dtype=np.uint8)
    canvas, _ = letterbox(picture, width=64, height=32)
    np.testing.assert_array_equal(canvas, picture)
    assert not np.shares_memory(canvas, picture)


def test_boxes_go_to_the_canvas() -> None:
    # 100 x 50 on 64 x 64: scale 0.64, 64 x 32 at top 16
    _, placed = letterbox(np.zeros((50, 100, 3), np.uint8), width=64, height=64)
    np.testing.assert_allclose(placed.to_canvas([[0, 0, 100, 50]]), [[0, 16, 64, 48]])
    np.testing.assert_allclose(placed.to_canvas([[25, 10, 50, 30]]), [[16, 22.4, 32, 35.2]])


def test_boxes_come_back_clipped_to_the_picture() -> None:
    _, placed = letterbox(np.zeros((50, 100, 3), np.uint8), width=64, height=64)
    np.testing.assert_allclose(placed.to_picture([[-5, 0, 32, 70]]), [[0, 0, 50, 50]])


@pytest.mark.parametrize("shape", [(37, 611), (1080, 1920), (3, 1000), (333, 333)])
def test_there_and_back_is_the_same_box(shape: tuple[int, int]) -> None:
    height, width = shape
    rectangle = rectangle_for(width, height, 416)
    picture = np.zeros((height, width, 3), np.uint8)
    canvas, placed = letterbox(picture, width=rectangle[0], height=rectangle[1])
    assert canvas.shape == (rectangle[1], rectangle[0], 3)
    box = np.array([[width * 0.1, height * 0.2, width * 0.7, height]])
    np.testing.assert_allclose(placed.to_picture(placed.to_canvas(box)), box, rtol=1e-4)


def test_the_edges_of_the_picture_land_on_whole_pixels_even_where_its_size_is_rounded() -> None:
    # 37/611 * 416 = 25.19 pixels are rounded to 25, centred in 32 from row 3
    _, placed = letterbox(np.zeros((37, 611, 3), np.uint8), width=416, height=32)
    np.testing.assert_allclose(placed.to_canvas([[0, 0, 611, 37]]), [[0, 3, 416, 28]])


def test_no_boxes_stay_no_boxes() -> None:
    _, placed = letterbox(np.zeros((50, 100, 3), np.uint8), width=64, height=64)
    assert placed.to_canvas(np.zeros((0, 4))).shape == (0, 4)
    assert placed.to_picture([]).shape == (0, 4)


@pytest.mark.parametrize("shape", [(10, 10), (10, 10, 4), (0, 10, 3)])
def test_what_is_no_colour_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        letterbox(np.zeros(shape, np.uint8), width=64, height=64)


def test_a_canvas_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="0x64"):
        letterbox(np.zeros((10, 10, 3), np.uint8), width=0, height=64)
