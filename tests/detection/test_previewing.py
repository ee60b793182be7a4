"""A release judges stored clips once more; nothing of it counts."""

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import File

from detection.models import Analysis, Clip, PreviewClip, ReleasePreview
from detection.previewing import PreviewFailure, run
from detection.previews import PREVIEW_KIND, preview_create, preview_delete
from detection.processing import run as clip_run
from detection.services import analysis_create, clip_store, verdict_set
from detection.summaries import clip_tallies
from jobs.attempts import Attempt, attempt_claim
from jobs.models import Job
from jobs.reporter import JobCancelled, Progress, Reporter
from releases.models import ModelRelease
from tests.detection.fakes import SIZE, FakeDetector
from tests.detection.makers import NOON, make_analysis, make_camera, make_clip, make_release
from yolo.detections import Detections
from yolo.release import ReleaseError

pytestmark = pytest.mark.django_db(transaction=True)


class StricterDetector(FakeDetector):
    """Finds the masked face bare, and the other one as FakeDetector does: from frame 10 on."""

    def detect(self, image_bgr, *, score=None) -> Detections:
        found = super().detect(image_bgr, score=score)
        scores = found.class_scores.copy()
        scores[:2] = np.array([0.1, 0.8, 0.0], np.float32)
        labels = found.labels.copy()
        labels[:2] = 1
        return Detections(found.boxes, found.scores, labels, scores)


@pytest.fixture
def candidate(db) -> ModelRelease:
    return ModelRelease.objects.create(
        name="candidate", network="yolov3-slim", net_size=416, classes=["with_mask"], sha256="1" * 64, folder="c"
    )


@pytest.fixture
def judged_clip(db, video) -> Clip:
    """Two seconds, judged at 5 a second: one face with a mask, and from 1.0 s on one without."""
    with video([i / 10 for i in range(20)], size=SIZE).open("rb") as file:
        clip = clip_store(camera=make_camera(), file=File(file, name="clip.mp4"), filmed_at=NOON, by=None)
    analysis = analysis_create(clip=clip, release=make_release(), frames_per_second=5)
    job = Job.objects.create(kind="detection.process_clip", title="Judge", queue="detection", target_id=analysis.pk)
    clip_run(reporter_of(job), analysis.pk, load=lambda release: FakeDetector())
    clip.refresh_from_db()
    return clip


def reporter_of(job: Job, told: list[Progress] | None = None) -> Reporter:
    attempt = Attempt(job.pk, job.attempt)
    attempt_claim(attempt, process_group=None)
    return Reporter(attempt, on_progress=None if told is None else told.append)


def judge(preview: ReleasePreview, told: list[Progress] | None = None, detector: FakeDetector | None = None) -> None:
    used = detector or StricterDetector()
    run(reporter_of(preview.job, told), preview.pk, load=lambda release: used)
    preview.refresh_from_db()


def test_the_candidate_judges_beside_what_counts(judged_clip, candidate, bob):
    counted = judged_clip.counted_analysis
    masked = counted.passages.get(number=1)
    verdict = verdict_set(passage=masked, verdict="unknown", by=bob)
    preview = preview_create(release=candidate, by=bob)
    told: list[Progress] = []
    judge(preview, told)
    row = preview.clips.get()
    assert (row.tally_before, row.tally_after) == ({"with_mask": 1, "without_mask": 1}, {"without_mask": 2})
    assert [(one["begins"], one["before"], one["after"]) for one in row.differences] == [
        (0.0, "with_mask", "without_mask")
    ]
    assert row.after.is_trial
    assert row.after.settings["frames_per_second"] == 5
    assert preview.finished_at is not None
    assert (told[-1].done, told[-1].total) == (10, 10)
    judged_clip.refresh_from_db()
    verdict.refresh_from_db()
    assert judged_clip.counted_analysis == counted
    assert verdict.passage == masked
    assert clip_tallies([judged_clip.pk])[judged_clip.pk].without_mask == 1


def test_the_newest_clips_of_each_camera_that_another_release_judged_are_taken(candidate):
    gate, dock = make_camera("gate"), make_camera("dock")
    days = [make_clip(gate, filmed_at=NOON.replace(day=day)) for day in (1, 2, 3, 4)]
    other = make_clip(dock)
    for clip in (*days, other):
        make_analysis(clip, "with_mask")
    Analysis.objects.filter(clip=days[3]).update(release=candidate)  # judged by the candidate already
    make_clip(gate, filmed_at=NOON.replace(day=5))  # judged by nobody
    preview = preview_create(release=candidate, by=None, clips_per_camera=2)
    assert set(preview.clips.values_list("clip", flat=True)) == {days[2].pk, days[1].pk, other.pk}
    assert Job.objects.get(pk=preview.job_id).kind == PREVIEW_KIND


def test_without_a_clip_to_judge_there_is_a_sentence_and_nothing_is_left(candidate):
    with pytest.raises(ValidationError, match="nothing to compare"):
        preview_create(release=candidate, by=None)
    with pytest.raises(ValidationError):
        preview_create(release=candidate, by=None, clips_per_camera=51)
    assert not ReleasePreview.objects.exists()
    assert not Job.objects.exists()


def test_a_second_preview_takes_what_is_judged_already(judged_clip, candidate):
    first = preview_create(release=candidate, by=None)
    judge(first)
    second, detector = preview_create(release=candidate, by=None), StricterDetector()
    judge(second, detector=detector)
    assert detector.seen == []
    assert second.clips.get().after == first.clips.get().after
    preview_delete(preview=first, by=None)
    assert Analysis.objects.filter(is_trial=True).count() == 1
    preview_delete(preview=second, by=None)
    assert not Analysis.objects.filter(is_trial=True).exists()
    judged_clip.refresh_from_db()
    assert judged_clip.counted_analysis is not None


def test_a_clip_whose_file_is_gone_is_told_and_the_others_go_on(judged_clip, candidate):
    lost = make_clip(judged_clip.camera, filmed_at=NOON.replace(day=2))
    make_analysis(lost, "with_mask")
    lost.file.storage.delete(lost.file.name)
    preview = preview_create(release=candidate, by=None)
    judge(preview)
    assert preview.clips.get(clip=lost).problem == "The file of this clip is gone."
    assert preview.clips.get(clip=judged_clip).judged_at is not None
    assert preview.finished_at is not None


class CancellingDetector(StricterDetector):
    """Somebody asks for the job to be stopped at the fourth frame."""

    def detect(self, image_bgr, *, score=None) -> Detections:
        if len(self.seen) == 3:
            Job.objects.update(cancel_requested_at=NOON)
        return super().detect(image_bgr, score=score)


def test_a_cancelled_preview_is_resumed_and_judges_each_clip_once(judged_clip, candidate):
    preview = preview_create(release=candidate, by=None)
    with pytest.raises(JobCancelled):
        judge(preview, detector=CancellingDetector())
    assert ReleasePreview.objects.get().finished_at is None
    Job.objects.update(cancel_requested_at=None, state="queued", attempt=2)
    preview.job.refresh_from_db()
    judge(preview)
    assert Analysis.objects.filter(is_trial=True).count() == 1
    assert preview.clips.get().tally_after == {"without_mask": 2}
    detector = StricterDetector()
    Job.objects.update(state="queued", attempt=3)
    preview.job.refresh_from_db()
    judge(preview, detector=detector)
    assert detector.seen == []


class DeletingDetector(StricterDetector):
    """Somebody deletes the clip while it is judged."""

    def detect(self, image_bgr, *, score=None) -> Detections:
        Clip.objects.all().delete()
        return super().detect(image_bgr, score=score)


def test_a_clip_that_is_deleted_meanwhile_is_left_out(judged_clip, candidate):
    preview = preview_create(release=candidate, by=None)
    judge(preview, detector=DeletingDetector())
    assert preview.finished_at is not None
    assert not PreviewClip.objects.exists()


def test_a_release_that_is_not_whole_fails_with_a_sentence(judged_clip, candidate):
    def broken(release):
        raise ReleaseError("network.bin is missing.")

    preview = preview_create(release=candidate, by=None)
    with pytest.raises(PreviewFailure, match=r"network\.bin is missing"):
        run(reporter_of(preview.job), preview.pk, load=broken)
    preview_delete(preview=preview, by=None)
    with pytest.raises(PreviewFailure, match="deleted"):
        run(reporter_of(Job.objects.create(kind=PREVIEW_KIND, title="x", queue="short", target_id=1)), preview.pk or 1)
