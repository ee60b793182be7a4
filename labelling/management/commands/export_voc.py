"""manage.py export_voc: write a dataset as Pascal VOC."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from jobs.commands import DataCommand
from labelling.exporting import Tally, write_folder
from labelling.formats.content import content_of
from labelling.formats.voc_writer import voc_entries
from labelling.management.datasets import dataset_named


class Command(DataCommand):
    help = "Write a dataset as Pascal VOC: JPEGImages/ and Annotations/ in a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dataset", required=True, help="name of the dataset")
        parser.add_argument("--to", required=True, type=Path, help="the folder, made if there is none")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = dataset_named(options["dataset"])
        tally = Tally()
        entries = voc_entries(tally.over(content_of(dataset)))
        with tqdm(unit=" files", file=sys.stderr, disable=options["verbosity"] == 0) as bar:
            try:
                options["to"].mkdir(parents=True, exist_ok=True)
                write_folder(entries, options["to"], on_progress=bar.update)
            except OSError as error:
                raise CommandError(f"{error.filename or options['to']} cannot be written: {error.strerror}.") from error
        self.result({"dataset": dataset.name, "images": tally.images, "folder": str(options["to"])})
