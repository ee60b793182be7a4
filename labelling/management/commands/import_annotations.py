"""manage.py import_annotations: Pascal VOC, YOLO, COCO or a Labelbox export into a dataset."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from labelling.formats.reading import FORMS, annotations_alone, form_at, holds_pictures
from labelling.importing import ImportFailure
from labelling.labelbox import ExportError
from labelling.management.commands import import_labelbox


class Command(import_labelbox.Command):
    help = "Import annotations in any form with their pictures into a dataset (made if there is none)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="folder, zip or file of annotations")
        parser.add_argument(
            "--format", choices=["auto", *FORMS], default="auto", help="auto tells it by the content (auto)"
        )
        parser.add_argument(
            "--images", type=Path, help="folder or zip of pictures; without it those beside the annotations"
        )
        self.add_import_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options.pop("path")
        form: str = options.pop("format")
        try:
            if options["images"] is None and holds_pictures(path):
                options["images"] = path
            if form == "auto" and path.is_file() and form_at(path) is None:
                super().handle(*args, export=path, **options)  # a Labelbox export, or what it says of it
                return
            with tempfile.TemporaryDirectory() as folder, annotations_alone(path, form) as annotations:
                export = Path(folder, f"{path.resolve().stem}.zip")
                with export.open("wb") as file:
                    shutil.copyfileobj(annotations, file)
                super().handle(*args, export=export, **options)
        except ExportError as error:
            raise ImportFailure(str(error)) from error
