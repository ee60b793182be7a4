"""manage.py export_dataset: hand a dataset or one of its versions on in a form other programs read."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from jobs.commands import DataCommand
from labelling.exporting import FORMATS, Tally, write_folder, write_zip
from labelling.formats.content import content_of
from labelling.management.datasets import dataset_named
from labelling.models import Dataset, DatasetVersion


class Command(DataCommand):
    help = "Write a dataset, or one of its versions with its split, as Pascal VOC, YOLO, COCO or Labelbox v2."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dataset", required=True, help="name of the dataset")
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument("--to", required=True, type=Path, help="a folder, made if there is none, or a .zip file")
        parser.add_argument(
            "--dataset-version", type=int, metavar="N", help="a frozen version instead of what the dataset holds now"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = dataset_named(options["dataset"])
        version = _version(dataset, options["dataset_version"])
        tally = Tally()
        entries = FORMATS[options["format"]].entries(tally.over(content_of(dataset, version)))
        target: Path = options["to"]
        with tqdm(unit=" files", file=sys.stderr, disable=options["verbosity"] == 0) as bar:
            try:
                if target.suffix.lower() == ".zip":
                    target.parent.mkdir(parents=True, exist_ok=True)
                    write_zip(entries, target, on_progress=bar.update)
                else:
                    target.mkdir(parents=True, exist_ok=True)
                    write_folder(entries, target, on_progress=bar.update)
            except OSError as error:
                raise CommandError(f"{error.filename or target} cannot be written: {error.strerror}.") from error
        self.result(
            {
                "dataset": dataset.name,
                "version": version.number if version else None,
                "format": options["format"],
                "images": tally.images,
                "boxes": tally.boxes,
                "to": str(target),
            }
        )


def _version(dataset: Dataset, number: int | None) -> DatasetVersion | None:
    """The version of that number; a sentence that lists those there are when there is none."""
    if number is None:
        return None
    version = dataset.versions.filter(number=number).first()
    if version is None:
        known = ", ".join(str(each) for each in dataset.versions.order_by("number").values_list("number", flat=True))
        raise CommandError(f"{dataset.name} has no version {number}. There are: {known or 'none yet'}.")
    return version
