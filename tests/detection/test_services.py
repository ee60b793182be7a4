"""What happens to cameras, clips, analyses and verdicts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import OperationalError
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.services import token_digest
from detection import services
from detection.frames import probe
from detection.models import Analysis, Camera, Clip, Verdict
from detection.services import (
    ClipDuplicate,
    analysis_start,
    camera_create,
    camera_token_renew,
    camera_update,
    clip_add,
    clip_delete,
    clip_filmed_at_change,
    clip_store,
    verdict_set,
    verdicts_attach,
)
from jobs import broker
from jobs.models import Job
from tests.detection.makers import NOON, make_analysis, make_camera, make_clip, make_release

TIMES = [i / 10 for i in range(10)]


@pytest.fixture
def gate(db) -> Camera:
    return make_camera()


@pytest.fixture
def active(db):
    release = make_release()
    release.is_active = True
    release.save()
    return release


def upload(path: Path, name: str = "clip.mp4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, path.read_bytes())


def files_in(folder: Path) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def test_a_clip_is_stored_with_its_facts_and_queued(gate, video, bob, active):
    path = video(TIMES, size=(128, 96))
    clip = clip_add(camera=gate, file=upload(path, "Gate north.mp4"), filmed_at=NOON, by=bob)
    clip.refresh_from_db()
    assert (clip.original_name, clip.width, clip.height, clip.content_type) == (
        "Gate north.mp4",
        128,
        96,
        "video/mp4",
    )
    assert clip.duration == pytest.approx(timedelta(seconds=1), abs=timedelta(seconds=0.1))
    assert Path(clip.file.path).read_bytes() == path.read_bytes()
    assert "Gate" not in clip.file.name, "the stored name is ours"
    assert clip.thumbnail.read().startswith(b"\xff\xd8")
    analysis = clip.analyses.get()
    assert (analysis.release, analysis.settings) == (active, {"frames_per_second": 5.0})
    assert analysis.follows_active
    job = analysis.job
    assert (job.kind, job.owner, job.target_id, job.state) == ("detection.process_clip", bob, analysis.pk, "queued")


def test_an_upload_that_lies_on_disk_is_moved_not_copied(gate, video, settings, active):
    file = TemporaryUploadedFile("clip.mp4", "video/mp4", 0, None)
    file.write(video(TIMES).read_bytes())
    file.flush()
    inode = Path(file.temporary_file_path()).stat().st_ino
    clip = clip_add(camera=gate, file=file, filmed_at=NOON, by=None)
    file.close()
    assert Path(clip.file.path).stat().st_ino == inode
    assert files_in(settings.FILE_UPLOAD_TEMP_DIR) == []


def test_a_file_somebody_keeps_is_copied(gate, video):
    path = video(TIMES)
    with path.open("rb") as source:
        clip = clip_store(camera=gate, file=File(source, name=str(path)), filmed_at=NOON, by=None)
    assert path.exists()
    assert clip.original_name == "clip.mp4"


@pytest.mark.parametrize("content", [b"", b"Dear sir or madam,\n" * 100])
def test_a_file_that_is_no_video_is_refused_with_a_sentence_and_leaves_no_file(gate, bob, settings, active, content):
    with pytest.raises(ValidationError) as refused:
        clip_add(camera=gate, file=SimpleUploadedFile("clip.mp4", content), filmed_at=NOON, by=bob)
    assert refused.value.messages[0].endswith(".")
    assert files_in(settings.MEDIA_ROOT) == []
    assert not Clip.objects.exists()
    assert not Job.objects.exists()


def test_a_file_too_large_is_refused(gate, video, settings, active):
    settings.MAX_CLIP_BYTES = 1000
    with pytest.raises(ValidationError, match="too large"):
        clip_add(camera=gate, file=upload(video(TIMES)), filmed_at=NOON, by=None)
    assert files_in(settings.MEDIA_ROOT) == []


def test_the_same_video_twice_names_the_one_that_is_there(gate, video, settings, active):
    path = video(TIMES)
    first = clip_add(camera=gate, file=upload(path), filmed_at=NOON, by=None)
    stored = files_in(settings.MEDIA_ROOT)
    with pytest.raises(ClipDuplicate) as refused:
        clip_add(camera=gate, file=upload(path, "other.mp4"), filmed_at=NOON, by=None)
    assert refused.value.clip == first
    assert files_in(settings.MEDIA_ROOT) == stored


def test_the_same_video_at_the_same_time_is_stored_once(gate, video, settings, active, monkeypatch):
    path = video(TIMES)
    first = clip_add(camera=gate, file=upload(path), filmed_at=NOON, by=None)
    stored = files_in(settings.MEDIA_ROOT)
    found, calls = Clip.objects.filter, []

    def filter_that_is_too_early(*args, **kwargs):
        calls.append(kwargs)
        return found(pk=0) if len(calls) == 1 else found(*args, **kwargs)

    monkeypatch.setattr(Clip.objects, "filter", filter_that_is_too_early)
    with pytest.raises(ClipDuplicate) as refused:
        clip_add(camera=gate, file=upload(path), filmed_at=NOON, by=None)
    assert refused.value.clip == first
    assert files_in(settings.MEDIA_ROOT) == stored


def test_another_camera_may_have_the_same_video(gate, video, active):
    path = video(TIMES)
    for camera in (gate, make_camera("yard")):
        clip_add(camera=camera, file=upload(path), filmed_at=NOON, by=None)
    assert Clip.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_clip_that_is_committed_keeps_its_file_though_the_queue_cannot_be_reached(
    gate, video, settings, active, monkeypatch
):
    def unreachable(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(broker, "async_task", unreachable)
    clip = clip_add(camera=gate, file=upload(video(TIMES)), filmed_at=NOON, by=None)
    assert Path(clip.file.path).read_bytes() == video(TIMES).read_bytes()
    monkeypatch.undo()
    Job.objects.update(queued_at=NOON)
    assert broker.broker_repair() == 1, "the job is queued all the same, and gets its entry later"


def test_when_the_rows_cannot_be_written_the_files_go_too(gate, video, settings, active, monkeypatch):
    def fails(**kwargs):
        raise RuntimeError("no queue")

    monkeypatch.setattr(services, "job_enqueue", fails)
    with pytest.raises(RuntimeError):
        clip_add(camera=gate, file=upload(video(TIMES)), filmed_at=NOON, by=None)
    assert files_in(settings.MEDIA_ROOT) == []
    assert not Clip.objects.exists()


def test_a_clip_of_a_time_that_no_calendar_of_a_camera_holds_is_refused(gate, video, active):
    moment = datetime(1, 1, 1, tzinfo=UTC)  # in New York, this is before the year 1
    with pytest.raises(ValidationError, match="before"):
        clip_add(camera=gate, file=upload(video(TIMES)), filmed_at=moment, by=None)
    with pytest.raises(ValidationError, match="before"):
        clip_filmed_at_change(clip=make_clip(gate), filmed_at=moment, by=None)


@pytest.mark.parametrize("seconds", [7 * 24 * 3600 + 1, 1e18])
def test_a_video_that_says_it_lasts_for_years_is_refused(gate, video, settings, active, monkeypatch, seconds):
    monkeypatch.setattr(services, "probe", lambda path: replace(probe(path), duration=seconds))
    with pytest.raises(ValidationError, match="longer than a week"):
        clip_add(camera=gate, file=upload(video(TIMES)), filmed_at=NOON, by=None)
    assert files_in(settings.MEDIA_ROOT) == []


def test_a_clip_of_the_future_is_refused(gate, video, active):
    with pytest.raises(ValidationError) as refused:
        clip_add(camera=gate, file=upload(video(TIMES)), filmed_at=timezone.now() + timedelta(days=3), by=None)
    assert "filmed_at" in refused.value.message_dict


def test_without_an_active_release_a_clip_is_refused(gate, video, settings, tmp_path):
    settings.BUNDLED_RELEASES = tmp_path
    with pytest.raises(ValidationError, match="model"):
        clip_add(camera=gate, file=upload(video(TIMES)), filmed_at=NOON, by=None)


def test_deleting_a_clip_takes_its_files_and_cancels_its_job(
    gate, video, bob, active, settings, django_capture_on_commit_callbacks
):
    clip = clip_add(camera=gate, file=upload(video(TIMES)), filmed_at=NOON, by=bob)
    job = clip.analyses.get().job
    with django_capture_on_commit_callbacks(execute=True):
        clip_delete(clip=clip, by=bob)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert not Clip.objects.exists()
    assert files_in(settings.MEDIA_ROOT) == []
    assert AuditEntry.objects.filter(action="clip_delete", actor=bob).exists()


def test_judging_again_makes_a_new_analysis_and_keeps_the_old(gate, bob):
    clip = make_clip(gate)
    old = make_analysis(clip, "with_mask")
    new = analysis_start(clip=clip, release=make_release(), by=bob, frames_per_second=2)
    assert set(clip.analyses.all()) == {old, new}
    assert old.passages.count() == 1
    assert new.settings == {"frames_per_second": 2}
    clip.refresh_from_db()
    assert clip.counted_analysis == old, "until the new one is finished"


@pytest.mark.parametrize("rate", [0, 0.1, 61, float("nan")])
def test_an_impossible_rate_is_refused(gate, bob, rate):
    with pytest.raises(ValidationError):
        analysis_start(clip=make_clip(gate), release=make_release(), by=bob, frames_per_second=rate)
    assert not Analysis.objects.exists()


def test_a_persons_verdict_stands_beside_the_networks(gate, bob):
    passage = make_analysis(make_clip(gate), "with_mask").passages.get()
    verdict_set(passage=passage, verdict="without_mask", by=bob, note="under the chin")
    passage.refresh_from_db()
    assert passage.verdict == "with_mask"
    verdict = passage.verdicts.get()
    assert (verdict.verdict, verdict.by, verdict.note, verdict.path) == (
        "without_mask",
        bob,
        "under the chin",
        passage.path,
    )
    entry = AuditEntry.objects.get(action="verdict_set")
    assert entry.detail == {"before": "with_mask", "after": "without_mask", "clip": verdict.clip_id}


def test_a_verdict_nobody_knows_is_refused(gate, bob):
    passage = make_analysis(make_clip(gate), "with_mask").passages.get()
    with pytest.raises(ValidationError):
        verdict_set(passage=passage, verdict="perhaps", by=bob)
    assert not Verdict.objects.exists()


def test_verdicts_go_to_the_passages_they_fit_and_the_rest_is_listed(gate, bob):
    clip = make_clip(gate)
    old = make_analysis(clip, "with_mask", "unknown", begins=[1, 20])
    kept = verdict_set(passage=old.passages.get(number=1), verdict="without_mask", by=bob)
    loose = verdict_set(passage=old.passages.get(number=2), verdict="with_mask", by=bob)
    new = make_analysis(clip, "with_mask", begins=[1.1])
    assert verdicts_attach(analysis=new) == [loose]
    for row in (kept, loose):
        row.refresh_from_db()
    assert kept.passage == new.passages.get()
    assert loose.passage is None


def test_what_is_said_of_an_analysis_that_counts_no_longer_goes_to_the_one_that_does(gate, bob):
    clip = make_clip(gate)
    old = make_analysis(clip, "with_mask", "with_mask", begins=[1.0, 30.0])
    passages = list(old.passages.all())  # as a page shows them that was opened before
    new = make_analysis(clip, "with_mask")
    assert verdict_set(passage=passages[0], verdict="without_mask", by=bob).passage == new.passages.get()
    assert verdict_set(passage=passages[1], verdict="without_mask", by=bob).passage is None, "it fits none"


def test_a_corrected_clock_moves_the_clip_and_is_on_record(gate, bob):
    clip = make_clip(gate, filmed_at=NOON)
    later = datetime(2026, 7, 1, 13, tzinfo=UTC)
    clip_filmed_at_change(clip=clip, filmed_at=later, by=bob)
    clip.refresh_from_db()
    assert clip.filmed_at == later
    entry = AuditEntry.objects.get(action="clip_filmed_at_change")
    assert entry.detail == {"before": "2026-07-01T12:00:00+00:00", "after": "2026-07-01T13:00:00+00:00"}


def test_a_cameras_token_is_shown_once_and_only_its_digest_kept(gate, wanda):
    token = camera_token_renew(camera=gate, by=wanda)
    gate.refresh_from_db()
    assert token.startswith("mwcam_")
    assert gate.token_digest == token_digest(token)
    assert camera_token_renew(camera=gate, by=wanda) != token
    assert token not in str(list(AuditEntry.objects.values()))


def test_a_camera_needs_a_name_of_its_own_and_a_real_time_zone(wanda, gate):
    with pytest.raises(ValidationError) as refused:
        camera_create(name="gate", by=wanda)
    assert "name" in refused.value.message_dict
    with pytest.raises(ValidationError) as refused:
        camera_create(name="yard", time_zone="Middle/Earth", by=wanda)
    assert "time_zone" in refused.value.message_dict
    assert Camera.objects.count() == 1


def test_a_camera_is_changed_with_its_members(gate, wanda, charlie):
    camera_update(
        camera=gate,
        by=wanda,
        name="gate 2",
        place="north",
        time_zone="Europe/Berlin",
        frames_per_second=2,
        members=[charlie],
    )
    gate.refresh_from_db()
    assert (gate.name, gate.time_zone, list(gate.members.all())) == ("gate 2", "Europe/Berlin", [charlie])
    assert AuditEntry.objects.get(action="camera_update").detail["before"]["name"] == "gate"
