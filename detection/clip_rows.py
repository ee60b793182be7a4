"""Clips as lists show them: each with its newest analysis, that one's job, and its passages by verdict."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import OuterRef, Q, QuerySet, Subquery

from detection.models import Analysis, Camera, Clip
from detection.stats import Tally
from detection.summaries import clip_tallies
from jobs.models import Job

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Stated(TypedDict):
    """What `with_state` adds to a clip."""

    newest_analysis: int | None
    state: str | None


@dataclass(frozen=True)
class ClipRow:
    clip: Clip
    analysis: Analysis | None
    tally: Tally

    @property
    def job(self) -> Job | None:
        return self.analysis.job if self.analysis else None

    @property
    def state(self) -> str:
        """The state of its newest analysis; a finished one whose job is gone was judged."""
        if self.job is not None:
            return self.job.state
        return Job.State.SUCCEEDED if self.clip.counted_analysis_id else Job.State.CANCELLED


def with_state(clips: QuerySet[Clip]) -> "QuerySet[WithAnnotations[Clip, Stated]]":
    """Clips with `newest_analysis`, trials apart, and `state`, that of the newest analysis' job."""
    newest = Analysis.objects.filter(clip=OuterRef("pk"), is_trial=False).order_by("-created_at", "-pk")
    return clips.annotate(
        newest_analysis=Subquery(newest.values("pk")[:1]), state=Subquery(newest.values("job__state")[:1])
    )


def clip_filter(
    clips: QuerySet[Clip], *, wanted: dict[str, Any], cameras: Sequence[Camera]
) -> "QuerySet[WithAnnotations[Clip, Stated]]":
    """The clips that a filter form asks for; its days are those of each camera's calendar."""
    found = with_state(clips)
    if wanted.get("camera"):
        found = found.filter(camera=wanted["camera"])
    if wanted.get("state"):
        found = found.filter(state=wanted["state"])
    since, until = wanted.get("since"), wanted.get("until")
    if not since and not until:
        return found
    matches = Q(pk__in=[])
    for name in {camera.time_zone for camera in cameras}:
        zone = next(camera.zone for camera in cameras if camera.time_zone == name)
        days = Q(camera__time_zone=name)
        if since:
            days &= Q(filmed_at__gte=datetime.combine(since, time.min, zone))
        if until:
            days &= Q(filmed_at__lt=datetime.combine(until + timedelta(days=1), time.min, zone))
        matches |= days
    return found.filter(matches)


def clip_rows(chosen: "Iterable[WithAnnotations[Clip, Stated]]") -> list[ClipRow]:
    """The rows of clips; two queries besides that of the clips."""
    clips = list(chosen)
    newest = [clip.newest_analysis for clip in clips]
    found = Analysis.objects.select_related("job", "release").in_bulk([pk for pk in newest if pk is not None])
    tallies = clip_tallies(clip.pk for clip in clips)
    return [
        ClipRow(clip, found.get(pk) if pk is not None else None, tallies.get(clip.pk, Tally()))
        for clip, pk in zip(clips, newest, strict=True)
    ]
