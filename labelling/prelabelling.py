"""Runs a pre-labelling: a release over pictures, what it sees stored, boxes proposed. Loads OpenVINO: for workers.

Pictures go by key, in batches. Each batch is a safe point: what a release sees of its pictures, the
boxes it proposes and how far the row has come are written together, so that a killed job goes on behind it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from jobs.reporter import JobFailure, Reporter
from labelling.class_names import name_key
from labelling.disagreement import LIKELY, SAME
from labelling.models import Box, BoxClass, Image, Opinion, PreLabel, Proposal
from labelling.opinions import DetectionRow, contradictions, labelled_classes, opinion_set
from labelling.services.classes import class_add
from releases.inference import read_picture
from releases.loading import PictureDetector, load_detector
from releases.models import ModelRelease
from yolo.boxes import as_boxes, iou
from yolo.detections import Detections
from yolo.nms import nms
from yolo.release import ReleaseError
from yolo.samples import SampleError

BATCH: Final = 16  # pictures between two safe points: some seconds
LEAST_KEPT: Final = 0.05  # score from which detections are stored
SMALLEST: Final = 1.0  # pixels that a detection is wide and high at least
THROWN_AWAY: Final = 0.7  # IoU from which a proposal is one that a person has thrown away
MOST_NAMED: Final = 20  # pictures that could not be read and are named in the report


class PrelabelFailure(JobFailure):
    """A pre-labelling cannot go on; the message is a sentence for people."""


def run(reporter: Reporter, target_id: int, *, load: Callable[[ModelRelease], PictureDetector] = load_detector) -> None:
    """Do what a PreLabel row asks for, from its last safe point on. Running it again does no harm."""
    row = PreLabel.objects.select_related("dataset", "release").filter(pk=target_id).first()
    if row is None:
        raise PrelabelFailure(_("The dataset was deleted."))
    if row.finished_at is not None:
        return
    if row.job_id != reporter.job_id:  # that of a command: pages follow it as well
        with reporter.safe_point():
            PreLabel.objects.filter(pk=target_id).update(job=reporter.job_id)
    try:
        PrelabelRun(reporter, row, load(row.release)).run()
    except ReleaseError as error:
        raise PrelabelFailure(str(error)) from error


class PrelabelRun:
    """One attempt at one pre-labelling."""

    def __init__(self, reporter: Reporter, row: PreLabel, detector: PictureDetector) -> None:
        self.reporter, self.row, self.detector = reporter, row, detector
        self.report: dict[str, Any] = {
            "images": 0,
            "last_key": 0,
            "detections": 0,
            "proposals": 0,
            "disagreeing": 0,
            "unreadable": 0,
            "unreadable_names": [],
            **row.report,
        }

    def run(self) -> None:
        keys = self._keys()
        done = int(self.report["images"])
        self.reporter.progress(done=done, total=done + len(keys), force=True)
        for start in range(0, len(keys), BATCH):
            batch = Image.objects.in_bulk(keys[start : start + BATCH])
            seen: dict[int, list[DetectionRow]] = {}
            for number, key in enumerate(sorted(batch), start=1):
                if (found := self._look(batch[key])) is not None:
                    seen[key] = found
                self.reporter.progress(done=done + start + number)
            self._store(seen, keys[start : start + BATCH])
        with self.reporter.safe_point():
            self._save(finished_at=timezone.now())

    def _keys(self) -> list[int]:
        """The images that are still to be looked at, by key; those deleted since are left out."""
        ready = Image.objects.visible().filter(dataset=self.row.dataset_id, pk__gt=self.report["last_key"])
        keys = list(ready.exclude(file="").order_by("pk").values_list("pk", flat=True))
        if self.row.image_keys is None:
            return keys
        chosen = set(self.row.image_keys)
        return [key for key in keys if key in chosen]

    def _look(self, image: Image) -> list[DetectionRow] | None:
        """What the release sees on a picture, None for one that cannot be read."""
        try:
            picture = read_picture(Path(image.file.path))
        except SampleError:
            self.report["unreadable"] += 1
            if len(self.report["unreadable_names"]) < MOST_NAMED:
                self.report["unreadable_names"].append(image.external_id)
            return None
        found = self.detector.detect(picture, score=LEAST_KEPT)
        height, width = picture.shape[:2]
        factor = np.array([(image.width or width) / width, (image.height or height) / height] * 2, np.float32)
        return detection_rows(found, self.detector.release.classes, factor)

    def _store(self, seen: Mapping[int, list[DetectionRow]], keys: Sequence[int]) -> None:
        with self.reporter.safe_point():
            images = list(self._locked(seen))
            self._store_opinions(images, seen)
            if self.row.proposes:
                self._propose(images, seen)
            self.report["images"] += len(keys)
            self.report["last_key"] = keys[-1]
            self._save()

    def _locked(self, keys: Mapping[int, Any]) -> Iterator[Image]:
        """The images that are still there with their boxes, which nobody changes until the transaction ends."""
        rows = Image.objects.select_for_update(no_key=True).filter(pk__in=list(keys)).order_by("pk")
        rejected = Proposal.objects.filter(state=Proposal.State.REJECTED).select_related("box_class")
        boxes = Prefetch("boxes", queryset=Box.objects.select_related("box_class"))
        yield from rows.prefetch_related(boxes, Prefetch("proposals", queryset=rejected))

    def _store_opinions(self, images: Sequence[Image], seen: Mapping[int, list[DetectionRow]]) -> None:
        names = labelled_classes(self.row.dataset_id)
        opinions = []
        for image in images:
            rows = seen[image.pk]
            opinion = Opinion(image=image, release=self.row.release, detections=rows)
            doubts = contradictions(image, image.boxes.all(), rows, release=self.row.release, names=names)
            opinion_set(opinion, doubts)
            opinions.append(opinion)
        Opinion.objects.bulk_create(
            opinions,
            update_conflicts=True,
            unique_fields=["image", "release"],
            update_fields=["detections", "doubts", "disagreement", "at"],
        )
        self.report["detections"] += sum(len(seen[image.pk]) for image in images)
        self.report["disagreeing"] += sum(opinion.disagreement >= LIKELY for opinion in opinions)

    def _propose(self, images: Sequence[Image], seen: Mapping[int, list[DetectionRow]]) -> None:
        """Put new proposals in the place of the open ones of these images."""
        Proposal.objects.filter(image__in=images, state=Proposal.State.OPEN).delete()
        wanted = {image: self._proposable(image, seen[image.pk]) for image in images}
        classes = self._classes({str(row[0]) for rows in wanted.values() for row in rows})
        proposals = [
            Proposal(
                image=image,
                prelabel=self.row,
                box_class=classes[name_key(name)],
                score=score,
                x_min=left,
                y_min=top,
                x_max=right,
                y_max=bottom,
            )
            for image, rows in wanted.items()
            for name, score, left, top, right, bottom in rows
        ]
        Proposal.objects.bulk_create(proposals)
        self.report["proposals"] += len(proposals)

    def _proposable(self, image: Image, rows: Sequence[DetectionRow]) -> list[DetectionRow]:
        return proposable(
            rows,
            least_score=self.row.least_score,
            same_object=self.detector.release.iou_threshold,
            boxes=[box.xyxy for box in image.boxes.all()],
            thrown_away=[(each.box_class.name, each.xyxy) for each in image.proposals.all()],
        )

    def _classes(self, names: set[str]) -> dict[str, BoxClass]:
        """The dataset's classes by the key of their names, former ones too; those it lacks of `names` are made.

        A class without a box changes no version: versions hold the classes that have one.
        """
        dataset = self.row.dataset
        former = dataset.class_aliases.select_related("box_class")
        classes = {each.key: each.box_class for each in former}
        classes |= {name_key(each.name): each for each in dataset.classes.all()}
        for name in self.detector.release.classes:
            if name in names and name_key(name) not in classes:
                position = 1 + max((each.position for each in classes.values()), default=-1)
                classes[name_key(name)] = class_add(dataset=dataset, name=name, position=position)
        return classes

    def _save(self, **others: Any) -> None:
        if not PreLabel.objects.filter(pk=self.row.pk).update(report=self.report, **others):
            raise PrelabelFailure(_("The dataset was deleted."))


def detection_rows(found: Detections, classes: Sequence[str], factor: NDArray[np.float32]) -> list[DetectionRow]:
    """Detections as Opinion.detections holds them, best score first.

    `factor` (4,) brings their `xyxy` to pixels of the upright picture.
    """
    rows: list[DetectionRow] = []
    for box, score, label in zip(found.boxes * factor, found.scores, found.labels, strict=True):
        left, top, right, bottom = (round(float(edge), 2) for edge in box)
        if right - left >= SMALLEST and bottom - top >= SMALLEST:
            rows.append([classes[label], round(float(score), 4), left, top, right, bottom])
    return rows


def proposable(
    rows: Sequence[DetectionRow],
    *,
    least_score: float,
    same_object: float,
    boxes: Sequence[tuple[float, ...]],
    thrown_away: Sequence[tuple[str, tuple[float, ...]]],
) -> list[DetectionRow]:
    """The detections worth proposing, best score first: each object once, under its best class.

    Left out is what lies on a box already there, whatever its class, and what a person has thrown
    away before under the same class. `same_object`: IoU above which two detections are one object.
    """
    strong = [row for row in rows if row[1] >= least_score]
    corners = as_boxes([row[2:] for row in strong])
    kept = nms(corners, [row[1] for row in strong], np.zeros(len(strong)), iou_threshold=same_object)
    on_a_box = iou(corners, as_boxes(boxes)).max(axis=1, initial=0) >= SAME
    return [strong[index] for index in kept if not on_a_box[index] and not _was_refused(strong[index], thrown_away)]


def _was_refused(row: DetectionRow, thrown_away: Sequence[tuple[str, tuple[float, ...]]]) -> bool:
    refused = [xyxy for name, xyxy in thrown_away if name_key(name) == name_key(str(row[0]))]
    return bool(iou([row[2:]], as_boxes(refused)).max(initial=0) >= THROWN_AWAY)
