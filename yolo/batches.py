"""Feeds a training: pictures cached in memory, canvases composed in background threads.

Each canvas has a random generator of its own, seeded by (seed, epoch, position). So a batch
depends on neither the threads nor what came before, and a resumed training sees the same.
"""

import threading
import time
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from yolo.augment import NEAR_SIDES, Composer, Picture, resized_image, window
from yolo.boxes import clipped, sizes
from yolo.config import SIDE_STEP, AugmentConfig, TrainConfig, network_named
from yolo.samples import Sample
from yolo.targets import targets_for

ORDER, CANVAS, SIDE = 0, 1, 2
"""Distinguish the random streams of one seed."""
LEAST_OWN_FACE = 24.0
"""Faces cut from the training scenes themselves are at least this large, in pixels."""
OWN_FACE_MARGIN = 0.4


@dataclass(frozen=True)
class Batch:
    """`images` float32 (B, S, S, 3), RGB from 0 to 1; `targets` (B, N, 6), see yolo.targets."""

    images: NDArray[np.float32]
    targets: NDArray[np.float32]


class PictureStore:
    """Decoded scenes and faces, kept in memory up to a limit. Safe to use from threads."""

    def __init__(
        self,
        samples: Sequence[Sample],
        crops: Sequence[Sample],
        *,
        config: AugmentConfig,
        most_side: float,
        most_face: float = 0.0,
        cache_bytes: int,
        weights: NDArray[np.float64] | None = None,
    ) -> None:
        chances = np.ones(len(samples)) if weights is None else weights
        self._chances = np.cumsum(chances) / chances.sum()
        self._samples = tuple(samples)
        self._crops = tuple(crop for crop in crops if len(crop.boxes))
        self._config = config
        self._most_side = most_side
        self._most_face = max(most_face, config.crop_faces[1])
        self._room = cache_bytes
        self._lock = threading.Lock()
        self._cache: dict[tuple[str, int], Picture] = {}
        self._faces = _faces_by_class(self._crops or self._samples, own=not self._crops)

    def __len__(self) -> int:
        return len(self._samples)

    def scene(self, index: int) -> Picture:
        """Training picture `index`, no larger than training ever shows it."""
        key = ("scene", index)
        return self._cache.get(key) or self._keep(key, self._load_scene(index))

    def random_scene(self, rng: np.random.Generator) -> Picture:
        """Any training picture, drawn by its weight."""
        place = int(np.searchsorted(self._chances, rng.random(), side="right"))
        return self.scene(min(place, len(self._samples) - 1))

    def random_face(self, rng: np.random.Generator) -> Picture | None:
        """A face from the crops, or from the scenes where there are none; it is box 0.

        A class is drawn by the square root of its count, which helps rare ones a little.
        """
        if not self._faces:
            return None
        weights = np.sqrt([len(faces) for faces in self._faces])
        faces = self._faces[rng.choice(len(weights), p=weights / weights.sum())]
        index, box = faces[int(rng.integers(len(faces)))]
        if not self._crops:
            return _cut_face(self.scene(index), box, self._config)
        key = ("crop", index)
        return self._cache.get(key) or self._keep(key, self._load_crop(index))

    def _load_scene(self, index: int) -> Picture:
        picture = _read(self._samples[index])
        return _shrunk(picture, self._most_side / max(picture.width, picture.height))

    def _load_crop(self, index: int) -> Picture:
        picture = _read(self._crops[index])
        largest = float(sizes(picture.boxes[:1]).max())
        return _shrunk(picture, self._most_face / max(largest, 1.0))

    def _keep(self, key: tuple[str, int], picture: Picture) -> Picture:
        with self._lock:
            if key not in self._cache and self._room >= picture.image.nbytes:
                self._room -= picture.image.nbytes
                self._cache[key] = picture
        return picture


class Batches:
    """The batches of each epoch of a training."""

    def __init__(
        self,
        samples: Sequence[Sample],
        crops: Sequence[Sample],
        *,
        anchors: NDArray[np.float32],
        config: TrainConfig,
    ) -> None:
        if not samples:
            raise ValueError("Training needs at least one picture.")
        self._config = config
        self._anchors = anchors
        self._strides = network_named(config.network).strides
        self._weights = repeat_weights(samples, config.repeat_share)
        self._lock = threading.Lock()
        self.processor_seconds = 0.0
        """Processor time that reading pictures and composing canvases has taken so far, in all threads."""
        self._store = PictureStore(
            samples,
            crops,
            config=config.augment,
            most_side=max(config.scene_sides[1], config.fine_tune_scene_sides[1]),
            most_face=_most_near_face(config),
            weights=self._weights,
            cache_bytes=config.cache_megabytes * 1_000_000,
        )

    @property
    def steps(self) -> int:
        """Batches in an epoch."""
        canvases = len(self._store) * self._config.canvases_per_picture
        return max(1, round(canvases / self._config.batch))

    def epoch(self, epoch: int, plan: TrainConfig | None = None, *, skip: int = 0) -> Generator[Batch, None, None]:
        """The batches of an epoch (from 0), composed ahead of their use.

        `plan` is the configuration with the number of epochs that are now meant to be done, where
        that is not the configuration's own: it says which epochs are the last phase. The
        first `skip` batches are left out. Close the generator when leaving early; its threads end
        with it.
        """
        order = self.order(epoch)
        composer = composer_for(plan or self._config, epoch)
        batch = self._config.batch
        threads = self._config.loader_threads
        cv2.setNumThreads(1)  # the pool's threads each compose a batch; OpenCV's own beside them only get in the way
        pool = ThreadPoolExecutor(threads, thread_name_prefix="canvases")
        waiting: deque[Future[Batch]] = deque()
        try:
            for first in range(skip * batch, len(order), batch):
                waiting.append(pool.submit(self._timed_batch, composer, epoch, first, order[first : first + batch]))
                if len(waiting) > threads + 2:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def order(self, epoch: int) -> NDArray[np.int64]:
        """Index of the main scene of each canvas: every picture in turn, shuffled, by its weight."""
        rng = np.random.default_rng([self._config.seed, ORDER, epoch])
        count = self.steps * self._config.batch
        rounds: list[NDArray[np.int64]] = []
        while sum(map(len, rounds)) < count:
            times = np.floor(self._weights + rng.random(len(self._weights))).astype(np.int64)
            rounds.append(rng.permutation(np.repeat(np.arange(len(self._store)), times)))
        return np.concatenate(rounds)[:count]

    def _side(self, canvas: int, epoch: int, first: int) -> int:
        """Side of the canvases of one batch, around the usual one."""
        room = int(canvas * self._config.multi_scale) // SIDE_STEP
        rng = np.random.default_rng([self._config.seed, SIDE, epoch, first])
        return max(SIDE_STEP, canvas + SIDE_STEP * int(rng.integers(-room, room + 1)))

    def _timed_batch(self, composer: Composer, epoch: int, first: int, indices: NDArray[np.int64]) -> Batch:
        began = time.thread_time()
        try:
            return self._batch(composer, epoch, first, indices)
        finally:
            with self._lock:
                self.processor_seconds += time.thread_time() - began

    def _batch(self, composer: Composer, epoch: int, first: int, indices: NDArray[np.int64]) -> Batch:
        composer = replace(composer, canvas=self._side(composer.canvas, epoch, first))
        pictures = [
            composer.compose(
                self._store,
                int(index),
                np.random.default_rng([self._config.seed, CANVAS, epoch, first + place]),
            )
            for place, index in enumerate(indices)
        ]
        targets = targets_for(
            [picture.boxes for picture in pictures],
            [picture.labels for picture in pictures],
            anchors=self._anchors,
            strides=self._strides,
            width=composer.canvas,
            height=composer.canvas,
            match_ratio=self._config.loss.match_ratio,
            neighbours=network_named(self._config.network).decoding == "wide",
        )
        return Batch(network_input([picture.image for picture in pictures]), targets)


def composer_for(config: TrainConfig, epoch: int) -> Composer:
    """How canvases of that epoch (from 0) are made: the last phase has a manner of its own."""
    fine = epoch >= config.epochs - config.fine_tune_epochs
    return Composer(
        config.augment,
        canvas=config.fine_tune_canvas if fine else config.canvas,
        mosaic=config.fine_tune_mosaic if fine else config.augment.mosaic,
        scene_sides=config.fine_tune_scene_sides if fine else config.scene_sides,
    )


def repeat_weights(samples: Sequence[Sample], share: float) -> NDArray[np.float64]:
    """How often each picture is shown for each time that an ordinary one is, (n,), 1 or more.

    Repeat factor sampling of Gupta, Dollár and Girshick, "LVIS", CVPR 2019: a class in a share f
    of the pictures asks for max(1, sqrt(share / f)), and a picture gets what its rarest asks for.
    """
    labels = [np.unique(sample.labels) for sample in samples]
    classes, counts = np.unique(np.concatenate(labels), return_counts=True)
    wanted = dict(zip(classes.tolist(), np.sqrt(share * len(samples) / counts).tolist(), strict=True))
    return np.array([max([1.0, *(wanted[int(label)] for label in own)]) for own in labels])


def network_input(images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """BGR uint8 pictures of one size as the network takes them: RGB float32 from 0 to 1."""
    batch = np.stack(images)[..., ::-1].astype(np.float32)
    batch /= 255
    return batch


def _read(sample: Sample) -> Picture:
    image = sample.read()
    return Picture(image, clipped(sample.boxes, width=image.shape[1], height=image.shape[0]), sample.labels)


def _shrunk(picture: Picture, factor: float) -> Picture:
    """Scale down by `factor`; never up."""
    if factor >= 1:
        return picture
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    scale = np.array([size[0] / picture.width, size[1] / picture.height] * 2, np.float32)
    return Picture(resized_image(picture.image, size), picture.boxes * scale, picture.labels)


def _faces_by_class(samples: Sequence[Sample], *, own: bool) -> list[list[tuple[int, int]]]:
    """(sample, box) of usable faces, one list for each class that has any."""
    faces: dict[int, list[tuple[int, int]]] = {}
    for index, sample in enumerate(samples):
        for box, (extent, label) in enumerate(zip(sizes(sample.boxes), sample.labels, strict=True)):
            usable = extent.min() >= LEAST_OWN_FACE if own else box == 0
            if usable:
                faces.setdefault(int(label), []).append((index, box))
    return [faces[label] for label in sorted(faces)]


def _most_near_face(config: TrainConfig) -> float:
    """The longest side, in pixels, of faces near the camera; 0 where none are shown."""
    canvas = max(config.canvas, config.fine_tune_canvas) * (1 + config.multi_scale)
    return NEAR_SIDES[1] * canvas if config.augment.near_faces else 0.0


def _cut_face(scene: Picture, box: int, config: AugmentConfig) -> Picture:
    """The surroundings of one box of a scene, that box first."""
    first = [box, *(other for other in range(len(scene.boxes)) if other != box)]
    ordered = Picture(scene.image, scene.boxes[first], scene.labels[first])
    x0, y0, x1, y1 = (float(value) for value in scene.boxes[box])
    margin = OWN_FACE_MARGIN * max(x1 - x0, y1 - y0)
    left, top = max(0.0, x0 - margin), max(0.0, y0 - margin)
    width = max(1, int(min(scene.width, x1 + margin) - left))
    height = max(1, int(min(scene.height, y1 + margin) - top))
    return window(ordered, (1.0, 1.0), (left, top), (width, height), config)
