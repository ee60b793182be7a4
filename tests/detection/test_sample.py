"""The sample clip: made on the spot, added once, with faces that the shipped release finds."""

import numpy as np
import pytest

from detection import processing
from detection.frames import probe
from detection.models import Camera, Clip
from detection.sample import HEIGHT, SECONDS, WIDTH, panorama, sample_frames, write_sample
from detection.services import ClipError, sample_clip_add
from tests.detection.makers import make_release
from tests.detection.test_processing import judge, reporter_of


@pytest.fixture
def active(db):
    release = make_release()
    release.is_active = True
    release.save()
    return release


def test_it_is_a_video_that_browsers_play(tmp_path):
    path = tmp_path / "sample.mp4"
    write_sample(path)
    facts = probe(path)
    assert (facts.width, facts.height, facts.codec, facts.content_type) == (WIDTH, HEIGHT, "h264", "video/mp4")
    assert facts.duration == pytest.approx(SECONDS, abs=0.1)
    assert path.read_bytes().index(b"moov") < path.read_bytes().index(b"mdat"), "it plays before it is loaded"


def test_the_same_bytes_come_out_each_time(tmp_path):
    for name in ("one.mp4", "two.mp4"):
        write_sample(tmp_path / name)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_the_camera_pans_from_the_first_photograph_to_the_last():
    pictures = [frame for number, frame in enumerate(sample_frames()) if number in {0, SECONDS * 25 - 1}]
    scene = panorama()
    assert np.abs(pictures[0][10:200].astype(int) - scene[13:203, 3 : 3 + WIDTH]).mean() < 12
    assert np.abs(pictures[1][10:200].astype(int) - scene[13:203, -3 - WIDTH : -3]).mean() < 12


def test_it_is_added_once_with_a_camera_of_its_own(active, bob):
    clip = sample_clip_add(by=bob)
    assert (clip.camera.name, clip.is_sample, clip.added_by) == ("Sample", True, bob)
    assert clip.analyses.get().job.owner == bob
    assert sample_clip_add(by=bob) == clip
    assert (Clip.objects.count(), Camera.objects.count()) == (1, 1)


def test_without_a_release_it_is_not_added_and_says_why(db, bob, settings, tmp_path):
    settings.BUNDLED_RELEASES = tmp_path
    with pytest.raises(ClipError, match="model"):
        sample_clip_add(by=bob)
    assert not Camera.objects.exists()


def test_its_job_runs(active, bob):
    analysis = sample_clip_add(by=bob).analyses.get()
    judge(analysis)
    assert analysis.frames == SECONDS * 5


def test_the_shipped_release_finds_a_masked_face_and_bare_ones(db, bob):
    clip = sample_clip_add(by=bob)
    analysis = clip.analyses.get()
    processing.run(reporter_of(analysis), analysis.pk)
    verdicts = sorted(analysis.passages.values_list("verdict", flat=True))
    assert verdicts == ["with_mask", "without_mask", "without_mask"]
