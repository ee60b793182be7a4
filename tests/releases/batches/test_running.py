"""The job of a batch: what it stores, and what it does after a kill, a cancel, a switch of the active model."""

import io

import pytest
from django.utils import timezone
from PIL import Image

from jobs.models import Job
from jobs.reporter import JobCancelled, Progress
from releases.batches.models import PictureBatch
from releases.batches.running import BatchFailure, run
from releases.batches.services import batch_create, batch_delete, batch_start
from releases.batches.zip_portions import zip_portion_add
from tests.releases.batches.makers import (
    BLACK,
    BLUE,
    LEFT_HALF,
    RED,
    ByColour,
    filled,
    judged,
    picture,
    reporter_of,
    zipped,
)
from tests.yolo.random_release import random_pictures
from yolo.release import ReleaseError

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {"red.png": picture(RED), "blue.png": picture(BLUE), "note.txt": b"no picture", "black.png": picture(BLACK)}


def again(batch):
    """The job as a second attempt at it finds it."""
    Job.objects.update(state=Job.State.QUEUED, attempt=2, cancel_requested_at=None)
    return Job.objects.get()


def test_each_picture_tells_what_was_found_and_a_bad_one_stops_no_other(dan, tiny_release):
    batch = judged(dan, FILES)
    red, blue, note, black = batch.pictures.all()
    assert (red.state, red.width, red.height, red.counts, red.found) == ("seen", 60, 40, {"with_mask": 1}, 1)
    assert red.boxes == [{"class": "with_mask", "score": 0.9, "chance": None, "xyxy": LEFT_HALF}]
    assert [box["score"] for box in blue.boxes] == [0.9, 0.6]
    assert (note.state, note.reason) == ("unreadable", "This is not a JPEG, PNG, WebP, BMP or TIFF picture.")
    assert (black.state, black.found, black.boxes) == ("seen", 0, [])
    assert batch.report == {
        "seen": 3,
        "unreadable": 1,
        "nothing": 1,
        "boxes": {"with_mask": 1, "without_mask": 2, "worn_incorrectly": 0},
        "pictures": {"with_mask": 1, "without_mask": 1, "worn_incorrectly": 0},
    }
    assert batch.finished_at is not None
    assert [one.thumbnail_path.exists() for one in (red, note)] == [True, False]


def test_progress_counts_photographs(dan, tiny_release):
    batch = batch_start(batch=filled(dan, FILES), by=dan)
    told: list[Progress] = []
    run(reporter_of(batch.job, told), batch.pk, load=lambda release: ByColour())
    assert [one.done for one in told] == [0, 1, 2, 3, 4]
    assert told[-1].total == 4


def test_the_score_of_the_batch_reaches_the_network_and_pictures_are_upright(dan, tiny_release):
    exif = Image.Exif()
    exif[274] = 6  # held on its side: 60 x 40 becomes 40 x 60
    batch = batch_start(batch=filled(dan, {"a.jpg": picture(RED, kind="JPEG", exif=exif)}, score=0.2), by=dan)
    detector = ByColour()
    run(reporter_of(batch.job), batch.pk, load=lambda release: detector)
    assert detector.seen == [(40, 60, 0.2)]
    assert (batch.pictures.get().width, batch.pictures.get().height) == (40, 60)


def test_pictures_are_read_out_of_zips(dan, tiny_release):
    batch, content = batch_create(by=dan), zipped({"in/red.png": picture(RED), "bad.png": b"x"})
    zip_portion_add(batch=batch, name="a.zip", size=len(content), offset=0, content=io.BytesIO(content))
    batch = batch_start(batch=batch, by=dan)
    run(reporter_of(batch.job), batch.pk, load=lambda release: ByColour())
    assert list(batch.pictures.values_list("state", flat=True)) == ["seen", "unreadable"]


class Killed(BaseException):
    pass


class KilledAtTheThird(ByColour):
    def detect(self, image_bgr, *, score=None):
        if len(self.seen) == 2:
            raise Killed
        return super().detect(image_bgr, score=score)


def test_after_a_kill_no_picture_is_looked_at_twice(dan, tiny_release):
    """Four pictures, of which the process that is killed has finished two."""
    files = {f"{number}.png": picture(RED) for number in range(4)}
    files = {name: content + name.encode() for name, content in files.items()}
    batch = batch_start(batch=filled(dan, files), by=dan)
    with pytest.raises(Killed):
        run(reporter_of(batch.job), batch.pk, load=lambda release: KilledAtTheThird())
    assert PictureBatch.objects.get().report["seen"] == 2
    detector = ByColour()
    run(reporter_of(again(batch)), batch.pk, load=lambda release: detector)
    assert len(detector.seen) == 2
    assert PictureBatch.objects.get().report["boxes"]["with_mask"] == 4
    Job.objects.update(state=Job.State.QUEUED, attempt=3)
    run(reporter_of(Job.objects.get()), batch.pk, load=lambda release: pytest.fail("there is nothing left to do"))


class StoppedAtTheSecond(ByColour):
    def detect(self, image_bgr, *, score=None):
        if len(self.seen) == 1:
            Job.objects.update(cancel_requested_at=timezone.now())
        return super().detect(image_bgr, score=score)


def test_a_cancel_keeps_what_was_found_and_it_goes_on_from_there(dan, tiny_release):
    batch = batch_start(batch=filled(dan, FILES), by=dan)
    with pytest.raises(JobCancelled):
        run(reporter_of(batch.job), batch.pk, load=lambda release: StoppedAtTheSecond())
    assert batch.pictures.waiting().count() == 3
    run(reporter_of(again(batch)), batch.pk, load=lambda release: ByColour())
    batch.refresh_from_db()
    assert (batch.report["seen"], batch.report["unreadable"]) == (3, 1)


def test_a_model_made_active_meanwhile_does_not_judge_this_batch(dan, tiny_release):
    batch = batch_start(batch=filled(dan, FILES), by=dan)
    tiny_release.is_active = False
    tiny_release.save()
    loaded = []
    run(reporter_of(batch.job), batch.pk, load=lambda release: loaded.append(release) or ByColour())
    assert loaded == [tiny_release]
    assert PictureBatch.objects.get().release_name == "tiny-random"


def test_a_release_that_is_gone_or_broken_is_told(dan, tiny_release):
    batch = batch_start(batch=filled(dan, FILES), by=dan)

    def broken(release):
        raise ReleaseError("network.bin is missing.")

    with pytest.raises(BatchFailure, match=r"network\.bin is missing"):
        run(reporter_of(batch.job), batch.pk, load=broken)
    PictureBatch.objects.update(release=None)
    with pytest.raises(BatchFailure, match="has been deleted"):
        run(reporter_of(again(batch)), batch.pk)


class Failing(ByColour):
    def detect(self, image_bgr, *, score=None):
        if not self.seen:
            self.seen.append((0, 0, None))
            raise RuntimeError("out of memory")
        return super().detect(image_bgr, score=score)


def test_a_picture_on_which_the_model_fails_is_told_and_the_others_go_on(dan, tiny_release):
    batch = batch_start(batch=filled(dan, FILES), by=dan)
    run(reporter_of(batch.job), batch.pk, load=lambda release: Failing())
    assert batch.pictures.first().reason == "The model failed on this picture."
    assert PictureBatch.objects.get().report["seen"] == 2


class Deleting(ByColour):
    def detect(self, image_bgr, *, score=None):
        batch_delete(batch=PictureBatch.objects.get(), by=None)
        return super().detect(image_bgr, score=score)


def test_a_batch_that_is_deleted_meanwhile_leaves_no_file(dan, tiny_release):
    batch = batch_start(batch=filled(dan, FILES), by=dan)
    with pytest.raises((BatchFailure, JobCancelled)):
        run(reporter_of(batch.job), batch.pk, load=lambda release: Deleting())
    assert not batch.folder.exists()
    with pytest.raises(BatchFailure, match="deleted"):
        run(reporter_of(again(batch)), batch.pk)


def test_a_job_runs_the_real_network(dan, tiny_release):
    """The release of random weights sees something on noise; what matters is that the pieces fit together."""
    noise = io.BytesIO()
    Image.fromarray(random_pictures(1, 120, 200)).save(noise, "PNG")
    batch = batch_start(batch=filled(dan, {"noise.png": noise.getvalue()}, score=0.01), by=dan)
    run(reporter_of(batch.job), batch.pk)
    assert batch.pictures.get().found > 0
