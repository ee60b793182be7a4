"""Every write about previews of releases that a person asks for."""

from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from detection.models import Analysis, Clip, PreviewClip, ReleasePreview
from jobs.models import Job
from jobs.services import job_cancel, job_enqueue
from releases.models import ModelRelease

PREVIEW_KIND: Final = "detection.release_preview"


@transaction.atomic
def preview_create(*, release: ModelRelease, by: User | None, clips_per_camera: int = 5) -> ReleasePreview:
    """Choose the newest judged clips of each camera and have the release judge them, beside what counts.

    Raises ValidationError when there is nothing to judge, or too many clips are asked for.
    """
    preview = ReleasePreview(release=release, clips_per_camera=clips_per_camera, created_by=by)
    preview.full_clean()
    clips = list(preview_sample(release, clips_per_camera))
    if not clips:
        raise ValidationError(_("There is no clip yet that another model has judged, so there is nothing to compare."))
    preview.save()
    PreviewClip.objects.bulk_create(
        [
            PreviewClip(preview=preview, clip=clip, before_id=clip.counted_analysis_id)
            for clip in clips
            if clip.counted_analysis_id is not None
        ]
    )
    preview.job = job_enqueue(kind=PREVIEW_KIND, title=str(preview), owner=by, target_id=preview.pk)
    preview.save(update_fields=["job"])
    audit(actor=by, action="preview_create", target=preview, release=release.name, clips=len(clips))
    return preview


def preview_sample(release: ModelRelease, clips_per_camera: int) -> QuerySet[Clip]:
    """So many of each camera's clips, the newest first, whose counted analysis is by another release."""
    newest = Window(RowNumber(), partition_by=F("camera"), order_by=[F("filmed_at").desc(), F("pk").desc()])
    judged = Clip.objects.filter(counted_analysis__finished_at__isnull=False).exclude(counted_analysis__release=release)
    return judged.annotate(place=newest).filter(place__lte=clips_per_camera).order_by("camera", "-filmed_at", "-pk")


@transaction.atomic
def preview_delete(*, preview: ReleasePreview, by: User | None) -> None:
    """Delete a preview with the analyses made for it, except those that another preview shows."""
    for job in Job.objects.unfinished().filter(kind=PREVIEW_KIND, target_id=preview.pk):
        job_cancel(job=job, by=by)
    audit(actor=by, action="preview_delete", target=preview, release=preview.release.name)
    made = list(preview.clips.exclude(after=None).values_list("after", flat=True))
    preview.delete()
    Analysis.objects.filter(pk__in=made, is_trial=True, previewed=None).delete()
