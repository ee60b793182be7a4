"""Rows for tests of detection: cameras, judged clips, passages, without any video or network."""

from datetime import UTC, datetime, timedelta
from itertools import count

from django.core.files.base import ContentFile
from django.utils import timezone

from detection.models import Analysis, Camera, Clip, Passage, Verdict
from jobs.models import Job, Queue
from releases.models import ModelRelease

NUMBERS = count(1)
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def make_camera(name: str = "gate", time_zone: str = "UTC", **fields) -> Camera:
    return Camera.objects.create(name=name, time_zone=time_zone, **fields)


def make_release() -> ModelRelease:
    return ModelRelease.objects.get_or_create(
        name="slim",
        defaults={
            "network": "yolov3-slim",
            "net_size": 416,
            "classes": ["with_mask", "without_mask", "worn_incorrectly"],
            "sha256": "0" * 64,
            "folder": "slim",
        },
    )[0]


def make_active_release(name: str, **fields: str) -> ModelRelease:
    """Another release, which is the active one from now on."""
    ModelRelease.objects.update(is_active=False)
    like = {"network": "yolov3-slim", "net_size": 416, "classes": ["with_mask", "without_mask"], "folder": name}
    return ModelRelease.objects.create(
        name=name, sha256=name.encode().hex().rjust(64, "0"), is_active=True, **like, **fields
    )


def make_clip(
    camera: Camera, *, filmed_at: datetime = NOON, seconds: float = 60, content: bytes = b"no real video", **fields
) -> Clip:
    number = next(NUMBERS)
    return Clip.objects.create(
        **{
            "camera": camera,
            "file": ContentFile(content, name=f"clip-{number}.mp4"),
            "original_name": f"clip-{number}.mp4",
            "content_type": "video/mp4",
            "size": len(content),
            "sha256": f"{number:064x}",
            "filmed_at": filmed_at,
            "duration": timedelta(seconds=seconds),
            "width": 640,
            "height": 360,
            **fields,
        }
    )


def make_job(analysis: Analysis, state: str, **fields) -> Job:
    now = timezone.now()
    ended = {"started_at": now, "heartbeat_at": now, "finished_at": now}
    times = {"queued": {}, "running": {"started_at": now, "heartbeat_at": now}}.get(state, ended)
    job = Job.objects.create(
        **{
            "kind": "detection.process_clip",
            "title": f"Judge {analysis.clip}",
            "queue": Queue.DETECTION,
            "target_id": analysis.pk,
            "state": state,
            "unit": "frames",
            **times,
            **fields,
        }
    )
    analysis.job = job
    analysis.save()
    return job


def make_analysis(clip: Clip, *verdicts: str, state: str = "succeeded", begins: list[float] | None = None) -> Analysis:
    """An analysis with one passage of a second for each verdict; it counts when it succeeded."""
    analysis = Analysis.objects.create(clip=clip, release=make_release(), settings={"frames_per_second": 5.0})
    make_job(analysis, state)
    for number, verdict in enumerate(verdicts, start=1):
        begin = begins[number - 1] if begins else float(number)
        Passage.objects.create(
            analysis=analysis,
            number=number,
            begins=begin,
            ends=begin + 1,
            verdict=verdict,
            confidence=0.9,
            best_time=begin,
            path=[[begin, 10, 20, 50, 70], [begin + 0.2, 12, 20, 52, 70], [begin + 1, 20, 20, 60, 70]],
        )
    if state == "succeeded":
        analysis.frames, analysis.finished_at = 300, timezone.now()
        analysis.save()
        clip.counted_analysis = analysis
        clip.save()
    return analysis


def say(passage: Passage, verdict: str, at: datetime | None = None) -> Verdict:
    row = Verdict.objects.create(
        clip=passage.analysis.clip, passage=passage, verdict=verdict, begins=passage.begins, ends=passage.ends
    )
    if at is not None:
        Verdict.objects.filter(pk=row.pk).update(at=at)
    return row
