"""Batches with photographs, and a stand-in for the network that tells them by their colour."""

import io
import zipfile
from dataclasses import dataclass, field

import numpy as np
from django.core.files.base import ContentFile
from PIL import Image

from accounts.models import User
from jobs.attempts import Attempt, attempt_claim
from jobs.models import Job
from jobs.reporter import Progress, Reporter
from releases.batches.models import PictureBatch
from releases.batches.running import run
from releases.batches.services import batch_create, batch_start, picture_add
from tests.detection.fakes import fake_release
from yolo.detections import Detections
from yolo.release import Release

RED, BLUE, BLACK = (200, 0, 0), (0, 0, 200), (0, 0, 0)
LEFT_HALF = [0.0, 0.0, 30.0, 40.0]


def picture(colour: tuple[int, int, int] = RED, *, size: tuple[int, int] = (60, 40), kind: str = "PNG", **others):
    """The file of a picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **others)
    return out.getvalue()


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def filled(by: User, files: dict[str, bytes], **wishes) -> PictureBatch:
    """A batch with these photographs."""
    batch = batch_create(by=by, name="Gate", **wishes)
    for name, content in files.items():
        picture_add(batch=batch, name=name, file=ContentFile(content, name=name))
    return batch


@dataclass
class ByColour:
    """Sees one masked face on what is red, two bare ones on what is blue, and nothing on anything else."""

    release: Release = field(default_factory=fake_release)
    seen: list[tuple[int, int, float | None]] = field(default_factory=list)
    temperature: float | None = None

    def detect(self, image_bgr, *, score=None) -> Detections:
        height, width = image_bgr.shape[:2]
        self.seen.append((width, height, score))
        blue, _green, red = image_bgr.reshape(-1, 3).mean(axis=0)
        labels = [0] if red > 100 else [1, 1] if blue > 100 else []
        scores = np.array([0.9, 0.6][: len(labels)], np.float32)
        boxes = np.array([LEFT_HALF] * len(labels), np.float32).reshape(-1, 4)
        return Detections(boxes, scores, np.array(labels, np.int64), np.zeros((len(labels), 3), np.float32))


def reporter_of(job: Job, told: list[Progress] | None = None) -> Reporter:
    attempt = Attempt(job.pk, job.attempt)
    assert attempt_claim(attempt, process_group=None)
    return Reporter(attempt, on_progress=None if told is None else told.append)


def judged(by: User, files: dict[str, bytes], **wishes) -> PictureBatch:
    """A batch that was started and looked at to its end."""
    batch = batch_start(batch=filled(by, files, **wishes), by=by)
    run(reporter_of(batch.job), batch.pk, load=lambda release: ByColour())
    Job.objects.filter(pk=batch.job_id).update(state=Job.State.SUCCEEDED, finished_at=batch.started_at)
    batch.refresh_from_db()
    return batch
