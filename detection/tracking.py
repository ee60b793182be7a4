"""One face over frames: detections become tracks.

The tracker is norfair's (Kalman filter, nearest pairs first). At five frames a second a walking face
moves by about two of its widths from one frame to the next, so that its boxes often do not overlap and
IoU alone says nothing. The distance is therefore 1 - DIoU (Zheng et al. 2020, arXiv:1911.08287), which
falls with overlap and goes on growing with the gap between the centres; pairs of very different size
never match. Nothing here is random: the same detections give the same tracks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from norfair import Detection as Point
from norfair import Distance, OptimizedKalmanFilterFactory, TrackedObject, Tracker
from numpy.typing import NDArray

NEVER = 1e6  # a distance that no threshold admits; norfair refuses nan


@dataclass(frozen=True)
class Detection:
    """One box in one frame: `box` xyxy in pixels of the clip, `scores` of each class in 0..1.

    `sharpness` is the variance of the Laplacian of the face, `brightness` its mean grey, 0..255.
    """

    time: float
    box: tuple[float, float, float, float]
    scores: tuple[float, ...]
    sharpness: float = 0.0
    brightness: float = 0.0

    @property
    def score(self) -> float:
        return max(self.scores)

    @property
    def side(self) -> float:
        """Side in pixels of the square of equal area."""
        return float(((self.box[2] - self.box[0]) * (self.box[3] - self.box[1])) ** 0.5)


@dataclass(frozen=True)
class FrameDetections:
    time: float
    detections: tuple[Detection, ...]


@dataclass
class Track:
    """The detections of one face in order of time."""

    number: int
    detections: list[Detection] = field(default_factory=list)


@dataclass(frozen=True)
class TrackingSettings:
    """`fps`: the judged rate. `picture`: longer side of the clip in pixels.

    `reach`: how far apart boxes may lie and still be one face, as 1 - DIoU: 1 is side by side,
    1.45 two widths apart. `growth`: how many times larger a face may become from one frame to the
    next. `memory`: seconds for which a face may be unseen (turned away, hidden by a passer-by).
    `begins`: score from which a detection may begin a track; a weaker one only goes on with one, so
    that a face stays in view while it is turned or blurred, and noise makes no tracks (the idea of
    ByteTrack, Zhang et al. 2022, arXiv:2110.06864).
    """

    fps: float
    picture: int
    reach: float = 1.45
    growth: float = 1.8
    memory: float = 1.2
    begins: float = 0.0

    @property
    def memory_steps(self) -> int:
        return max(1, round(self.memory * self.fps))


class StrongFirst(Distance):
    """Distances for norfair, which takes the nearest pair first: every strong detection before any weak one.

    Otherwise a faint box beside a face could take over its track, and leave the face to begin another.
    """

    def __init__(self, settings: TrackingSettings) -> None:
        self.settings = settings

    def get_distances(
        self, objects: Sequence[TrackedObject], candidates: Sequence[Point | TrackedObject] | None
    ) -> NDArray[np.float64]:
        """(candidates, objects): half the distance for strong detections, half the reach more for weak ones."""
        points = [one for one in candidates or () if isinstance(one, Point)]
        if not points or not objects:
            return np.full((len(points), len(objects)), NEVER)
        distances = face_distances(
            np.stack([point.points.ravel() for point in points]),
            np.stack([tracked.estimate.ravel() for tracked in objects]),
            growth=self.settings.growth,
        )
        weak = np.array([[point.data.score < self.settings.begins] for point in points])
        ranked = distances / 2 + np.where(weak, self.settings.reach / 2, 0)
        return np.asarray(np.where(distances < self.settings.reach, ranked, NEVER), dtype=np.float64)


class FaceTracker:
    """Takes the detections of frame after frame; `tracks` holds all tracks so far by number."""

    # Noise of position and speed in pixels of a picture with a longer side of 640: boxes jitter by about
    # two pixels, and between two judged frames a speed changes by a few.
    NOISE = OptimizedKalmanFilterFactory(R=4.0, Q=4.0, pos_variance=10, pos_vel_covariance=0, vel_variance=100)
    NOISE_PICTURE = 640

    def __init__(self, settings: TrackingSettings) -> None:
        self.settings = settings
        self.tracks: dict[int, Track] = {}
        self._last_time: float | None = None
        self._scale = self.NOISE_PICTURE / settings.picture
        self._tracker = Tracker(
            distance_function="iou",
            distance_threshold=settings.reach,
            hit_counter_max=settings.memory_steps,
            initialization_delay=0,
            past_detections_length=0,
            filter_factory=self.NOISE,
        )
        # The constructor takes such a distance by name only.
        self._tracker.distance_function = StrongFirst(settings)

    def update(self, time: float, detections: Sequence[Detection]) -> list[Track]:
        """Add one frame; returns the tracks that it made longer or began."""
        self._pass_missing_frames(time)
        points = [
            Point(np.array(found.box, dtype=np.float64).reshape(2, 2) * self._scale, data=found) for found in detections
        ]
        self._tracker.update(points)
        self._drop_weak_beginnings()
        grown = []
        for tracked in self._tracker.tracked_objects:
            found = tracked.last_detection.data
            if found.time == time and tracked.id is not None:
                track = self.tracks.setdefault(tracked.id, Track(tracked.id))
                track.detections.append(found)
                grown.append(track)
        self._last_time = time
        return grown

    def _drop_weak_beginnings(self) -> None:
        self._tracker.tracked_objects = [
            tracked
            for tracked in self._tracker.tracked_objects
            if tracked.age > 0 or tracked.last_detection.data.score >= self.settings.begins
        ]

    def _pass_missing_frames(self, time: float) -> None:
        """Let time go by for the tracker where the clip has no frames."""
        if self._last_time is not None:
            missing = round((time - self._last_time) * self.settings.fps) - 1
            for _ in range(min(missing, self.settings.memory_steps + 1)):
                self._tracker.update([])


def track_faces(frames: Iterable[FrameDetections], settings: TrackingSettings) -> list[Track]:
    """All tracks of a clip in order of their begin."""
    tracker = FaceTracker(settings)
    for frame in frames:
        tracker.update(frame.time, frame.detections)
    return list(tracker.tracks.values())


def face_distances(first: NDArray[np.float64], second: NDArray[np.float64], *, growth: float) -> NDArray[np.float64]:
    """1 - DIoU of each pair of (n, 4) and (m, 4) xyxy boxes as (n, m): 0 for equal boxes, below 2 always.

    A pair of which one side is more than `growth` times the other's gets NEVER.
    """
    a, b = first[:, None, :], second[None, :, :]
    inner = np.clip(np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]), 0, None).prod(axis=-1)
    area_a, area_b = _areas(first)[:, None], _areas(second)[None, :]
    union = np.maximum(area_a + area_b - inner, 1e-9)
    outer = np.maximum(a[..., 2:], b[..., 2:]) - np.minimum(a[..., :2], b[..., :2])
    gap = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2
    distance = 1 - inner / union + (gap**2).sum(axis=-1) / np.maximum((outer**2).sum(axis=-1), 1e-9)
    ratio = np.sqrt(np.maximum(area_a, area_b) / np.maximum(np.minimum(area_a, area_b), 1e-9))
    return np.asarray(np.where(ratio > growth, NEVER, distance), dtype=np.float64)


def _areas(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=-1), dtype=np.float64)
