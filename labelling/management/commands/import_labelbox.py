"""manage.py import_labelbox: a Labelbox export and its pictures into a dataset."""

import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from jobs.commands import DataCommand
from jobs.services import job_run_here
from labelling.import_reports import full_report
from labelling.importing import ImportFailure, open_export, preview
from labelling.management.import_summary import summary
from labelling.models import FETCH_KIND, IMPORT_KIND, Dataset, Image
from labelling.services import dataset_create, fetch_create, fetch_title, import_create


def renaming(text: str) -> tuple[str, str]:
    """FROM=TO as a pair, for --map."""
    old, equals, new = text.partition("=")
    if not (equals and old.strip() and new.strip()):
        raise ArgumentTypeError(f"{text!r} is not FROM=TO")
    return old, new


class Command(DataCommand):
    help = "Import a Labelbox export with its pictures into a dataset (made if there is none)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("export", type=Path, help="the export: JSON, NDJSON, CSV, or a zip of those")
        parser.add_argument(
            "--images", type=Path, help="folder or zip of pictures, matched by External ID or file name"
        )
        self.add_import_arguments(parser)

    def add_import_arguments(self, parser: CommandParser) -> None:
        """What imports of every form take."""
        parser.add_argument("--dataset", help="name of the dataset; --dry-run can do without")
        parser.add_argument("--dry-run", action="store_true", help="only report what would become of each record")
        parser.add_argument(
            "--map", action="append", default=[], type=renaming, metavar="FROM=TO", help="rename a class of the export"
        )
        parser.add_argument(
            "--fetch", action="store_true", help="read pictures that are missing then from their addresses"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"] and options["fetch"]:
            raise CommandError("--fetch stores pictures, --dry-run nothing: one of them, please.")
        if not (options["dry_run"] or (options["dataset"] or "").strip()):
            raise CommandError("Into which dataset? Name it with --dataset, or only look at the export with --dry-run.")
        _require_readable(options["export"])
        if options["images"] is not None and not options["images"].exists():
            raise CommandError(f"There is no folder or zip of pictures at {options['images']}.")
        dataset = Dataset.objects.filter(name=options["dataset"]).first()
        with tqdm(unit=" records", file=sys.stderr, disable=options["verbosity"] == 0) as self.bar:
            if options["dry_run"]:
                report = self._preview(dataset, options)
            else:
                report = self._import(dataset or _new_dataset(options), options)
        self.result(report)

    def result(self, values: dict[str, Any]) -> None:
        """One JSON object, or the report in words."""
        if self._json:
            super().result(values)
            return
        for line in summary(values):
            self.stdout.write(line)

    def _preview(self, dataset: Dataset | None, options: dict[str, Any]) -> dict[str, Any]:
        with options["export"].open("rb") as file:
            report = preview(
                export=file,
                pictures=options["images"],
                class_map=dict(options["map"]),
                dataset=dataset,
                on_progress=self._show,
            )
        return report.as_json()

    def _import(self, dataset: Dataset, options: dict[str, Any]) -> dict[str, Any]:
        with options["export"].open("rb") as file:
            row = import_create(
                dataset=dataset,
                export=File(file, name=options["export"].name),
                pictures_path=options["images"],
                class_map=dict(options["map"]),
                by=None,
            )
        row.job = job_run_here(
            kind=IMPORT_KIND,
            title=str(row),
            owner=None,
            target_id=row.pk,
            on_progress=lambda progress: self._show(progress.done, progress.total),
        )
        row.save(update_fields=["job"])
        row.refresh_from_db()
        report = full_report(row)
        return {**report, "fetch": self._fetch(dataset)} if options["fetch"] else report

    def _fetch(self, dataset: Dataset) -> dict[str, Any]:
        """Read what is missing; the counts."""
        if not Image.objects.visible().filter(dataset=dataset, file="").exists():
            return {"wanted": 0, "fetched": 0, "failed": {}}
        row = fetch_create(dataset=dataset, by=None)
        self.bar.unit = " pictures"
        row.job = job_run_here(
            kind=FETCH_KIND,
            title=fetch_title(row),
            owner=None,
            target_id=row.pk,
            on_progress=lambda progress: self._show(progress.done, progress.total),
        )
        row.save(update_fields=["job"])
        row.refresh_from_db()
        return {name: row.report[name] for name in ("wanted", "fetched", "failed")}

    def _show(self, done: int, total: int | None) -> None:
        self.bar.total = total
        self.bar.update(done - self.bar.n)


def _new_dataset(options: dict[str, Any]) -> Dataset:
    """A dataset for an export that can be read: one that cannot must not leave an empty dataset behind."""
    with options["export"].open("rb") as file:
        open_export(file)
    return dataset_create(name=options["dataset"], by=None)


def _require_readable(export: Path) -> None:
    if export.is_dir():
        raise ImportFailure(
            f"{export} is a folder. Name the export file in it; folders of Pascal VOC, YOLO and COCO are for"
            " import_annotations."
        )
    try:
        export.open("rb").close()
    except OSError as error:
        raise ImportFailure(f"{export} cannot be read: {error.strerror}.") from error
