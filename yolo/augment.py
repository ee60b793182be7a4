"""Composes training canvases: scaled scenes, four-tile mosaics, packed and pasted faces, faces near the camera.

Everything random comes from the generator handed in. Pictures are uint8 (h, w, 3) BGR, boxes
`xyxy` in pixels counted from the outer edge of the first pixel. Mosaics: Bochkovskiy et al.,
YOLOv4 (2020); pasted objects: Ghiasi et al., "Simple Copy-Paste", CVPR 2021.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from yolo.boxes import Boxes, areas, as_boxes, clipped, intersections, mirrored
from yolo.config import AugmentConfig
from yolo.letterbox import GREY

STRETCH = 0.1
"""Width and height are scaled independently by up to about this share."""
FOCUS = 0.75
"""Share of the crops of a scene that are placed around one of its boxes."""
MOST_PASTED = 4
NEAR_SIDES = (0.35, 0.95)
"""The longer side of a near face as a share of the canvas."""
NEAR_OUTSIDE = 0.15
"""So much of a near face's width, and of its height, may lie outside of the canvas."""


@dataclass(frozen=True)
class Picture:
    """A decoded picture (h, w, 3) uint8 BGR with boxes (n, 4) and labels (n,)."""

    image: NDArray[np.uint8]
    boxes: Boxes
    labels: NDArray[np.int64]

    @property
    def width(self) -> int:
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        return int(self.image.shape[0])


class Material(Protocol):
    """Where pictures come from: scenes by index, single faces at random."""

    def scene(self, index: int) -> Picture: ...

    def random_scene(self, rng: Generator) -> Picture: ...

    def random_face(self, rng: Generator) -> Picture | None:
        """A picture whose first box is a face; None where there are none."""
        ...


@dataclass(frozen=True)
class Composer:
    """Makes canvases of one size. `scene_sides` is the range of a scene's long side."""

    config: AugmentConfig
    canvas: int
    mosaic: float
    scene_sides: tuple[float, float]

    def compose(self, material: Material, index: int, rng: Generator) -> Picture:
        """One canvas (canvas, canvas, 3) in which scene `index` takes part."""
        if self.config.near_faces and rng.random() < self.config.near_faces:
            picture = self._near_face(material, index, rng)
        elif rng.random() < self.mosaic:
            picture = self._mosaic(material, index, rng)
        else:
            size = (self.canvas, self.canvas)
            picture = self._scene_tile(material, material.scene(index), size, rng)
        if rng.random() < self.config.flip:
            picture = flipped(picture)
        return replace(picture, image=jittered(picture.image, self.config, rng))

    def _mosaic(self, material: Material, index: int, rng: Generator) -> Picture:
        """Four tiles around a random point; the first is always the wished scene."""
        x, y = (int(value) for value in rng.uniform(0.3, 0.7, 2) * self.canvas)
        spans = [(0, 0, x, y), (x, 0, self.canvas, y), (0, y, x, self.canvas)]
        spans.append((x, y, self.canvas, self.canvas))
        order = rng.permutation(4)
        tiles = []
        for number, place in enumerate(order):
            left, top, right, bottom = spans[place]
            size = (right - left, bottom - top)
            if number and rng.random() < self.config.packed_tiles:
                tile = packed_faces(material, size, self.config, rng)
            else:
                scene = material.random_scene(rng) if number else material.scene(index)
                tile = self._scene_tile(material, scene, size, rng)
            tiles.append((left, top, tile))
        return assembled(tiles, self.canvas)

    def _near_face(self, material: Material, index: int, rng: Generator) -> Picture:
        size = (self.canvas, self.canvas)
        scene = cut_scene(material.scene(index), size, self.scene_sides, self.config, rng)
        return with_near_face(scene, material, self.config, rng)

    def _scene_tile(self, material: Material, scene: Picture, size: tuple[int, int], rng: Generator) -> Picture:
        tile = cut_scene(scene, size, self.scene_sides, self.config, rng)
        if rng.random() < self.config.pasted_scenes:
            tile = with_pasted_faces(tile, material, self.config, rng)
        return tile


def assembled(tiles: Sequence[tuple[int, int, Picture]], canvas: int) -> Picture:
    """Lay tiles onto one canvas, each with its left and top."""
    image = np.full((canvas, canvas, 3), GREY, np.uint8)
    for left, top, tile in tiles:
        image[top : top + tile.height, left : left + tile.width] = tile.image
    shifted = [tile.boxes + np.array([left, top] * 2, np.float32) for left, top, tile in tiles]
    labels = [tile.labels for _, _, tile in tiles]
    return Picture(image, as_boxes(np.concatenate(shifted)), np.concatenate(labels))


def cut_scene(
    scene: Picture,
    size: tuple[int, int],
    sides: tuple[float, float],
    config: AugmentConfig,
    rng: Generator,
) -> Picture:
    """Scale a scene at random and cut (width, height) of it, grey where it does not reach."""
    side = log_uniform(rng, *sides)
    scale = side / max(scene.width, scene.height)
    stretch = math.exp(rng.uniform(-STRETCH, STRETCH) / 2)
    scales = (scale * stretch, scale / stretch)
    focus = _focus(scene, rng)
    offsets = [
        _offset(rng, extent * factor, length, None if focus is None else focus[axis] * factor)
        for axis, (extent, factor, length) in enumerate(zip((scene.width, scene.height), scales, size, strict=True))
    ]
    return window(scene, scales, (offsets[0], offsets[1]), size, config)


def window(
    scene: Picture,
    scales: tuple[float, float],
    offsets: tuple[float, float],
    size: tuple[int, int],
    config: AugmentConfig,
) -> Picture:
    """The part of the scaled scene that begins at `offsets` and is `size` large.

    `scales` (x, y) lead from the scene to the tile, `offsets` (x, y) and `size` (width, height)
    are in tile pixels. Boxes of which too little is left are dropped.
    """
    extents = (scene.width, scene.height)
    spans = [_span(*each) for each in zip(extents, scales, offsets, size, strict=True)]
    (x0, x1, left, right), (y0, y1, top, bottom) = spans
    image = np.full((size[1], size[0], 3), GREY, np.uint8)
    boxes = np.zeros((0, 4), np.float32)
    labels = np.zeros(0, np.int64)
    if right > left and bottom > top and x1 > x0 and y1 > y0:
        wished = (right - left, bottom - top)
        image[top:bottom, left:right] = resized_image(scene.image[y0:y1, x0:x1], wished)
        factor = np.array([wished[0] / (x1 - x0), wished[1] / (y1 - y0)] * 2, np.float32)
        moved = (scene.boxes - np.array([x0, y0] * 2)) * factor + np.array([left, top] * 2)
        boxes, kept = visible(as_boxes(moved), (left, top, right, bottom), config)
        labels = scene.labels[kept]
    return Picture(image, boxes, labels)


def visible(boxes: Boxes, frame: tuple[int, int, int, int], config: AugmentConfig) -> tuple[Boxes, NDArray[np.bool_]]:
    """Clip boxes to a frame (left, top, right, bottom); which of them are left enough of."""
    left, top, right, bottom = frame
    inside = np.stack(
        [
            np.clip(boxes[:, 0], left, right),
            np.clip(boxes[:, 1], top, bottom),
            np.clip(boxes[:, 2], left, right),
            np.clip(boxes[:, 3], top, bottom),
        ],
        axis=1,
    )
    share = areas(inside) / np.maximum(areas(boxes), 1e-6)
    extents = inside[:, 2:] - inside[:, :2]
    kept = (share >= config.least_visible) & (extents.min(axis=1, initial=np.inf) >= config.least_side)
    return as_boxes(inside[kept]), kept


def packed_faces(material: Material, size: tuple[int, int], config: AugmentConfig, rng: Generator) -> Picture:
    """A tile of face pictures, row by row; the faces of a row are about equally high."""
    width, height = size
    image = np.full((height, width, 3), int(rng.integers(0, 256)), np.uint8)
    tiles: list[tuple[int, int, Picture]] = []
    top = 0
    while top < height:
        face_height = log_uniform(rng, *config.crop_faces)
        left, row_height = 0, 0
        while left < width:
            face = material.random_face(rng)
            if face is None:
                return Picture(image, as_boxes([]), np.zeros(0, np.int64))
            scale = face_height / max(float(face.boxes[0, 3] - face.boxes[0, 1]), 1.0)
            wished = (max(4, round(face.width * scale)), max(4, round(face.height * scale)))
            fitting = (min(wished[0], width - left), min(wished[1], height - top))
            scales = (wished[0] / face.width, wished[1] / face.height)
            tiles.append((left, top, window(face, scales, (0, 0), fitting, config)))
            left += wished[0]
            row_height = max(row_height, wished[1])
        top += row_height
    for left, top, tile in tiles:
        image[top : top + tile.height, left : left + tile.width] = tile.image
    boxes = [tile.boxes + np.array([left, top] * 2, np.float32) for left, top, tile in tiles]
    labels = [tile.labels for _, _, tile in tiles]
    return Picture(image, as_boxes(np.concatenate(boxes)), np.concatenate(labels))


def with_pasted_faces(tile: Picture, material: Material, config: AugmentConfig, rng: Generator) -> Picture:
    """Paste a few faces where they cover no box that is there already."""
    image = tile.image.copy()
    boxes, labels = [tile.boxes], [tile.labels]
    for _ in range(int(rng.integers(1, MOST_PASTED + 1))):
        face = material.random_face(rng)
        if face is None:
            break
        patch = face_patch(face, log_uniform(rng, *config.crop_faces), config, rng)
        room_x, room_y = tile.width - patch.width, tile.height - patch.height
        if room_x < 0 or room_y < 0:
            continue
        left, top = int(rng.integers(0, room_x + 1)), int(rng.integers(0, room_y + 1))
        place = np.array([left, top, left + patch.width, top + patch.height], np.float32)
        if intersections(place, np.concatenate(boxes)).any():
            continue
        image[top : top + patch.height, left : left + patch.width] = patch.image
        boxes.append(patch.boxes + np.array([left, top] * 2, np.float32))
        labels.append(patch.labels)
    return Picture(image, as_boxes(np.concatenate(boxes)), np.concatenate(labels))


def with_near_face(tile: Picture, material: Material, config: AugmentConfig, rng: Generator) -> Picture:
    """Lay the picture of a face over a tile so that the face takes a large part of it, as before a door's camera.

    Faces of the tile of which too little is left beside it are not looked for.
    """
    face = material.random_face(rng)
    if face is None:
        return tile
    box = face.boxes[0].astype(np.float64)
    extents = box[2:] - box[:2]
    scale = rng.uniform(*NEAR_SIDES) * min(tile.width, tile.height) / max(extents.max(), 1.0)
    room = np.array([tile.width, tile.height])
    outside = NEAR_OUTSIDE * extents * scale
    corner = rng.uniform(-outside, np.maximum(room - extents * scale + outside, -outside))
    begin = corner - box[:2] * scale
    first = np.maximum(begin.round(), 0).astype(int)
    last = np.minimum((begin + np.array([face.width, face.height]) * scale).round(), room).astype(int)
    offsets = first - begin
    patch = window(face, (scale, scale), (offsets[0], offsets[1]), (last[0] - first[0], last[1] - first[1]), config)
    image = tile.image.copy()
    image[first[1] : last[1], first[0] : last[0]] = patch.image
    hidden = intersections(np.concatenate([first, last]), tile.boxes)[0] / np.maximum(areas(tile.boxes), 1e-6)
    left = 1 - hidden >= config.least_visible
    boxes = np.concatenate([tile.boxes[left], patch.boxes + np.tile(first, 2)])
    return Picture(image, as_boxes(boxes), np.concatenate([tile.labels[left], patch.labels]))


def face_patch(face: Picture, side: float, config: AugmentConfig, rng: Generator) -> Picture:
    """The first face of a picture with a random margin, its longer side scaled to `side`."""
    x0, y0, x1, y1 = (float(value) for value in face.boxes[0])
    margin = rng.uniform(0.08, 0.45) * np.array([x1 - x0, y1 - y0] * 2)
    region = clipped(face.boxes[:1] + margin * [-1, -1, 1, 1], width=face.width, height=face.height)[0]
    scale = side / max(x1 - x0, y1 - y0, 1.0)
    size = tuple(max(2, round(float(region[i + 2] - region[i]) * scale)) for i in (0, 1))
    offsets = (float(region[0]) * scale, float(region[1]) * scale)
    return window(face, (scale, scale), offsets, (size[0], size[1]), config)


def flipped(picture: Picture) -> Picture:
    """Left becomes right."""
    boxes = mirrored(picture.boxes, width=picture.width)
    return replace(picture, image=np.ascontiguousarray(picture.image[:, ::-1]), boxes=boxes)


def jittered(image: NDArray[np.uint8], config: AugmentConfig, rng: Generator) -> NDArray[np.uint8]:
    """Change hue, saturation and brightness of the whole picture by random factors."""
    gains = 1 + rng.uniform(-1, 1, 3) * [config.hue, config.saturation, config.brightness]
    steps = np.arange(256)
    tables = np.stack(
        [steps * gains[0] % 180, np.clip(steps * gains[1], 0, 255), np.clip(steps * gains[2], 0, 255)],
        axis=-1,
    ).astype(np.uint8)
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    return np.asarray(cv2.cvtColor(cv2.LUT(hsv, tables[None]), cv2.COLOR_HSV2BGR), np.uint8)


def resized_image(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resize to (width, height), averaging where pixels would otherwise be skipped."""
    shrinks = size[0] < 0.8 * image.shape[1]
    filter_ = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=filter_), np.uint8)


def log_uniform(rng: Generator, low: float, high: float) -> float:
    """A number between `low` and `high` whose logarithm is evenly distributed."""
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def _focus(scene: Picture, rng: Generator) -> tuple[float, float] | None:
    """The middle of a box, every class of the scene alike; None to look anywhere."""
    if not len(scene.boxes) or rng.random() >= FOCUS:
        return None
    label = rng.choice(np.unique(scene.labels))
    x0, y0, x1, y1 = scene.boxes[rng.choice(np.flatnonzero(scene.labels == label))]
    return float(x0 + x1) / 2, float(y0 + y1) / 2


def _offset(rng: Generator, extent: float, length: int, focus: float | None) -> float:
    """Where along one axis a tile of `length` begins on a scene of `extent` tile pixels."""
    slack = extent - length
    if slack <= 0 or focus is None:
        return rng.uniform(min(slack, 0.0), max(slack, 0.0))
    return min(max(focus - rng.uniform(0.1, 0.9) * length, 0.0), slack)


def _span(extent: int, scale: float, offset: float, length: int) -> tuple[int, int, int, int]:
    """Whole pixels of one axis: begin and end in the scene, begin and end in the tile."""
    begin = max(0, math.floor(offset / scale))
    end = min(extent, math.ceil((offset + length) / scale))
    low = min(max(0, round(begin * scale - offset)), length)
    high = min(max(low, round(end * scale - offset)), length)
    return begin, end, low, high
