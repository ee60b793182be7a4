"""manage.py dataset_version: freeze a dataset with a split, for training to name."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Count

from jobs.commands import DataCommand
from labelling.management.datasets import dataset_named
from labelling.services import splits
from labelling.split_files import splits_read
from labelling.versions import left_out_of, version_create


class Command(DataCommand):
    help = "Freeze a dataset's images and boxes with a seeded split into train, validation and test."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dataset", required=True, help="name of the dataset")
        parser.add_argument("--seed", type=int, default=0, help="another seed, another split (0)")
        parser.add_argument("--note", default="", help="what the version is for")
        parser.add_argument(
            "--lock-test", action="store_true", help="let later versions test on the same pictures, and on no others"
        )

        parser.add_argument(
            "--splits",
            metavar="FILE",
            type=Path,
            help="CSV of picture,split: put these pictures into these parts, now and for later versions",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = dataset_named(options["dataset"])
        if options["splits"] is not None:
            splits.splits_fix(dataset=dataset, splits=splits_read(options["splits"]), by=None)
        version = version_create(dataset=dataset, by=None, seed=options["seed"], note=options["note"])
        if options["lock_test"]:
            splits.test_split_lock(version=version, by=None)
        counts = version.images.order_by().values_list("split").annotate(Count("pk"))
        self.result(
            {
                "version": version.number,
                "id": version.pk,
                "classes": version.classes,
                "images": dict(counts),
                "left_out": left_out_of(version),
                "content_sha256": version.content_sha256,
            }
        )
