"""manage.py import_labelbox: a Labelbox export and its pictures into a dataset."""

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from labelling.importing import ImportFailure, preview, run
from labelling.models import Dataset
from labelling.services import dataset_create, import_create


class ConsoleProgress:
    def progress(self, *, done: int | None = None, total: int | None = None, message: str | None = None) -> None:
        sys.stderr.write(f"\r{done or 0} of {total or 0} records")

    @contextmanager
    def safe_point(self) -> Iterator[None]:
        with transaction.atomic():
            yield


def renaming(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not (equals and old.strip() and new.strip()):
        raise ArgumentTypeError(f"{text!r} is not FROM=TO")
    return old, new


class Command(BaseCommand):
    help = "Import a Labelbox export with its pictures into a dataset (made if there is none)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("export", type=Path, help="the export, a JSON file")
        parser.add_argument("--images", type=Path, help="folder or zip of pictures, matched by External ID")
        parser.add_argument("--dataset", required=True, help="name of the dataset")
        parser.add_argument("--dry-run", action="store_true", help="report what would become of each record")
        parser.add_argument("--map", action="append", default=[], type=renaming, metavar="FROM=TO")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = Dataset.objects.filter(name=options["dataset"]).first()
        reporter = ConsoleProgress()
        try:
            if options["dry_run"]:
                report = preview(
                    reporter,
                    export=options["export"].read_bytes(),
                    pictures=options["images"],
                    class_map=dict(options["map"]),
                    dataset=dataset,
                ).as_json()
            else:
                dataset = dataset or dataset_create(name=options["dataset"], by=None)
                with options["export"].open("rb") as file:
                    row = import_create(
                        dataset=dataset,
                        export=File(file, name=options["export"].name),
                        pictures_path=options["images"],
                        class_map=dict(options["map"]),
                        by=None,
                    )
                run(reporter, row.pk)
                row.refresh_from_db()
                report = {key: value for key, value in row.report.items() if key != "changes"}
        except (ImportFailure, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(report))
