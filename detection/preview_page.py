"""What the page of a preview shows: by camera, the rate as it is, as it would be, and the passages that differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from accounts.models import User
from detection.access import preview_cameras
from detection.comparing import Difference
from detection.models import Camera, Clip, PreviewClip, ReleasePreview
from detection.stats import Interval, Tally, difference_interval

MOST_SHOWN: Final = 30  # differing passages of one camera


@dataclass(frozen=True)
class Shift:
    """The verdicts of the network on the same clips, before and after."""

    before: Tally
    after: Tally

    @property
    def change(self) -> float | None:
        """By how much the rate would rise, -1 to 1; None where either side is too few to say."""
        if self.before.rate is None or self.after.rate is None:
            return None
        return self.after.rate - self.before.rate

    @property
    def interval(self) -> Interval:
        """The 95 % interval of the change; -1 to 1 where nothing is known."""
        low, high = difference_interval(
            (self.before.with_mask, self.before.judged), (self.after.with_mask, self.after.judged)
        )
        return Interval(low, high)

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out that nothing changes."""
        return self.change is not None and not self.interval.low <= 0 <= self.interval.high


@dataclass(frozen=True)
class Differing:
    """A passage that differs, with the analyses on whose pages either side is seen."""

    clip: Clip
    difference: Difference
    before: int
    after: int | None


@dataclass(frozen=True)
class CameraShift:
    camera: Camera
    shift: Shift
    judged: int
    clips: int
    problems: tuple[PreviewClip, ...]
    differing: tuple[Differing, ...]
    may_watch: bool

    @property
    def shown(self) -> tuple[Differing, ...]:
        return self.differing[:MOST_SHOWN]


@dataclass(frozen=True)
class PreviewPage:
    preview: ReleasePreview
    cameras: tuple[CameraShift, ...]

    @property
    def total(self) -> Shift:
        """All cameras that are shown together."""
        shifts = [camera.shift for camera in self.cameras]
        return Shift(sum((one.before for one in shifts), Tally()), sum((one.after for one in shifts), Tally()))

    @property
    def is_judged(self) -> bool:
        return any(camera.judged for camera in self.cameras)


def preview_page(preview: ReleasePreview, user: User) -> PreviewPage:
    """The page as a person may see it; two queries. Who may not see a camera's clips gets no links to them."""
    rows = (
        preview.clips.filter(clip__camera__in=preview_cameras(user))
        .select_related("clip__camera")
        .order_by("clip__camera__name", "clip__camera", "-clip__filmed_at", "pk")
    )
    watched = set(Camera.objects.for_user(user).values_list("pk", flat=True))
    by_camera = groupby(rows, key=attrgetter("clip.camera"))
    return PreviewPage(
        preview, tuple(_camera_shift(camera, list(group), camera.pk in watched) for camera, group in by_camera)
    )


def _camera_shift(camera: Camera, rows: Sequence[PreviewClip], may_watch: bool) -> CameraShift:
    judged = [row for row in rows if row.judged_at is not None]
    return CameraShift(
        camera=camera,
        shift=Shift(_sum(row.tally_before for row in judged), _sum(row.tally_after for row in judged)),
        judged=len(judged),
        clips=len(rows),
        problems=tuple(row for row in rows if row.problem),
        differing=tuple(_differing(row, values) for row in judged for values in row.differences),
        may_watch=may_watch,
    )


def _sum(tallies: Iterable[dict[str, int]]) -> Tally:
    return sum((Tally(**tally) for tally in tallies), Tally())


def _differing(row: PreviewClip, values: dict[str, Any]) -> Differing:
    return Differing(row.clip, Difference(**values), row.before_id, row.after_id)
