"""Runs a preview: a release judges stored clips once more, and what it says is compared. For workers only.

Each clip is a safe point, and so is each chunk of its detections: a job that was killed goes on behind them.
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any, Final

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from detection.comparing import Seen, differences
from detection.frames import ClipError
from detection.live import live_remove
from detection.models import Analysis, PreviewClip, ReleasePreview
from detection.processing import ClipRun, FaceDetector
from jobs.reporter import JobFailure, Reporter
from releases.loading import detector_for
from releases.models import ModelRelease
from yolo.release import ReleaseError

NICE: Final = 10  # lets new clips go first


class PreviewFailure(JobFailure):
    """A preview cannot go on; the message is a sentence for people."""


def load_politely(release: ModelRelease) -> FaceDetector:
    """The detector of a release, in a process that from now on lets others go first. Raises ReleaseError."""
    os.nice(max(0, NICE - os.nice(0)))
    return detector_for(release)


def run(reporter: Reporter, target_id: int, *, load: Callable[[ModelRelease], FaceDetector] = load_politely) -> None:
    """Judge the clips of a preview that are not judged yet. Running it again does no harm."""
    preview = ReleasePreview.objects.select_related("release").filter(pk=target_id).first()
    if preview is None:
        raise PreviewFailure(_("The preview was deleted."))
    if preview.finished_at is not None:
        return
    try:
        detector = load(preview.release)
    except ReleaseError as error:
        raise PreviewFailure(str(error)) from error
    rows = list(preview.clips.select_related("clip__camera", "before", "after"))
    total = sum(map(_frames, rows))
    done = 0
    for number, row in enumerate(rows, start=1):
        words = {"number": number, "count": len(rows), "camera": row.clip.camera.name}
        message = _("Clip %(number)d of %(count)d, %(camera)s") % words
        reporter.progress(done=done, total=total, message=message, force=True)
        if row.judged_at is None and not row.problem:
            _judge(_Part(reporter, done, total), row, preview.release, detector)
        done += _frames(row)
    with reporter.safe_point():
        ReleasePreview.objects.filter(pk=preview.pk).update(finished_at=timezone.now())
    reporter.progress(done=total, total=total, message="")


class _Part:
    """Reports the frames of one clip as a part of the whole job's."""

    def __init__(self, reporter: Reporter, done_before: int, total: int) -> None:
        self._reporter, self._done_before, self._total = reporter, done_before, total

    def progress(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        message: str | None = None,
        detail: dict[str, Any] | None = None,
        force: bool = False,
    ) -> None:
        self._reporter.progress(done=min(self._total, self._done_before + (done or 0)), force=force)

    def safe_point(self) -> AbstractContextManager[None]:
        return self._reporter.safe_point()


def _frames(row: PreviewClip) -> int:
    """How many frames of the clip are to be judged, about."""
    return max(1, round(row.clip.duration.total_seconds() * _rate(row)))


def _rate(row: PreviewClip) -> float:
    """As many frames a second as the analysis was made with that counts: nothing but the release differs."""
    return float(row.before.settings["frames_per_second"])


def _judge(part: _Part, row: PreviewClip, release: ModelRelease, detector: FaceDetector) -> None:
    """Judge a clip and keep what differs; one that cannot be judged is told on its row, and the others go on."""
    key = row.pk
    try:
        analysis = _analysis(part, row, release)
        if analysis.finished_at is None:
            try:
                ClipRun(part, analysis, detector).run()
            finally:
                live_remove(analysis.pk)
        _compare(part, row, analysis)
    except (ClipError, FileNotFoundError) as error:
        sentence = _("The file of this clip is gone.") if isinstance(error, FileNotFoundError) else _(str(error))
        with part.safe_point():
            PreviewClip.objects.filter(pk=key).update(problem=sentence[:300])
    except DatabaseError:
        if PreviewClip.objects.filter(pk=key).exists():
            raise
        # The clip was deleted meanwhile, and with it all that was to be written.


def _analysis(part: _Part, row: PreviewClip, release: ModelRelease) -> Analysis:
    """The analysis begun for this clip, else one by the release that is there already, else a new one."""
    if row.after is not None:
        return row.after
    rate = _rate(row)
    known = {"clip": row.clip, "release": release, "precision": release.precision}
    done = Analysis.objects.filter(**known, finished_at__isnull=False).order_by("-pk")
    judged = next((one for one in done if one.settings.get("frames_per_second") == rate), None)
    with part.safe_point():
        settings = {"frames_per_second": rate}
        row.after = judged or Analysis.objects.create(**known, settings=settings, is_trial=True)
        row.save(update_fields=["after"])
    return row.after


def _compare(part: _Part, row: PreviewClip, analysis: Analysis) -> None:
    before, after = _seen(row.before), _seen(analysis)
    row.tally_before = dict(Counter(one.verdict for one in before))
    row.tally_after = dict(Counter(one.verdict for one in after))
    row.differences = [asdict(one) for one in differences(before, after)]
    row.judged_at = timezone.now()
    with part.safe_point():
        row.save(update_fields=["tally_before", "tally_after", "differences", "judged_at"])


def _seen(analysis: Analysis) -> list[Seen]:
    rows = analysis.passages.order_by("number").values_list("number", "begins", "verdict", "path")
    return [Seen(number, begins, verdict, path) for number, begins, verdict, path in rows]
