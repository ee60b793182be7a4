"""The first page: each camera's rate, what is being judged, the newest clips."""

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import person, require
from accounts.models import User
from accounts.rights import Right
from detection.clip_rows import clip_rows, with_state
from detection.models import Camera, Clip
from detection.periods import CHOICES, period_from
from detection.services import ClipError, sample_clip_add
from detection.summaries import CameraSummary, camera_summaries
from jobs.models import Job

NEWEST = 8
JUDGED_NOW = 20


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The overview; people who see no cameras go on to the first page that is theirs."""
    user = person(request)
    if not user.may(Right.VIEW_CAMERAS):
        return redirect("accounts:home")
    period = period_from(request.GET)
    cameras = list(cameras_with_newest(user))
    summaries = camera_summaries(cameras, period, timezone.now())
    clips = with_state(Clip.objects.for_user(user).select_related("camera"))
    judged_now = clips.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).order_by("added_at")[:JUDGED_NOW]
    context = {
        "period": period,
        "choices": CHOICES,
        "summaries": summaries,
        "charts": {summary.camera.pk: chart_points(summary) for summary in summaries},
        "judged_now": clip_rows(judged_now),
        "newest": clip_rows(clips.order_by("-filmed_at", "-pk")[:NEWEST]),
        **may_what(user),
    }
    return render(request, "detection/overview.html", context)


@require_POST
@require(Right.UPLOAD_CLIPS)
def sample_add(request: HttpRequest) -> HttpResponse:
    """Add the sample clip, and show it being judged."""
    try:
        clip = sample_clip_add(by=person(request))
    except ClipError as error:
        messages.error(request, str(error))
        return redirect("detection:overview")
    return redirect("detection:clip", pk=clip.pk)


def may_what(user: User) -> dict[str, bool]:
    """What the pages about cameras offer to a person."""
    return {
        "may_upload": user.may(Right.UPLOAD_CLIPS),
        "may_manage": user.may(Right.MANAGE_CAMERAS),
        "may_review": user.may(Right.REVIEW),
        "may_see_models": user.may(Right.VIEW_RELEASES),
    }


def cameras_with_newest(user: User) -> QuerySet[Camera]:
    """The cameras a person may see, each with `newest_clip` and `newest_filmed_at`."""
    newest = Clip.objects.filter(camera=OuterRef("pk")).order_by("-filmed_at", "-pk")
    return (
        Camera.objects.for_user(user)
        .annotate(
            newest_clip=Subquery(newest.values("pk")[:1]), newest_filmed_at=Subquery(newest.values("filmed_at")[:1])
        )
        .order_by("name")
    )


def chart_points(summary: CameraSummary) -> list[dict[str, Any]]:
    """The days of a chart; a day without judged passages has no rate: a gap, not a zero.

    `release` is that which judges from this day on, where the release changes within it: the last one of the day.
    """
    changed = {change.date: change.release for change in summary.changes}
    return [
        {
            "date": day.date.isoformat(),
            "rate": day.tally.with_mask / day.tally.judged if day.tally.judged else None,
            "low": day.tally.interval.low if day.tally.judged else None,
            "high": day.tally.interval.high if day.tally.judged else None,
            "judged": day.tally.judged,
            "unknown": day.tally.unknown,
            "few": day.tally.rate is None,
            "release": changed.get(day.date),
        }
        for day in summary.days
    ]
