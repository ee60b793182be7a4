"""Judges one clip, in a process of its own: frames, detections stored chunk by chunk, tracks, passages.

Chunks are the safe points: whatever happens, what is stored is whole, and a new attempt goes on behind it.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from detection.analysis_settings import AnalysisSettings
from detection.chunks import frame_from, frame_row, look_of, stored_frames
from detection.frames import ClipError, Frame, frames, probe
from detection.judging import Judgement, judge_all
from detection.live import live_remove, live_sweep, live_write
from detection.models import Analysis, Clip, DetectionChunk, Passage
from detection.progress import StageTimes, VerdictsSoFar, counts_of, live_boxes
from detection.services import verdicts_attach
from detection.tracking import FaceTracker, FrameDetections
from jobs.reporter import JobFailure, Reporter
from releases.loading import detector_for
from releases.models import ModelRelease
from yolo.detections import Detections
from yolo.nms import nms
from yolo.release import Release, ReleaseError

CHUNK_FRAMES = 50
LIVE_EVERY = 0.4  # seconds between two pictures for the page that watches


class ClipFailure(JobFailure):
    """A clip cannot be judged; the text is a sentence for people."""


class Reports(Protocol):
    """What a run asks of its reporter; see jobs.reporter.Reporter."""

    def progress(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        message: str | None = None,
        detail: dict[str, Any] | None = None,
        force: bool = False,
    ) -> None: ...

    def safe_point(self) -> AbstractContextManager[None]: ...


class FaceDetector(Protocol):
    release: Release

    @property
    def arithmetic(self) -> str: ...

    def detect(self, image_bgr: NDArray[np.uint8], *, score: float | None = None) -> Detections: ...


def load_detector(analysis: Analysis) -> FaceDetector:
    """The detector of its release in the numbers it was ordered in, files verified. Raises ReleaseError."""
    return detector_for(analysis.release, analysis.precision)


def run(reporter: Reporter, target_id: int, *, load: Callable[[Analysis], FaceDetector] = load_detector) -> None:
    """Judge the clip of an analysis, from its last safe point on. An analysis that is finished stays as it is.

    `load` makes its detector. Raises ClipFailure.
    """
    analysis = Analysis.objects.select_related("clip", "release").filter(pk=target_id).first()
    if analysis is None:
        raise ClipFailure(_("The clip was deleted."))
    live_sweep()
    if analysis.job_id != reporter.job_id:  # that of a command: pages follow it as well
        with reporter.safe_point():
            Analysis.objects.filter(pk=target_id).update(job=reporter.job_id)
    try:
        if analysis.finished_at is None:
            with reporter.safe_point():
                turn_take(analysis)
            ClipRun(reporter, analysis, load(analysis)).run()
    except (ClipError, ReleaseError) as error:
        raise ClipFailure(_(str(error))) from error
    except FileNotFoundError as error:
        raise ClipFailure(_("The file of this clip is gone.")) from error
    finally:
        live_remove(target_id)


def turn_take(analysis: Analysis) -> None:
    """The turn of an analysis has come: one that follows the active release, and has judged nothing yet, takes it."""
    if not analysis.follows_active or analysis.chunks.exists():
        return
    release = ModelRelease.objects.active().first()
    if release is not None:
        analysis.release, analysis.precision = release, release.precision
        analysis.save(update_fields=["release", "precision"])


class ClipRun:
    """One attempt at one analysis."""

    def __init__(self, reporter: Reports, analysis: Analysis, detector: FaceDetector) -> None:
        self.reporter, self.analysis, self.detector = reporter, analysis, detector
        self.path = Path(analysis.clip.file.path)
        self.settings = self._settings(detector.release, detector.arithmetic)
        self.tracker = FaceTracker(self.settings.tracking)
        self.verdicts = VerdictsSoFar(self.settings.judging)
        self.stages = StageTimes()
        self.pending: list[dict[str, Any]] = []
        self.chunks = 0
        self.done = 0
        self.done_before = 0
        self.started = self.stored_at = time.perf_counter()
        self.shown_at = float("-inf")
        self.pictures = 0

    def run(self) -> None:
        after = self._take_up_stored()
        facts = probe(self.path)
        total = max(self.done, facts.judged_frames(self.settings.frames_per_second))
        self.reporter.progress(done=self.done, total=total, message=_("Judging frames"), force=True)
        reading = frames(self.path, fps=self.settings.frames_per_second, after=after, largest=self.settings.net_size)
        with closing(reading):
            while True:
                with self.stages.measured("decode"):
                    frame = next(reading, None)
                if frame is None:
                    break
                found = self._judge(frame)
                with self.stages.measured("store"):
                    if len(self.pending) >= CHUNK_FRAMES:
                        self._store_chunk()
                    self._tell(frame, found, max(total, self.done))
        with self.stages.measured("store"):
            if self.pending:
                self._store_chunk()
        self._finish()

    def _settings(self, release: Release, arithmetic: str) -> AnalysisSettings:
        """Those of the first attempt: a release's thresholds or our defaults may have changed since."""
        stored = self.analysis.settings
        if "judging" in stored:
            return AnalysisSettings.from_json(stored)
        clip = self.analysis.clip
        self.analysis.arithmetic = arithmetic
        settings = AnalysisSettings.first(
            release, frames_per_second=stored["frames_per_second"], picture=max(clip.width, clip.height)
        )
        with self.reporter.safe_point():
            self.analysis.settings = settings.to_json()
            self.analysis.save(update_fields=["settings", "arithmetic"])
        return settings

    def _take_up_stored(self) -> float | None:
        """Follow the faces through what earlier attempts stored; the time of its last frame."""
        last = None
        for frame in stored_frames(self.analysis):
            self._follow(frame)
            last = frame.time
        self.done_before = self.done
        self.chunks = self.analysis.chunks.count()
        return last

    def _judge(self, frame: Frame) -> FrameDetections:
        with self.stages.measured("detect"):
            row = self._detected(frame)
        self.pending.append(row)
        found = frame_from(row)
        with self.stages.measured("track"):
            self._follow(found)
        return found

    def _detected(self, frame: Frame) -> dict[str, Any]:
        """The boxes of a frame in pixels of the clip. What two classes claim is one face."""
        found = self.detector.detect(frame.image, score=self.settings.score)
        same = np.zeros(len(found), dtype=np.int64)
        kept = nms(found.boxes, found.scores, same, iou_threshold=self.settings.iou)
        height, width = frame.image.shape[:2]
        clip = self.analysis.clip
        factor = np.array([clip.width / width, clip.height / height] * 2, dtype=np.float32)
        boxes = found.boxes[kept]
        looks = [look_of(frame.image, box) for box in boxes]
        return frame_row(frame.time, boxes * factor, found.class_scores[kept], looks)

    def _follow(self, frame: FrameDetections) -> None:
        self.verdicts.grew(self.tracker.update(frame.time, frame.detections))
        self.done += 1

    def _store_chunk(self) -> None:
        now = time.perf_counter()
        with self.reporter.safe_point():
            DetectionChunk.objects.create(
                analysis=self.analysis,
                number=self.chunks,
                first_time=self.pending[0]["t"],
                last_time=self.pending[-1]["t"],
                frames=self.pending,
            )
            self.analysis.frames = self.done
            self.analysis.seconds += now - self.stored_at
            self.analysis.save(update_fields=["frames", "seconds"])
        self.chunks += 1
        self.pending = []
        self.stored_at = now

    def _tell(self, frame: Frame, found: FrameDetections, total: int) -> None:
        now = time.perf_counter()
        if now - self.shown_at < LIVE_EVERY:
            self.reporter.progress(done=self.done, total=total)
            return
        self.shown_at = now
        live_write(self.analysis.pk, frame.image)
        self.pictures += 1
        detail = self._detail(total) | {
            "frame_version": self.pictures,
            "time": round(frame.time, 3),
            "boxes": live_boxes(found, self.settings.judging),
        }
        self.reporter.progress(done=self.done, total=total, detail=detail)

    def _detail(self, total: int) -> dict[str, Any]:
        """What the page shows while it watches: see the notes of the fields in the API's description of a clip."""
        elapsed = time.perf_counter() - self.started
        rate = (self.done - self.done_before) / elapsed if elapsed > 0 else 0.0
        return {
            "frame": self.done,
            "frames": total,
            "fps": round(rate, 1),
            "seconds_left": round((total - self.done) / rate, 1) if rate else None,
            "counts": self.verdicts.counts(),
            "width": self.analysis.clip.width,
            "height": self.analysis.clip.height,
            "stages": self.stages.rounded(),
        }

    def _finish(self) -> None:
        with self.stages.measured("track"):
            passages = judge_all(self.tracker.tracks.values(), self.settings.judging)
        with self.stages.measured("store"), self.reporter.safe_point():
            self._passages_store(passages)
        counts = counts_of(passage.verdict for passage in passages)
        detail = self._detail(self.done) | {"counts": counts, "boxes": [], "frame_version": self.pictures}
        self.reporter.progress(done=self.done, total=self.done, message="", detail=detail)

    def _passages_store(self, passages: list[Judgement]) -> None:
        """Passages, the end of the analysis, and what the statistics read: all of it or nothing."""
        analysis = self.analysis
        Passage.objects.bulk_create(
            [passage_row(analysis, number, passage) for number, passage in enumerate(passages, 1)], batch_size=200
        )
        analysis.frames = self.done
        analysis.seconds += time.perf_counter() - self.stored_at
        analysis.finished_at = timezone.now()
        analysis.save(update_fields=["frames", "seconds", "finished_at"])
        if analysis.is_trial:
            return
        clip = Clip.objects.select_related("counted_analysis").get(pk=analysis.clip_id)
        counted = clip.counted_analysis
        if counted is None or counted.created_at <= analysis.created_at:
            clip.counted_analysis = analysis
            clip.save(update_fields=["counted_analysis"])
            verdicts_attach(analysis=analysis)


def passage_row(analysis: Analysis, number: int, passage: Judgement) -> Passage:
    return Passage(
        analysis=analysis,
        number=number,
        begins=passage.begins,
        ends=passage.ends,
        verdict=passage.verdict,
        confidence=passage.confidence,
        score=passage.score,
        best_time=passage.best_time,
        path=[[round(one.time, 4), *one.box] for one in passage.detections],
    )
