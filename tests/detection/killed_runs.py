"""Run as a program by test_processing: judges a clip in processes that are killed, and prints what they left.

Each state has a process of its own that ends itself by SIGKILL there; a second one then goes on.
Usage: python -m tests.detection.killed_runs VIDEO, with MASKWEB_DATA_DIR set to an empty folder.
"""

import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskweb.settings")
django.setup()

from django.core.files.base import File  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.rights import Role  # noqa: E402
from detection import processing  # noqa: E402
from detection.live import live_path  # noqa: E402
from detection.models import Analysis, Camera, DetectionChunk, Passage  # noqa: E402
from detection.services import analysis_start, clip_store, verdict_set  # noqa: E402
from jobs.attempts import Attempt, attempt_claim, attempt_crashed  # noqa: E402
from jobs.running import attempt_run  # noqa: E402
from releases.models import ModelRelease  # noqa: E402
from tests.detection.fakes import CLASSES, FakeDetector  # noqa: E402


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_at(function, call: int, *, first: bool):
    """The function, but its call number `call` ends the process: before its work, or right after."""
    calls = 0

    def wrapped(*args, **kwargs):
        nonlocal calls
        calls += 1
        if calls == call and first:
            kill()
        result = function(*args, **kwargs)
        if calls == call:
            kill()
        return result

    return wrapped


def reading_that_dies(frames, at: int):
    def wrapped(*args, **kwargs):
        for number, frame in enumerate(frames(*args, **kwargs)):
            if number == at:
                kill()
            yield frame

    return wrapped


def prepare(state: str) -> None:
    """Make the process die in that state."""
    if state == "decoding the first frame":
        processing.frames = reading_that_dies(processing.frames, 0)
    elif state == "decoding in the second chunk":
        processing.frames = reading_that_dies(processing.frames, 13)
    elif state == "detecting in the middle of a chunk":
        FakeDetector.detect = dying_at(FakeDetector.detect, 18, first=True)
    elif state == "writing a chunk":
        DetectionChunk.objects.create = dying_at(DetectionChunk.objects.create, 2, first=False)
    elif state == "between two chunks":
        processing.ClipRun._store_chunk = dying_at(processing.ClipRun._store_chunk, 2, first=False)
    elif state == "behind the last chunk":
        processing.ClipRun._finish = dying_at(processing.ClipRun._finish, 1, first=True)
    elif state == "writing passages":
        Passage.objects.bulk_create = dying_at(Passage.objects.bulk_create, 1, first=False)
    elif state == "attaching verdicts":
        processing.verdicts_attach = dying_at(processing.verdicts_attach, 1, first=False)
    elif state == "passages written":
        processing.live_remove = dying_at(processing.live_remove, 1, first=True)


STATES = [
    "decoding the first frame",
    "decoding in the second chunk",
    "detecting in the middle of a chunk",
    "writing a chunk",
    "between two chunks",
    "behind the last chunk",
    "writing passages",
    "attaching verdicts",
    "passages written",
]


def in_child(work) -> int:
    """Run in a process of its own; its exit status as os.waitpid tells it."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        work()
        connections.close_all()
        os._exit(0)
    return os.waitpid(pid, 0)[1]


def attempt_of(analysis: int) -> Attempt:
    job = Analysis.objects.select_related("job").get(pk=analysis).job
    return Attempt(job.pk, job.attempt)


def work(analysis: int, state: str | None) -> None:
    processing.run.__kwdefaults__["load"] = lambda release: FakeDetector()
    processing.CHUNK_FRAMES = 7
    if state is not None:
        prepare(state)
    attempt = attempt_of(analysis)
    attempt_claim(attempt, process_group=None)
    attempt_run(attempt)


def judged_in_spite_of(state: str | None, analysis: int) -> dict:
    killed = in_child(lambda: work(analysis, state))
    stored = DetectionChunk.objects.filter(analysis=analysis).count()
    passages = Passage.objects.filter(analysis=analysis).count()
    if state:
        attempt_crashed(attempt_of(analysis))
        in_child(lambda: work(analysis, None))
    return {"killed_by": killed, "chunks_when_killed": stored, "passages_when_killed": passages, **left_by(analysis)}


def left_by(pk: int) -> dict:
    analysis = Analysis.objects.select_related("job", "clip").get(pk=pk)
    return {
        "job": analysis.job.state,
        "failure": analysis.job.failure + analysis.job.traceback,
        "done": analysis.job.done,
        "frames": analysis.frames,
        "counts": analysis.clip.counted_analysis_id == pk,
        "verdict_attached": analysis.clip.verdicts.filter(passage__analysis=pk).count(),
        "live_picture": live_path(pk).exists(),
        "chunks": list(analysis.chunks.values_list("number", "first_time", "last_time", "frames")),
        "passages": list(
            analysis.passages.values_list("number", "begins", "ends", "verdict", "confidence", "best_time", "path")
        ),
    }


def main(video: Path) -> None:
    call_command("migrate", verbosity=0)
    release = ModelRelease.objects.create(
        name="fake", network="yolov3-slim", net_size=320, classes=list(CLASSES), sha256="0" * 64, folder="fake"
    )
    reviewer = User.objects.create_user("bob", role=Role.SAFETY_OFFICER)
    results = {}
    for number, state in enumerate([None, *STATES]):
        camera = Camera.objects.create(name=f"gate {number}")
        with video.open("rb") as file:
            filmed_at = datetime(2026, 7, 1, 12, tzinfo=UTC)
            clip = clip_store(camera=camera, file=File(file, name="clip.mp4"), filmed_at=filmed_at, by=None)
        earlier = analysis_start(clip=clip, release=release, by=None)
        in_child(lambda pk=earlier.pk: work(pk, None))
        verdict_set(passage=earlier.passages.first(), verdict="unknown", by=reviewer)
        analysis = analysis_start(clip=clip, release=release, by=None)
        results[state or "undisturbed"] = judged_in_spite_of(state, analysis.pk)
    sys.stdout.write(json.dumps(results))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
