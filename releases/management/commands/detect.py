"""Find faces on pictures and tell whether they wear masks."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from jobs.commands import DataCommand
from releases.drawing import drawn
from releases.inference import (
    PictureFile,
    boxes_as_dicts,
    picture_files,
    read_picture,
    write_picture,
)
from releases.loading import chosen_detector
from yolo.detector import PRECISIONS, Detector
from yolo.release import ReleaseError
from yolo.samples import SampleError


class Command(DataCommand):
    help = "Find faces on pictures. Needs no database rows: without --release the active model is used."
    errors = (*DataCommand.errors, ReleaseError)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a picture, or a folder of pictures")
        parser.add_argument("--release", metavar="NAME", help="another release than the active one")
        parser.add_argument(
            "--precision", choices=PRECISIONS, help="the numbers it computes in (default: those it judges in)"
        )
        parser.add_argument("--score", type=float, metavar="0..1", help="in place of the release's thresholds")
        parser.add_argument("--to", type=Path, metavar="DIR", help="write the pictures with boxes drawn here")

    def handle(self, *args: Any, **options: Any) -> None:
        score = options["score"]
        if score is not None and not 0 <= score <= 1:
            raise CommandError(_("--score lies between 0 and 1."))
        files = list(picture_files(options["paths"]))
        if not files:
            raise CommandError(_("There is no picture in what was named."))
        detector = chosen_detector(options["release"], precision=options["precision"])
        bar = tqdm(files, unit="picture", file=sys.stderr, disable=None)
        images = self._judged(bar, detector, score, options["to"])
        self.result({"release": detector.release.name, "precision": detector.arithmetic, "images": images})
        if all("error" in image for image in images):
            raise CommandError(_("None of the pictures could be read."))

    def _judged(
        self, files: Iterable[PictureFile], detector: Detector, score: float | None, to: Path | None
    ) -> list[dict[str, Any]]:
        images: list[dict[str, Any]] = []
        written: set[Path] = set()
        for file in files:
            try:
                images.append(_judge(file, detector, score, to and _free_place(to / file.name, written)))
            except SampleError as error:
                self.say(str(error))
                images.append({"path": str(file.path), "error": str(error)})
        return images


def _judge(file: PictureFile, detector: Detector, score: float | None, to: Path | None) -> dict[str, Any]:
    image = read_picture(file.path)
    found = detector.detect(image, score=score)
    boxes = boxes_as_dicts(found, detector.release.classes, temperature=detector.temperature)
    if to is not None:
        write_picture(to, drawn(image, boxes))
    height, width = image.shape[:2]
    return {"path": str(file.path), "width": width, "height": height, "boxes": boxes}


def _free_place(path: Path, written: set[Path]) -> Path:
    """The path, or a numbered one beside it where this run has already written a picture of that name."""
    number, place = 1, path
    while place in written:
        number += 1
        place = path.with_stem(f"{path.stem}-{number}")
    written.add(place)
    return place
