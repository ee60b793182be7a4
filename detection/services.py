"""Every write about cameras, clips, analyses and verdicts."""

import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path, PurePath
from typing import Any
from uuid import uuid4

import cv2
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit, token_digest, token_make
from detection.frames import ClipError as ClipError  # what clip_add raises is caught by its callers under this name
from detection.frames import ClipFacts, picture_at, probe
from detection.incoming import Incoming, MovableFile, incoming
from detection.live import live_remove
from detection.models import Analysis, Camera, Clip, Passage, Verdict
from detection.periods import FIRST_DAY
from detection.sample import write_sample
from detection.verdicts import best_fit
from jobs.models import Job
from jobs.services import job_cancel, job_enqueue
from releases.models import ModelRelease
from releases.services import NoRelease, release_active

CAMERA_TOKEN_PREFIX = "mwcam_"  # noqa: S105 - no secret
JOB_KIND = "detection.process_clip"
SUFFIXES = {
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "video/x-matroska": ".mkv",
    "video/mp2t": ".ts",
    "video/ogg": ".ogv",
    "video/x-msvideo": ".avi",
}
SAMPLE_CAMERA, SAMPLE_NAME = "Sample", "sample.mp4"
THUMBNAIL = 480  # longer side in pixels
THUMBNAIL_QUALITY = 82
EARLIEST = datetime.combine(FIRST_DAY, time.min, UTC)
LATEST = timedelta(days=1)  # by which a camera's clock may be ahead
LONGEST_CLIP = timedelta(days=7)  # what says of itself that it is longer has a broken header


class ClipDuplicate(ValidationError):
    """The camera already has this very video; `clip` is the one it has."""

    def __init__(self, clip: Clip) -> None:
        super().__init__(
            _("This camera already has this video, added on %(date)s.") % {"date": f"{clip.added_at:%Y-%m-%d}"},
            code="duplicate",
        )
        self.clip = clip


@transaction.atomic
def camera_create(
    *,
    name: str,
    by: User | None,
    place: str = "",
    time_zone: str | None = None,
    frames_per_second: float = 5,
    members: Iterable[User] = (),
) -> Camera:
    camera = Camera(name=name.strip(), place=place, frames_per_second=frames_per_second)
    if time_zone:
        camera.time_zone = time_zone
    camera.full_clean()
    camera.save()
    camera.members.set(members)
    audit(actor=by, action="camera_create", target=camera, name=camera.name)
    return camera


@transaction.atomic
def camera_update(
    *,
    camera: Camera,
    by: User | None,
    name: str,
    place: str,
    time_zone: str,
    frames_per_second: float,
    members: Iterable[User],
) -> Camera:
    """Change a camera's settings. Another time zone moves the days of its statistics, not its clips."""
    before = {"name": camera.name, "time_zone": camera.time_zone, "frames_per_second": camera.frames_per_second}
    camera.name, camera.place, camera.time_zone = name.strip(), place, time_zone
    camera.frames_per_second = frames_per_second
    camera.full_clean()
    camera.save()
    camera.members.set(members)
    audit(actor=by, action="camera_update", target=camera, name=camera.name, before=before)
    return camera


@transaction.atomic
def camera_token_renew(*, camera: Camera, by: User | None) -> str:
    """Give the camera a new token, which is shown once; the old one is valid no longer."""
    token = token_make(CAMERA_TOKEN_PREFIX)
    camera.token_digest = token_digest(token)
    camera.save(update_fields=["token_digest"])
    audit(actor=by, action="camera_token_renew", target=camera, name=camera.name)
    return token


def clip_add(
    *, camera: Camera, file: "File[bytes]", filmed_at: datetime, by: User | None, original_name: str | None = None
) -> Clip:
    """Store a clip and have it judged by the active release.

    Raises ValidationError with a sentence when the file is no video, too large, or no release is active;
    ClipDuplicate when the camera already has it. Nothing is left of a refused file.
    """
    try:
        release = release_active()
    except NoRelease as error:
        raise ValidationError(str(error), code="no_release") from error
    return clip_store(
        camera=camera, file=file, filmed_at=filmed_at, by=by, original_name=original_name, judged_by=release
    )


def clip_store(
    *,
    camera: Camera,
    file: "File[bytes]",
    filmed_at: datetime,
    by: User | None,
    original_name: str | None = None,
    judged_by: ModelRelease | None = None,
    is_sample: bool = False,
) -> Clip:
    """Store a clip; with `judged_by`, its analysis is queued in the same transaction. Raises as clip_add does."""
    filmed_at_check(filmed_at)
    with incoming(file) as arrived:
        known = Clip.objects.filter(camera=camera, sha256=arrived.sha256).first()
        if known is not None:
            raise ClipDuplicate(known)
        facts, thumbnail = _looked_at(arrived.path)
        clip = Clip(
            camera=camera,
            original_name=PurePath(original_name or file.name or "clip").name[-255:],
            content_type=facts.content_type,
            size=arrived.size,
            sha256=arrived.sha256,
            filmed_at=filmed_at,
            duration=timedelta(seconds=facts.duration),
            width=facts.width,
            height=facts.height,
            is_sample=is_sample,
            added_by=by,
        )
        try:
            _clip_keep(clip, arrived, thumbnail, judged_by)
        except IntegrityError:  # the same file twice at the same time: the later one finds the earlier one's row
            known = Clip.objects.filter(camera=camera, sha256=arrived.sha256).first()
            if known is None:
                raise
            raise ClipDuplicate(known) from None
    return clip


def sample_clip_add(*, by: User | None) -> Clip:
    """Make the sample clip and have it judged by the active release; asked again, it gives the one that is there.

    Raises ClipError with a sentence when no release is active.
    """
    known = Clip.objects.filter(is_sample=True).first()
    if known is not None:
        return known
    try:
        release = release_active()
    except NoRelease as error:
        raise ClipError(str(error)) from error
    camera = Camera.objects.filter(name=SAMPLE_CAMERA).first() or camera_create(name=SAMPLE_CAMERA, by=by)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / SAMPLE_NAME
        write_sample(path)
        try:
            with path.open("rb") as source:
                return clip_store(
                    camera=camera,
                    file=File(source, name=SAMPLE_NAME),
                    filmed_at=timezone.now(),
                    by=by,
                    judged_by=release,
                    is_sample=True,
                )
        except ClipDuplicate as duplicate:
            return duplicate.clip


def filmed_at_check(filmed_at: datetime) -> None:
    """Refuse, with ValidationError, a moment at which no camera can have filmed."""
    if filmed_at > timezone.now() + LATEST:
        raise ValidationError({"filmed_at": _("This time lies in the future.")})
    if filmed_at < EARLIEST:
        raise ValidationError({"filmed_at": _("This time lies before there were such cameras.")})


def _looked_at(path: Path) -> tuple[ClipFacts, bytes]:
    """What the file says of itself, and its thumbnail; ValidationError when it is no video."""
    try:
        facts = probe(path)
        if facts.duration > LONGEST_CLIP.total_seconds():
            raise ClipError(_("The video is longer than a week, or says so; cut it into shorter ones."))
        return facts, _thumbnail(path, facts)
    except ClipError as error:
        raise ValidationError(_(str(error)), code="no_clip") from error


def _clip_keep(clip: Clip, arrived: Incoming, thumbnail: bytes, judged_by: ModelRelease | None) -> None:
    """Move the files into place and make the rows; when any of it fails, both are gone again."""
    name = uuid4().hex
    try:
        with transaction.atomic():
            with MovableFile(arrived.path.open("rb"), name=str(arrived.path)) as movable:
                clip.file.save(name + SUFFIXES.get(clip.content_type, ".video"), movable, save=False)
            clip.thumbnail.save(f"{name}.jpg", ContentFile(thumbnail), save=False)
            clip.full_clean(validate_constraints=False)
            clip.save()
            audit(actor=clip.added_by, action="clip_add", target=clip, camera=clip.camera_id, name=clip.original_name)
            if judged_by is not None:
                analysis_start(clip=clip, release=judged_by, by=clip.added_by, follows_active=True)
    except BaseException:
        _files_remove([clip.file, clip.thumbnail])
        raise


def _thumbnail(path: Path, facts: ClipFacts) -> bytes:
    """JPEG of a picture a tenth into the clip: the very first is often black."""
    image = picture_at(path, facts.duration / 10, largest=THUMBNAIL).image
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY])[1])


def _files_remove(files: Iterable[FieldFile]) -> None:
    for file in files:
        if file.name:
            file.storage.delete(file.name)


@transaction.atomic
def clip_delete(*, clip: Clip, by: User | None) -> None:
    """Delete a clip with its analyses, people's verdicts and, once committed, its files."""
    for job in Job.objects.unfinished().filter(kind=JOB_KIND, target_id__in=clip.analyses.values("pk")):
        job_cancel(job=job, by=by)
    audit(actor=by, action="clip_delete", target=clip, camera=clip.camera_id, name=clip.original_name)
    files, analyses = [clip.file, clip.thumbnail], list(clip.analyses.values_list("pk", flat=True))
    clip.delete()
    transaction.on_commit(partial(_files_remove, files), robust=True)
    for analysis in analyses:
        transaction.on_commit(partial(live_remove, analysis), robust=True)


@transaction.atomic
def clip_filmed_at_change(*, clip: Clip, filmed_at: datetime, by: User | None) -> Clip:
    """Correct the time a clip was filmed: all its passages move with it."""
    filmed_at_check(filmed_at)
    before = clip.filmed_at
    clip.filmed_at = filmed_at
    clip.full_clean(validate_constraints=False)
    clip.save(update_fields=["filmed_at"])
    audit(
        actor=by,
        action="clip_filmed_at_change",
        target=clip,
        before=before.isoformat(),
        after=filmed_at.isoformat(),
    )
    return clip


def analysis_create(
    *,
    clip: Clip,
    release: ModelRelease,
    frames_per_second: float | None = None,
    precision: str | None = None,
    follows_active: bool = False,
) -> Analysis:
    """A new analysis that nobody works on yet; older ones of the clip stay.

    It computes in the numbers that its release judges in now, unless others are named. One that `follows_active` is
    judged by another release if that has become the active one when its turn comes.
    """
    rate = clip.camera.frames_per_second if frames_per_second is None else frames_per_second
    if not 0.2 <= rate <= 60:
        raise ValidationError({"frames_per_second": _("Judge between 0.2 and 60 frames a second.")})
    return Analysis.objects.create(
        clip=clip,
        release=release,
        precision=precision or release.precision,
        settings={"frames_per_second": rate},
        follows_active=follows_active,
    )


@transaction.atomic
def analysis_start(
    *,
    clip: Clip,
    release: ModelRelease,
    by: User | None,
    frames_per_second: float | None = None,
    follows_active: bool = False,
) -> Analysis:
    """Queue the judging of a clip by a release, or by the one that is active then, see analysis_create."""
    analysis = analysis_create(
        clip=clip, release=release, frames_per_second=frames_per_second, follows_active=follows_active
    )
    analysis.job = job_enqueue(kind=JOB_KIND, title=job_title(clip), owner=by, target_id=analysis.pk)
    analysis.save(update_fields=["job"])
    audit(actor=by, action="analysis_start", target=analysis, clip=clip.pk, release=release.name)
    return analysis


def job_title(clip: Clip) -> str:
    return _("Judge %(clip)s of %(camera)s") % {"clip": clip.original_name, "camera": clip.camera.name}


@transaction.atomic
def verdict_set(*, passage: Passage, verdict: str, by: User, note: str = "") -> Verdict:
    """Put on record what a person says about a passage; earlier verdicts and the network's stay.

    What is said of an analysis that does not count, or counts no longer, is said of the face that it shows: the
    verdict goes to the passage of the counted analysis that it fits.
    """
    clip = Clip.objects.select_for_update().get(pk=passage.analysis.clip_id)
    counts = clip.counted_analysis_id in {None, passage.analysis_id}
    row = Verdict(
        clip=clip,
        passage_id=passage.pk if counts else best_fit(passage.path, _candidates(clip.counted_analysis_id)),
        verdict=verdict,
        begins=passage.begins,
        ends=passage.ends,
        path=passage.path,
        note=note,
        by=by,
    )
    row.full_clean(validate_constraints=False, exclude=["path"])
    row.save()
    detail: dict[str, Any] = {"before": passage.verdict, "after": verdict, "clip": row.clip_id}
    audit(actor=by, action="verdict_set", target=passage, **detail)
    return row


@transaction.atomic
def verdicts_attach(*, analysis: Analysis) -> list[Verdict]:
    """Attach people's verdicts on the clip to the passages of this analysis by time and overlap.

    Returns those that fit none: they keep no passage and are listed apart.
    """
    verdicts = list(analysis.clip.verdicts.all())
    if not verdicts:
        return []
    candidates = _candidates(analysis.pk)
    for row in verdicts:
        row.passage_id = best_fit(row.path, candidates)
    Verdict.objects.bulk_update(verdicts, ["passage"])
    return [row for row in verdicts if row.passage_id is None]


def _candidates(analysis: int | None) -> list[tuple[int, list[Any]]]:
    """The passages of an analysis that a verdict may belong to, each with its path."""
    return list(Passage.objects.filter(analysis=analysis).values_list("pk", "path"))
