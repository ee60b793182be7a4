"""Looks at the photographs of a batch: the runner of its job. Loads OpenVINO: for workers only.

Each picture is a safe point: what is seen on it and the counts of the batch are written together, so that a job that
was killed goes on with the picture after it. A picture that cannot be used is told on its row, and the others go on.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

import cv2
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.reporter import JobFailure, Reporter
from releases.batches.models import BatchPicture, PictureBatch
from releases.batches.reading import Contents
from releases.drawing import Picture, jpeg, shrunk, upright_picture
from releases.inference import boxes_as_dicts
from releases.loading import PictureDetector, load_detector
from releases.models import ModelRelease
from releases.warm import PictureRefused
from yolo.release import ReleaseError

logger = logging.getLogger(__name__)

SMALL_SIDE: Final = 320
AT_ONCE: Final = 200  # rows read at a time


NOTHING_YET: Final[Mapping[str, Any]] = {"seen": 0, "unreadable": 0, "nothing": 0, "boxes": {}, "pictures": {}}
"""The report of a batch: pictures looked at, unreadable, without a box; by class, its boxes and how many pictures."""


class BatchFailure(JobFailure):
    """A batch cannot go on; the message is a sentence for people."""


def run(reporter: Reporter, target_id: int, *, load: Callable[[ModelRelease], PictureDetector] = load_detector) -> None:
    """Look at the photographs of a batch that nobody has looked at yet. Running it again does no harm."""
    batch = PictureBatch.objects.select_related("release").filter(pk=target_id).first()
    if batch is None:
        raise BatchFailure(_("The batch was deleted."))
    if batch.finished_at is not None:
        return
    if batch.release is None:
        raise BatchFailure(_("The model that was to look at these photographs has been deleted. Make a new batch."))
    try:
        detector = load(batch.release)
    except ReleaseError as error:
        raise BatchFailure(str(error)) from error
    with Contents() as contents:
        BatchRun(reporter, batch, detector, contents).run()


class BatchRun:
    """One attempt at one batch."""

    def __init__(self, reporter: Reporter, batch: PictureBatch, detector: PictureDetector, contents: Contents) -> None:
        self.reporter, self.batch, self.detector, self.contents = reporter, batch, detector, contents
        self.report: dict[str, Any] = {**deepcopy(dict(NOTHING_YET)), **batch.report}

    def run(self) -> None:
        total = self.batch.pictures.count()
        keys = list(self.batch.pictures.waiting().order_by("pk").values_list("pk", flat=True))
        self.reporter.progress(done=total - len(keys), total=total, force=True)
        for start in range(0, len(keys), AT_ONCE):
            pictures = BatchPicture.objects.select_related("batch", "zip__batch").in_bulk(keys[start : start + AT_ONCE])
            for number, key in enumerate(sorted(pictures), start=start + 1):
                self._store(pictures[key], self._look(pictures[key]))
                self.reporter.progress(done=total - len(keys) + number)
        with self.reporter.safe_point():
            self._update(finished_at=timezone.now())

    def _look(self, picture: BatchPicture) -> dict[str, Any]:
        """What is to be written on the row of a picture."""
        try:
            image = upright_picture(self.contents.read(picture))
            found = self.detector.detect(image, score=self.batch.score)
            self._keep_small(picture, image)
        except PictureRefused as error:
            return _unreadable(str(error))
        except (cv2.error, MemoryError, RuntimeError, ValueError):
            logger.exception("the model failed on picture %s of batch %s", picture.pk, self.batch.pk)
            return _unreadable(_("The model failed on this picture."))
        told = boxes_as_dicts(found, self.detector.release.classes, temperature=self.detector.temperature)
        boxes = sorted(told, key=lambda box: -float(box["score"]))
        return {
            "state": BatchPicture.State.SEEN,
            "height": image.shape[0],
            "width": image.shape[1],
            "boxes": boxes,
            "counts": dict(Counter(box["class"] for box in boxes)),
            "found": len(boxes),
        }

    def _keep_small(self, picture: BatchPicture, image: Picture) -> None:
        """Keep a thumbnail, upright as the boxes are. The folder is gone where the batch is being deleted."""
        try:
            picture.thumbnail_path.write_bytes(jpeg(shrunk(image, SMALL_SIDE)))
        except FileNotFoundError as error:
            raise BatchFailure(_("The batch was deleted.")) from error
        except OSError as error:
            raise BatchFailure(_("The disk is full. Make room, then let the job go on.")) from error

    def _store(self, picture: BatchPicture, values: dict[str, Any]) -> None:
        with self.reporter.safe_point():
            if not BatchPicture.objects.waiting().filter(pk=picture.pk).update(**values):
                raise BatchFailure(_("The batch was deleted."))
            self._count(values)
            self._update(report=self.report)

    def _count(self, values: dict[str, Any]) -> None:
        self.report[values["state"].value] += 1
        if values["state"] == BatchPicture.State.SEEN and not values["found"]:
            self.report["nothing"] += 1
        for name in self.detector.release.classes:
            count = values.get("counts", {}).get(name, 0)
            self.report["boxes"][name] = self.report["boxes"].get(name, 0) + count
            self.report["pictures"][name] = self.report["pictures"].get(name, 0) + bool(count)

    def _update(self, **values: Any) -> None:
        if not PictureBatch.objects.filter(pk=self.batch.pk).update(**values):
            raise BatchFailure(_("The batch was deleted."))


def _unreadable(reason: str) -> dict[str, Any]:
    return {"state": BatchPicture.State.UNREADABLE, "reason": reason[:300]}
