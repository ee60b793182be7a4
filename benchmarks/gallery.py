"""The gallery and the health page of a large dataset: each filter, order and page asked for as a browser does.

    python -m benchmarks.gallery [--images 50000] [--rounds 3] [--json]

The dataset is made in a data folder of its own that is thrown away: five boxes an image in three classes, one image
in ten without any and one in fifty pending, one version, an opinion of the active release on every image, and
proposals on one in ten. Times are those of the whole answer, made by Django's test client in this process, so without
the network and without the pictures themselves, which the browser asks for afterwards. Where the processor time is far
below them, something else ran on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from django.test import Client

    from labelling.models import Dataset, DatasetVersion, Image, LabelImport, PreLabel

BATCH = 2_000
PAGE_MS, HEALTH_MS = 150, 2_000
CLASSES = ("with_mask", "without_mask", "worn_incorrectly")
FILTERS = (
    "",
    "box_class=1",
    "split=train",
    "split=test",
    "split=none",
    "state=pending",
    "state=negative",
    "state=unlabelled",
    "state=changed",
    "state=disagrees",
    "state=proposed",
    "search=0499",
    "order=disagreement",
    "order=edited",
    "box_class=3&split=train&state=disagrees&search=9&order=disagreement",
)


def prepare(images: int) -> Client:
    """A fresh data folder with the dataset (key 1), and a browser in which a manager of datasets is signed in."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from accounts.models import User
    from labelling.models import BoxClass, Dataset

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    dataset = Dataset.objects.create(name="benchmark")
    for position, name in enumerate(CLASSES):
        BoxClass.objects.create(dataset=dataset, name=name, position=position)
    fill(dataset, images)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.create_user("carol", role="dataset_manager"))
    return client


def fill(dataset: Dataset, images: int) -> None:
    """Images in batches with all that the filters ask for; drawn with one seed."""
    from django.db import connection, transaction

    from labelling.models import DatasetVersion, LabelImport, PreLabel
    from releases.models import ModelRelease

    rng = np.random.default_rng(0)
    brought = LabelImport.objects.create(dataset=dataset, export_name="benchmark.json", finished_at=datetime.now(UTC))
    version = DatasetVersion.objects.create(dataset=dataset, number=1, classes=list(CLASSES))
    release = ModelRelease.objects.create(
        name="benchmark", network="none", net_size=416, classes=list(CLASSES), is_active=True
    )
    prelabel = PreLabel.objects.create(dataset=dataset, release=release)
    for start in range(0, images, BATCH):
        with transaction.atomic():
            batch = _images(dataset, brought, version, range(start, min(start + BATCH, images)), rng)
            _boxes(dataset, batch, rng)
            _beside(batch, version, prelabel, rng)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _images(
    dataset: Dataset, brought: LabelImport, version: DatasetVersion, numbers: range, rng: np.random.Generator
) -> list[Image]:
    from labelling.models import Image

    edited = version.created_at + timedelta(minutes=1)
    hashes = rng.integers(0, 2**64, len(numbers), dtype=np.uint64)
    rows = [
        Image(
            dataset=dataset,
            external_id=f"shift-{number % 7}/camera-{number:06}.jpg",
            file="" if number % 50 == 0 else f"images/{number}.jpg",
            width=1280,
            height=720,
            depth=3,
            sha256=f"{number:064x}",
            perceptual_hash=f"{hashed:016x}",
            labelled=number % 20 != 1,
            edited_at=edited + timedelta(seconds=number) if number % 9 == 0 else None,
            source_row={"ID": f"record-{number}", "Created By": "ann@example.com", "Project": "Entrance"},
            brought_by=brought,
        )
        for number, hashed in zip(numbers, hashes.tolist(), strict=True)
    ]
    return Image.objects.bulk_create(rows)


def _boxes(dataset: Dataset, images: list[Image], rng: np.random.Generator) -> None:
    """Five boxes an image on average: none on every tenth, elsewhere such that the mean is kept."""
    from labelling.models import Box

    classes = list(dataset.classes.all())
    rows = []
    for image in images:
        count = 0 if image.pk % 10 == 0 else 5 + (image.pk % 9 < 5)
        for left, top, width, height, kind in zip(
            *rng.uniform([[0], [0], [5], [5]], [[1100], [600], [150], [110]], (4, count)),
            rng.choice(len(classes), count, p=[0.6, 0.3, 0.1]),
            strict=True,
        ):
            box = Box(
                image=image, box_class=classes[kind], x_min=left, y_min=top, x_max=left + width, y_max=top + height
            )
            rows.append(box)
    Box.objects.bulk_create(rows)


def _beside(images: list[Image], version: DatasetVersion, prelabel: PreLabel, rng: np.random.Generator) -> None:
    """What stands beside the images: their part of the version, opinions and proposals."""
    from labelling.models import Opinion, Proposal, Split, VersionImage

    splits = rng.choice([Split.TRAIN, Split.VALIDATION, Split.TEST], len(images), p=[0.8, 0.1, 0.1])
    VersionImage.objects.bulk_create(
        VersionImage(version=version, image=image, split=split, sha256=image.sha256)
        for image, split in zip(images, splits.tolist(), strict=True)
        if image.pk % 25
    )
    doubts = rng.beta(0.5, 2, len(images)).tolist()
    Opinion.objects.bulk_create(
        Opinion(image=image, release=prelabel.release, disagreement=doubt)
        for image, doubt in zip(images, doubts, strict=True)
    )
    kind = prelabel.dataset.classes.all()[0]
    Proposal.objects.bulk_create(
        Proposal(image=image, prelabel=prelabel, box_class=kind, x_min=1, y_min=1, x_max=9, y_max=9, score=0.9)
        for image in images
        if image.pk % 10 == 3
    )


def timed(client: Client, address: str, rounds: int) -> dict[str, float]:
    """Medians of what an answer takes, in milliseconds by the clock and of processor time; the first is not counted."""
    took, worked = [], []
    for _ in range(rounds + 1):
        begin, began = time.perf_counter(), time.process_time()
        answer = client.get(address)
        took.append((time.perf_counter() - begin) * 1000)
        worked.append((time.process_time() - began) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}.")
    return {"ms": round(statistics.median(took[1:]), 1), "processor_ms": round(statistics.median(worked[1:]), 1)}


def measure(images: int, rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds by what was asked for: first, middle and last page of each filter, an image, the health page."""
    client = prepare(images)
    from django.http import QueryDict

    from accounts.models import User
    from labelling.forms import GalleryForm
    from labelling.gallery import GalleryPages, gallery_of
    from labelling.models import Dataset
    from labelling.views.gallery import PAGE

    dataset, carol = Dataset.objects.get(), User.objects.get()
    found = {}
    for query in FILTERS:
        wanted = GalleryForm(QueryDict(query), dataset=dataset).wanted()
        pages = GalleryPages(gallery_of(dataset, carol, wanted), PAGE).num_pages
        for name, page in (("first", 1), ("middle", (pages + 1) // 2), ("last", pages)):
            address = f"/datasets/{dataset.pk}/images/?{query}&page={page}"
            found[f"{query or 'all'}, {name} page"] = timed(client, address, rounds)
        found[f"{query or 'all'}, an image of it"] = timed(client, f"/datasets/images/{images // 2}/?{query}", rounds)
    found["health page"] = timed(client, f"/datasets/{dataset.pk}/health/", 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--images", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(MASKWEB_DATA_DIR=folder, MASKWEB_LOG_LEVEL="WARNING")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskweb.settings")
        found = measure(options.images, options.rounds)
    if options.json:
        print(json.dumps(found))
        return
    print("      ms  processor ms")
    for name, row in found.items():
        limit = HEALTH_MS if name == "health page" else PAGE_MS
        over = "" if row["ms"] <= limit else f"over {limit} ms: "
        print(f"{row['ms']:8.1f} {row['processor_ms']:8.1f}  {over}{name}")


if __name__ == "__main__":
    main()
