"""Judge one video file: the same work as an upload, here and now."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from detection.frames import ClipError, probe
from detection.local_time import moment_from
from detection.models import Analysis, Camera, Clip
from detection.progress import counts_of
from detection.services import (
    JOB_KIND,
    ClipDuplicate,
    analysis_create,
    camera_create,
    clip_filmed_at_change,
    clip_store,
    job_title,
)
from jobs.commands import DataCommand
from jobs.reporter import Progress
from jobs.services import job_run_here
from releases.models import Precision
from releases.services import release_active
from yolo.release import ReleaseError


class Command(DataCommand):
    help = "Judge a video file: adds it as a clip of a camera and prints its passages."
    errors = (*DataCommand.errors, ReleaseError, ClipError)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a video")
        parser.add_argument("--camera", required=True, metavar="NAME", help="made when there is none of that name")
        parser.add_argument("--fps", type=float, help="frames judged a second (default: the camera's, 5)")
        parser.add_argument(
            "--precision", choices=Precision.values, help="the numbers to compute in (default: as the model judges)"
        )
        parser.add_argument(
            "--filmed-at",
            metavar="ISO",
            help="begin of the clip, in the camera's time zone unless it has an offset (default: the file's time)",
        )

    def handle(self, *args: Any, file: Path, camera: str, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": file})
        release = release_active()
        probe(file)  # before a camera is made for a file that is none of its clips
        row = Camera.objects.filter(name=camera).first() or camera_create(name=camera, by=None)
        clip = self._clip(file, row, options["filmed_at"])
        analysis = analysis_create(
            clip=clip, release=release, frames_per_second=options["fps"], precision=options["precision"]
        )
        start = time.perf_counter()
        self._judge(analysis, quiet=options["verbosity"] == 0)
        wall = time.perf_counter() - start
        analysis.refresh_from_db()
        self.result(outcome(clip, analysis, wall))

    def _clip(self, file: Path, camera: Camera, filmed_at: str | None) -> Clip:
        """The file as a clip of the camera; one that is there already is judged again."""
        moment = moment_from(filmed_at, camera.zone) if filmed_at else None
        try:
            with file.open("rb") as source:
                return clip_store(
                    camera=camera,
                    file=File(source, name=file.name),
                    filmed_at=moment or datetime.fromtimestamp(file.stat().st_mtime, UTC),
                    by=None,
                )
        except ClipDuplicate as known:
            self.say(_("The camera has this video already; it is judged again."))
            if moment is not None and moment != known.clip.filmed_at:
                clip_filmed_at_change(clip=known.clip, filmed_at=moment, by=None)
            return known.clip

    def _judge(self, analysis: Analysis, *, quiet: bool) -> None:
        clip = analysis.clip
        with tqdm(unit="frame", desc=clip.original_name, file=sys.stderr, disable=quiet) as bar:

            def show(progress: Progress) -> None:
                bar.total = progress.total
                bar.update(progress.done - bar.n)

            job_run_here(kind=JOB_KIND, title=job_title(clip), owner=None, target_id=analysis.pk, on_progress=show)


def outcome(clip: Clip, analysis: Analysis, wall: float) -> dict[str, Any]:
    """What the command prints; times in seconds from the clip's start."""
    passages = list(analysis.passages.values_list("verdict", "confidence", "begins", "ends"))
    return {
        "clip": clip.pk,
        "precision": analysis.arithmetic,
        "frames": analysis.frames,
        "seconds": round(clip.duration.total_seconds(), 3),
        "passages": [
            {"verdict": verdict, "confidence": confidence, "begins": round(begins, 3), "ends": round(ends, 3)}
            for verdict, confidence, begins, ends in passages
        ],
        "counts": counts_of(passage[0] for passage in passages),
        "wall_seconds": round(wall, 3),
        "frames_per_second": round(analysis.frames / wall, 2),
    }
