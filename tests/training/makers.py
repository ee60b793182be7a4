"""Small frozen datasets and runs for the tests of training."""

import hashlib
from typing import Any

import cv2
import numpy as np
from django.core.files.base import ContentFile
from django.utils import timezone

from jobs.models import Job
from labelling.models import Dataset, DatasetVersion, Image, Split, VersionImage
from training.models import Epoch, Examination, TrainingRun

CLASSES = ("with_mask", "without_mask")
COLOURS = ((200, 120, 0), (0, 90, 220))  # BGR
SIDE = 96


def drawn_picture(label: int, box: tuple[int, int, int, int], seed: int = 0) -> bytes:
    """A grey picture with noise and a square of the colour of its class."""
    image = np.random.default_rng(seed).integers(90, 140, (SIDE, SIDE, 3)).astype(np.uint8)
    left, top, right, bottom = box
    image[top:bottom, left:right] = COLOURS[label]
    return cv2.imencode(".png", image)[1].tobytes()


def make_version(
    name: str = "squares", *, train: int = 10, validation: int = 2, test: int = 2, classes: tuple[str, ...] = CLASSES
) -> DatasetVersion:
    """A frozen dataset of drawn squares, no two boxes of one size."""
    dataset, _made = Dataset.objects.get_or_create(name=name)
    version = DatasetVersion.objects.create(
        dataset=dataset, number=dataset.versions.count() + 1, classes=list(classes), content_sha256="0" * 64
    )
    splits = [Split.TRAIN] * train + [Split.VALIDATION] * validation + [Split.TEST] * test
    for number, split in enumerate(splits):
        add_picture(version, split, number)
    return version


def add_picture(version: DatasetVersion, split: str, number: int) -> VersionImage:
    label = number % len(version.classes)
    box = (8 + number, 10, 8 + number + 16 + number, 10 + 20 + 2 * number)
    content = drawn_picture(label % len(COLOURS), box, seed=number)
    digest = hashlib.sha256(content).hexdigest()
    image, _made = Image.objects.get_or_create(
        dataset=version.dataset,
        external_id=f"{number}.png",
        defaults={
            "file": ContentFile(content, name=f"{version.dataset.name}-{number}.png"),
            "width": SIDE,
            "height": SIDE,
            "depth": 3,
            "sha256": digest,
        },
    )
    return VersionImage.objects.create(
        version=version, image=image, split=split, sha256=digest, boxes=[[label, *map(float, box)]]
    )


def make_run(version: DatasetVersion, *, job: Job | None = None, epochs_done: int = 0, **values: Any) -> TrainingRun:
    run = TrainingRun.objects.create(version=version, job=job, **{"epochs": 4, "net_size": 288, **values})
    for number in range(1, epochs_done + 1):
        Epoch.objects.create(
            run=run,
            number=number,
            losses={"loss": 5.0 / number, "box": 2.0, "objectness": 1.0, "classes": 1.0},
            metrics={"map50": 0.1 * number, "ap50": {"with_mask": 0.1, "without_mask": 0.1}},
            learning_rate=0.001,
            seconds=60.0,
        )
    return run


def make_job(state: str, **values: Any) -> Job:
    now = timezone.now()
    usual: dict[str, Any] = {"kind": "training.run", "title": "Train", "queue": "training", "target_id": 1}
    if state == "running":
        usual |= {"started_at": now, "heartbeat_at": now}
    elif state != "queued":
        usual |= {"started_at": now, "finished_at": now}
    return Job.objects.create(state=state, **{**usual, **values})


def make_examination(run: TrainingRun, **errors: int) -> Examination:
    """One in which every validation picture is right but those named: `p3=2` missed two boxes on 3.png."""
    frozen = run.version.images.filter(split=Split.VALIDATION).select_related("image").order_by("image__external_id")
    pictures = []
    for row in frozen:
        missed = errors.get(f"p{row.image.external_id.removesuffix('.png')}", 0)
        boxes = {"true": row.boxes, "found": [[1, 0.75, 5.0, 6.0, 25.5, 30.0]]} if missed else {}
        pictures.append({"image": row.image_id, "missed": missed, "false": 0, "confused": 0, **boxes})
    return Examination.objects.create(
        run=run,
        classes=list(CLASSES),
        thresholds=[0.4, 0.25],
        curves=[{"precision": [1.0, None], "f1": [0.5, 0.0]}] * 2,
        confusion=[[3, 1, 0], [0, 0, 2], [1, 0, 0]],
        reliability={"bins": [{"score": 0.75, "right": 0.5, "count": 4}], "error": 0.25},
        pictures=sorted(pictures, key=lambda each: -each["missed"]),
    )
