"""`manage.py process_clip`, as scripts call it."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from detection import processing
from detection.models import Camera, Clip
from jobs.models import Job
from tests.detection.fakes import SIZE, FakeDetector
from tests.detection.makers import make_camera, make_release

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fake_network(db, monkeypatch):
    release = make_release()
    release.is_active = True
    release.save()
    monkeypatch.setitem(processing.run.__kwdefaults__, "load", lambda release: FakeDetector())


@pytest.fixture
def clip_file(video):
    return video([i / 10 for i in range(20)], size=SIZE)


def process(*args) -> dict:
    out = StringIO()
    call_command("process_clip", *args, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_it_prints_the_passages_of_the_clip(clip_file):
    found = process(str(clip_file), "--camera", "gate", "--fps", "5")
    clip = Clip.objects.get()
    told = {"clip", "precision", "frames", "seconds", "passages", "counts", "wall_seconds", "frames_per_second"}
    assert set(found) == told
    assert found["precision"] == "f32"
    # The last of 20 frames begins at 1.9 s and is shown for 1/25 s.
    assert (found["clip"], found["frames"], found["seconds"]) == (clip.pk, 10, 1.94)
    assert found["passages"] == [
        {"verdict": "with_mask", "confidence": 0.8, "begins": 0.0, "ends": 1.8},
        {"verdict": "without_mask", "confidence": 0.9, "begins": 1.0, "ends": 1.8},
    ]
    assert found["counts"] == {"with_mask": 1, "without_mask": 1, "worn_incorrectly": 0, "unknown": 0}
    assert found["frames_per_second"] == pytest.approx(10 / found["wall_seconds"], rel=0.05)
    assert clip.camera.name == "gate"
    job = clip.analyses.get().job
    assert (job.state, job.done, job.total) == (Job.State.SUCCEEDED, 10, 10)


def test_a_clip_that_is_there_is_judged_again(clip_file):
    first = process(str(clip_file), "--camera", "gate")
    again = process(str(clip_file), "--camera", "gate", "--fps", "2")
    clip = Clip.objects.get()
    assert first["clip"] == again["clip"] == clip.pk
    assert clip.analyses.count() == 2
    assert again["frames"] == 4
    assert clip.counted_analysis.frames == 4


def test_a_time_without_offset_is_that_of_the_camera(clip_file):
    make_camera("gate", time_zone="Europe/Berlin")
    process(str(clip_file), "--camera", "gate", "--filmed-at", "2026-07-01T14:00:00")
    assert Clip.objects.get().filmed_at == datetime(2026, 7, 1, 12, tzinfo=UTC)
    process(str(clip_file), "--camera", "gate", "--filmed-at", "2026-07-01T14:00:00+00:00")
    assert Clip.objects.get().filmed_at == datetime(2026, 7, 1, 14, tzinfo=UTC)


def test_what_cannot_be_judged_ends_with_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="no file"):
        process(str(tmp_path / "nothing.mp4"), "--camera", "gate")
    text = tmp_path / "text.mp4"
    text.write_text("Dear sir or madam")
    with pytest.raises(CommandError, match=r"This file is no video\."):
        process(str(text), "--camera", "gate")
    assert not Camera.objects.exists()


def test_pages_follow_its_job_while_it_runs(clip_file, monkeypatch):
    seen = []

    class Watched(FakeDetector):
        def detect(self, image_bgr, *, score=None):
            seen.append(Clip.objects.get().analyses.get().job)
            return super().detect(image_bgr, score=score)

    monkeypatch.setitem(processing.run.__kwdefaults__, "load", lambda release: Watched())
    process(str(clip_file), "--camera", "gate")
    assert {job and job.state for job in seen} == {Job.State.RUNNING}


def test_an_error_of_the_runner_is_told(clip_file, monkeypatch):
    def broken(release):
        raise processing.ReleaseError("The release is broken.")

    monkeypatch.setitem(processing.run.__kwdefaults__, "load", broken)
    with pytest.raises(CommandError, match="broken"):
        process(str(clip_file), "--camera", "gate")
    assert Camera.objects.get().clips.get().analyses.get().job.state == Job.State.FAILED
