"""A clip is judged once, whatever happens to the process that judges it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import File

from detection.analysis_settings import AnalysisSettings
from detection.chunks import stored_frames
from detection.judging import judge_all
from detection.live import live_path
from detection.models import Analysis, DetectionChunk
from detection.processing import ClipFailure, ClipRun, run, turn_take
from detection.services import analysis_create, clip_store, verdict_set
from detection.tracking import track_faces
from jobs.attempts import Attempt, attempt_claim
from jobs.models import Job, Queue
from jobs.reporter import JobCancelled, Progress, Reporter
from releases.models import ModelRelease
from tests.detection.conftest import write_video
from tests.detection.fakes import SIZE, FakeDetector, fake_release
from tests.detection.killed_runs import STATES
from tests.detection.makers import NOON, make_active_release, make_camera, make_release

TWO_SECONDS = [i / 10 for i in range(20)]


@pytest.fixture
def analysis(db, video) -> Analysis:
    return make_analysis_of(video(TWO_SECONDS, size=SIZE))


def make_analysis_of(path: Path, name: str = "gate", frames_per_second: float = 5) -> Analysis:
    with path.open("rb") as file:
        clip = clip_store(camera=make_camera(name), file=File(file, name="clip.mp4"), filmed_at=NOON, by=None)
    return analysis_create(clip=clip, release=make_release(), frames_per_second=frames_per_second)


def reporter_of(analysis: Analysis, told: list[Progress] | None = None) -> Reporter:
    """The reporter of a first attempt at a new job."""
    job = Job.objects.create(
        kind="detection.process_clip", title="Judge", queue=Queue.DETECTION, target_id=analysis.pk, unit="frames"
    )
    attempt = Attempt(job.pk, 1)
    attempt_claim(attempt, process_group=None)
    return Reporter(attempt, on_progress=None if told is None else told.append)


def judge(analysis: Analysis, told: list[Progress] | None = None) -> FakeDetector:
    detector = FakeDetector()
    run(reporter_of(analysis, told), analysis.pk, load=lambda release: detector)
    analysis.refresh_from_db()
    return detector


def test_a_clip_becomes_detections_and_passages(analysis):
    detector = judge(analysis)
    # 2 s at 5 a second; the bare face stands there from frame 10 on, which is shown at 1.0 s.
    assert detector.seen == [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]
    passages = list(analysis.passages.values_list("number", "begins", "ends", "verdict", "confidence"))
    assert passages == [(1, 0.0, 1.8, "with_mask", 0.8), (2, 1.0, 1.8, "without_mask", 0.9)]
    assert analysis.frames == 10
    assert analysis.finished_at is not None
    assert analysis.clip.counted_analysis == analysis


def test_the_next_clip_is_judged_by_the_release_that_was_activated_while_it_waited(analysis):
    Analysis.objects.filter(pk=analysis.pk).update(follows_active=True)
    newer = make_active_release("newer", precision="int8")
    loaded: list[tuple[ModelRelease, str]] = []

    def load(of: Analysis) -> FakeDetector:
        loaded.append((of.release, of.precision))
        return FakeDetector()

    run(reporter_of(analysis), analysis.pk, load=load)
    analysis.refresh_from_db()
    assert loaded == [(newer, "int8")]
    assert (analysis.release, analysis.precision) == (newer, "int8")


def test_one_that_was_ordered_from_a_release_stays_with_it(analysis):
    ordered = analysis.release
    make_active_release("newer", precision="int8")
    judge(analysis)
    assert (analysis.release, analysis.precision) == (ordered, "auto")


def test_one_that_goes_on_stays_with_the_release_that_began(analysis):
    analysis.follows_active = True
    analysis.save()
    began = analysis.release
    chunk = DetectionChunk.objects.create(analysis=analysis, number=0, first_time=0, last_time=1, frames=[])
    make_active_release("newer")
    turn_take(analysis)
    assert analysis.release == began
    chunk.delete()
    turn_take(analysis)
    assert Analysis.objects.get(pk=analysis.pk).release.name == "newer"


def test_what_is_stored_are_boxes_of_the_clip_once_a_face(analysis):
    judge(analysis)
    (chunk,) = analysis.chunks.all()
    assert [frame["t"] for frame in chunk.frames] == pytest.approx([i / 5 for i in range(10)])
    first = chunk.frames[0]["boxes"]
    # The second class's box on the same face overlaps by 39/41 and is the same face.
    assert [box[:4] for box in first] == [[20, 40, 60, 90]]
    assert first[0][6:] == [0.8, 0.2, 0]
    assert len(chunk.frames[5]["boxes"]) == 2


def test_a_shrunk_picture_gives_boxes_in_pixels_of_the_clip(analysis):
    detector = FakeDetector(release=fake_release(net_size=160))
    run(reporter_of(analysis), analysis.pk, load=lambda release: detector)
    chunk = analysis.chunks.get()
    assert chunk.frames[0]["boxes"][0][:4] == [20, 40, 60, 90]


def test_passages_are_a_pure_function_of_what_is_stored(analysis):
    judge(analysis)
    with_which = AnalysisSettings.from_json(analysis.settings)
    again = judge_all(track_faces(stored_frames(analysis), with_which.tracking), with_which.judging)
    stored = analysis.passages.values_list("begins", "ends", "verdict", "confidence", "best_time")
    assert [(one.begins, one.ends, one.verdict, one.confidence, one.best_time) for one in again] == list(stored)


def test_a_finished_analysis_is_left_as_it_is(analysis):
    judge(analysis)
    before = list(analysis.passages.values_list("pk", flat=True))
    assert judge(analysis).seen == []
    assert list(analysis.passages.values_list("pk", flat=True)) == before


def test_progress_tells_what_the_page_shows(analysis, monkeypatch):
    monkeypatch.setattr("detection.processing.LIVE_EVERY", 0)
    told: list[Progress] = []
    judge(analysis, told)
    assert [one.done for one in told][:3] == [0, 1, 2]
    assert {one.total for one in told} == {10}
    sixth = told[6].detail
    assert sixth["frame_version"] == 6
    assert sixth["counts"] == {"with_mask": 1, "without_mask": 0, "worn_incorrectly": 0, "unknown": 1}, "seen once"
    assert told[7].detail["counts"] == {"with_mask": 1, "without_mask": 1, "worn_incorrectly": 0, "unknown": 0}
    assert [(box["verdict"], box["xyxy"]) for box in sixth["boxes"]] == [
        ("without_mask", [200, 150, 240, 200]),
        ("with_mask", [50, 40, 90, 90]),
    ]
    assert (sixth["width"], sixth["height"], sixth["frame"], sixth["frames"]) == (320, 240, 6, 10)
    assert set(sixth["stages"]) == {"decode", "detect", "track", "store"}
    assert told[-1].detail["seconds_left"] == 0


def test_the_newest_picture_is_there_while_it_runs_and_gone_afterwards(analysis):
    seen = []

    class Watching(FakeDetector):
        def detect(self, image_bgr, *, score=None):
            seen.append(live_path(analysis.pk).exists())
            return super().detect(image_bgr, score=score)

    run(reporter_of(analysis), analysis.pk, load=lambda release: Watching())
    assert seen == [False] + [True] * 9
    assert list(live_path(analysis.pk).parent.iterdir()) == []


def test_a_cancelled_run_keeps_its_chunks_and_goes_on_behind_them(analysis, monkeypatch):
    monkeypatch.setattr("detection.processing.CHUNK_FRAMES", 4)
    reporter = reporter_of(analysis)
    stored = ClipRun._store_chunk

    def cancelled_after_the_first(self):
        stored(self)
        Job.objects.filter(pk=reporter.job_id).update(cancel_requested_at=NOON)

    with monkeypatch.context() as patched:
        patched.setattr(ClipRun, "_store_chunk", cancelled_after_the_first)
        with pytest.raises(JobCancelled):
            run(reporter, analysis.pk, load=lambda release: FakeDetector())
    assert analysis.chunks.count() == 1
    assert judge(analysis).seen == [8, 10, 12, 14, 16, 18]
    assert analysis.frames == 10
    assert [chunk.number for chunk in analysis.chunks.all()] == [0, 1, 2]


def test_settings_of_the_first_attempt_stay(analysis):
    judge(analysis)
    Analysis.objects.filter(pk=analysis.pk).update(finished_at=None)
    analysis.passages.all().delete()
    kept = analysis.settings
    detector = FakeDetector(release=fake_release(net_size=160))
    run(reporter_of(analysis), analysis.pk, load=lambda release: detector)
    analysis.refresh_from_db()
    assert analysis.settings == kept


def test_a_verdict_of_a_person_moves_to_the_passage_of_the_new_analysis(analysis, bob):
    judge(analysis)
    verdict = verdict_set(passage=analysis.passages.get(number=2), verdict="worn_incorrectly", by=bob)
    again = analysis_create(clip=analysis.clip, release=make_release())
    judge(again)
    verdict.refresh_from_db()
    assert verdict.passage == again.passages.get(number=2)


def test_an_older_analysis_that_ends_late_does_not_count(analysis):
    newer = analysis_create(clip=analysis.clip, release=make_release())
    judge(newer)
    judge(analysis)
    analysis.clip.refresh_from_db()
    assert analysis.clip.counted_analysis == newer


def test_a_clip_whose_file_is_gone_fails_with_a_sentence(analysis):
    Path(analysis.clip.file.path).unlink()
    with pytest.raises(ClipFailure, match="gone"):
        judge(analysis)


def test_a_clip_that_was_deleted_fails_with_a_sentence(analysis):
    reporter = reporter_of(analysis)
    analysis.clip.delete()
    with pytest.raises(ClipFailure, match="deleted"):
        run(reporter, analysis.pk, load=lambda release: FakeDetector())


def test_a_release_that_is_broken_fails_with_a_sentence(analysis):
    with pytest.raises(ClipFailure):
        run(reporter_of(analysis), analysis.pk)


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> dict[str, dict]:
    folder = tmp_path_factory.mktemp("killed")
    video = write_video(folder / "clip.mp4", [i / 10 for i in range(60)], size=SIZE)
    ended = subprocess.run(
        [sys.executable, "-m", "tests.detection.killed_runs", str(video)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "MASKWEB_DATA_DIR": str(folder / "data"), "DATABASE_URL": "", "REDIS_URL": ""},
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )
    return json.loads(ended.stdout)


# 30 judged frames in chunks of 7: what is safely stored when the process dies in that state.
CHUNKS_WHEN_KILLED = [0, 1, 2, 1, 2, 5, 5, 5, 5]


@pytest.mark.parametrize(("state", "chunks"), list(zip(STATES, CHUNKS_WHEN_KILLED, strict=True)))
def test_a_run_killed_in_any_state_ends_like_an_undisturbed_one(killed, state, chunks):
    undisturbed, outcome = killed["undisturbed"], killed[state]
    assert (outcome.pop("killed_by"), outcome.pop("chunks_when_killed")) == (9, chunks)
    assert outcome.pop("passages_when_killed") == (2 if state == "passages written" else 0)
    assert outcome == {name: value for name, value in undisturbed.items() if name in outcome}
    assert len(outcome["passages"]) == 2
