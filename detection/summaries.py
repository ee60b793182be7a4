"""The database side of the statistics: what stands in the charts, in three queries however many clips there are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, TypedDict
from zoneinfo import ZoneInfo

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from detection.models import Camera, Clip, Passage, Verdict
from detection.periods import Period
from detection.stats import Day, Tally, coverage_by_day, day_bounds, days_between
from releases.models import ModelRelease

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Said(TypedDict):
    """What `with_said` adds to a passage."""

    said: str


@dataclass(frozen=True)
class ReleaseChange:
    """From a clip of this day on another release judged than before."""

    date: date
    release: str
    before: str


@dataclass(frozen=True)
class CameraSummary:
    """One camera over one period, day by day of its own calendar; `changes` in order of time."""

    camera: Camera
    days: tuple[Day, ...]
    changes: tuple[ReleaseChange, ...] = ()

    @property
    def tally(self) -> Tally:
        return sum((day.tally for day in self.days), Tally())

    @property
    def covered(self) -> timedelta:
        return sum((day.covered for day in self.days), timedelta(0))


@dataclass(frozen=True)
class _Span:
    """When a counted clip was filmed, and the release that judged it."""

    clip: int
    camera: int
    begins: datetime
    ends: datetime
    release: str


def with_said(passages: QuerySet[Passage]) -> "QuerySet[WithAnnotations[Passage, Said]]":
    """Passages with `said`: the newest verdict of a person, else that of the network."""
    newest = Verdict.objects.filter(passage=OuterRef("pk")).order_by("-at", "-pk").values("verdict")[:1]
    return passages.annotate(said=Coalesce(Subquery(newest), F("verdict")))


def clip_tallies(clips: Iterable[int]) -> dict[int, Tally]:
    """Passages by verdict of each clip that has a counted analysis and passages; one query."""
    rows = (
        with_said(Passage.objects.filter(analysis__counts_for__in=list(clips)))
        .order_by()
        .values_list("analysis__clip_id", "said")
        .annotate(count=Count("pk"))
    )
    tallies: dict[int, Tally] = defaultdict(Tally)
    for clip, said, count in rows:
        tallies[clip] = tallies[clip].plus(said, count)
    return dict(tallies)


def camera_summaries(cameras: Sequence[Camera], period: Period, now: datetime) -> list[CameraSummary]:
    """Each camera's days of a period, over the analyses that count, in the camera's own time zone.

    A clip that lies within one local day is counted by the database; only of clips that reach over a
    midnight are the passages read one by one. Three queries at most.
    """
    dates = {camera.pk: period.dates(camera.zone, now) for camera in cameras}
    spans = _spans(cameras, dates)
    tallies = _tallies(cameras, spans)
    return [_summary(camera, dates[camera.pk], spans, tallies) for camera in cameras]


def one_sided_releases(camera: Camera, period: Period, now: datetime) -> list[str]:
    """Names of the releases whose analyses count here though they can judge nobody: they know only one side."""
    first, last = period.dates(camera.zone, now)
    filmed = Clip.objects.filter(
        camera=camera, filmed_at__gte=day_bounds(first, camera.zone)[0], filmed_at__lt=day_bounds(last, camera.zone)[1]
    )
    releases = ModelRelease.objects.filter(analyses__counts_for__in=filmed).distinct().order_by("name")
    return [release.name for release in releases if release.missing_classes]


def _spans(cameras: Sequence[Camera], dates: dict[int, tuple[date, date]]) -> list[_Span]:
    """The counted clips that touch the period of any of the cameras."""
    if not cameras:
        return []
    begins = min(day_bounds(dates[camera.pk][0], camera.zone)[0] for camera in cameras)
    ends = max(day_bounds(dates[camera.pk][1], camera.zone)[1] for camera in cameras)
    ended = ExpressionWrapper(F("filmed_at") + F("duration"), output_field=DateTimeField())
    rows = (
        Clip.objects.filter(camera__in=cameras, counted_analysis__isnull=False, filmed_at__lt=ends)
        .annotate(ended_at=ended)
        .filter(ended_at__gt=begins)
        .order_by("filmed_at", "pk")
        .values_list("pk", "camera_id", "filmed_at", "duration", "counted_analysis__release__name")
    )
    return [_Span(clip, camera, filmed, filmed + duration, release) for clip, camera, filmed, duration, release in rows]


def _tallies(cameras: Sequence[Camera], spans: list[_Span]) -> dict[tuple[int, date], Tally]:
    """Passages by verdict of each camera's local days."""
    zones = {camera.pk: camera.zone for camera in cameras}
    tallies: dict[tuple[int, date], Tally] = defaultdict(Tally)
    whole: dict[int, tuple[int, date]] = {}
    parted: dict[int, _Span] = {}
    for span in spans:
        day = span.begins.astimezone(zones[span.camera]).date()
        if span.ends <= day_bounds(day, zones[span.camera])[1]:
            whole[span.clip] = (span.camera, day)
        else:
            parted[span.clip] = span
    for clip, tally in clip_tallies(whole).items():
        tallies[whole[clip]] += tally
    for clip, begins, said in _passages(parted):
        span = parted[clip]
        at = span.begins.astimezone(UTC) + timedelta(seconds=begins)
        key = (span.camera, at.astimezone(zones[span.camera]).date())
        tallies[key] = tallies[key].plus(said)
    return tallies


def _passages(clips: Iterable[int]) -> Iterable[tuple[int, float, str]]:
    """(clip, begin in seconds, verdict) of each counted passage."""
    wanted = list(clips)
    if not wanted:
        return []
    passages = with_said(Passage.objects.filter(analysis__counts_for__in=wanted)).order_by()
    return passages.values_list("analysis__clip_id", "begins", "said")


def _summary(
    camera: Camera,
    dates: tuple[date, date],
    spans: list[_Span],
    tallies: dict[tuple[int, date], Tally],
) -> CameraSummary:
    own = [span for span in spans if span.camera == camera.pk]
    covered = coverage_by_day([(span.begins, span.ends) for span in own], camera.zone)
    days = tuple(
        Day(day, tallies.get((camera.pk, day), Tally()), covered.get(day, timedelta(0))) for day in days_between(*dates)
    )
    changes = release_changes([(span.begins, span.release) for span in own], camera.zone)
    return CameraSummary(camera, days, tuple(change for change in changes if dates[0] <= change.date <= dates[1]))


def release_changes(judged: Iterable[tuple[datetime, str]], zone: ZoneInfo) -> list[ReleaseChange]:
    """Every change of release along (begin, release) of a camera's clips in order of time, with its day in `zone`."""
    return [
        ReleaseChange(begins.astimezone(zone).date(), release, before)
        for (_, before), (begins, release) in pairwise(judged)
        if release != before
    ]
