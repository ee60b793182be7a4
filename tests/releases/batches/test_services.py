"""Batches of photographs: what they take in, when they start, when they go."""

import os
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import AuditEntry
from jobs.models import Job
from releases.batches import services
from releases.batches.models import BATCH_KIND, BatchPicture, PictureBatch, batch_is_visible, batches_folder
from releases.batches.services import batch_create, batch_delete, batch_start, batches_sweep, picture_add
from releases.services import ReleaseKept, release_delete
from tests.releases.batches.makers import BLUE, RED, filled, picture

pytestmark = pytest.mark.django_db(transaction=True)


def add(batch, name, content):
    return picture_add(batch=batch, name=name, file=ContentFile(content, name="upload"))


def files_of(batch):
    return sorted(path.name for path in batch.folder.iterdir())


def test_a_batch_is_kept_a_week_unless_a_day_is_asked_for(dan):
    week, day = batch_create(by=dan), batch_create(by=dan, keep_days=1)
    assert (week.expires_at - day.expires_at).days in {5, 6}  # six days but for the moment between the two
    assert week.name.startswith("Photographs of 20")
    with pytest.raises(ValidationError, match="1 to 7 days"):
        batch_create(by=dan, keep_days=8)


def test_pictures_of_one_name_in_two_folders_are_kept_apart(dan):
    batch = filled(dan, {"north/1.png": picture(RED), "south/1.png": picture(BLUE)})
    assert list(batch.pictures.values_list("name", flat=True)) == ["north/1.png", "south/1.png"]
    assert len(files_of(batch)) == 2


def test_the_same_picture_sent_again_is_one_and_another_of_its_name_gets_a_number(dan):
    batch = filled(dan, {"1.png": picture(RED)})
    assert add(batch, "1.png", picture(RED)) == batch.pictures.get()
    assert add(batch, "1.png", picture(BLUE)).name == "1 (2).png"
    assert add(batch, "1.png", picture(BLUE, size=(9, 9))).name == "1 (3).png"
    assert len(files_of(batch)) == 3


def test_no_name_leads_out_of_the_folder(dan):
    batch = filled(dan, {"../../etc/passwd.png": picture(RED)})
    [found] = batch.pictures.all()
    assert found.name == "etc/passwd.png"
    assert found.path.parent == batch.folder
    assert found.path.read_bytes() == picture(RED)


def test_what_is_empty_too_large_or_too_many_is_refused_and_leaves_no_file(dan, monkeypatch, settings):
    batch = filled(dan, {"1.png": picture(RED)})
    monkeypatch.setattr(services, "MOST_BYTES", 500)
    with pytest.raises(ValidationError, match="empty or larger"):
        add(batch, "2.png", b"")
    with pytest.raises(ValidationError, match="empty or larger"):
        add(batch, "2.png", b"x" * 501)
    settings.BATCH_MOST_BYTES = len(picture(RED)) + 10
    with pytest.raises(ValidationError, match="at most"):
        add(batch, "2.png", b"x" * 11)
    monkeypatch.setattr(services, "MOST_PICTURES", 1)
    with pytest.raises(ValidationError, match="up to 1 photographs"):
        add(batch, "2.png", b"x")
    assert len(files_of(batch)) == 1


def test_a_disk_that_is_nearly_full_takes_nothing_more(dan, monkeypatch):
    batch = filled(dan, {"1.png": picture(RED)})
    monkeypatch.setattr(services, "SPARE_BYTES", 2**62)
    with pytest.raises(ValidationError, match="nearly full"):
        add(batch, "2.png", picture(BLUE))
    assert batch.pictures.count() == 1


def test_starting_chooses_the_release_once_and_queues_a_job(dan, tiny_release):
    batch = batch_start(batch=filled(dan, {"1.png": picture(RED)}), by=dan)
    assert (batch.release, batch.release_name) == (tiny_release, "tiny-random")
    assert batch.thresholds == {"with_mask": 0.5, "without_mask": 0.5, "worn_incorrectly": 0.5}
    assert (batch.job.kind, batch.job.target_id, batch.job.owner) == (BATCH_KIND, batch.pk, dan)
    assert AuditEntry.objects.get(action="picture_batch_start").detail["photographs"] == 1
    with pytest.raises(ValidationError, match="Only a cancelled or failed job"):
        batch_start(batch=batch, by=dan)
    with pytest.raises(ValidationError, match="has been started"):
        add(batch, "2.png", picture(BLUE))


def test_a_score_takes_the_place_of_the_thresholds(dan, tiny_release):
    batch = batch_start(batch=filled(dan, {"1.png": picture(RED)}, score=0.25), by=dan)
    assert set(batch.thresholds.values()) == {0.25}


def test_a_stopped_batch_goes_on_with_the_release_it_has(dan, tiny_release):
    batch = batch_start(batch=filled(dan, {"1.png": picture(RED)}), by=dan)
    Job.objects.update(state=Job.State.CANCELLED, finished_at=timezone.now())
    tiny_release.is_active = False
    tiny_release.save()
    again = batch_start(batch=batch, by=dan)
    assert (again.job_id, again.release_name) == (batch.job_id, "tiny-random")
    assert Job.objects.get().state == Job.State.QUEUED


def test_without_a_picture_or_a_model_it_does_not_start(dan, settings, tmp_path):
    settings.BUNDLED_RELEASES = tmp_path
    with pytest.raises(ValidationError, match="no photograph in this batch"):
        batch_start(batch=batch_create(by=dan), by=dan)
    with pytest.raises(ValidationError, match="No model is active"):
        batch_start(batch=filled(dan, {"1.png": picture(RED)}), by=dan)
    assert not Job.objects.exists()


def test_deleting_stops_the_job_and_leaves_nothing_but_the_record(dan, tiny_release):
    batch = batch_start(batch=filled(dan, {"1.png": picture(RED)}), by=dan)
    batch_delete(batch=PictureBatch.objects.get(), by=dan)
    assert Job.objects.get().state == Job.State.CANCELLED
    assert not batch.folder.exists()
    assert not BatchPicture.objects.exists()
    detail = AuditEntry.objects.get(action="picture_batch_delete", actor=dan).detail
    assert detail == {"name": "Gate", "photographs": 1}


def test_the_sweep_deletes_what_is_over_and_folders_of_nothing(dan):
    over, kept = filled(dan, {"1.png": picture(RED)}), filled(dan, {"1.png": picture(RED)})
    PictureBatch.objects.filter(pk=over.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    lost, new = batches_folder() / "4711", batches_folder() / "4712"
    for folder in (lost, new):
        folder.mkdir()
    long_ago = time.time() - 2 * services.NEW_FOLDER
    os.utime(lost, (long_ago, long_ago))
    assert batches_sweep() == 1
    assert list(PictureBatch.objects.all()) == [kept]
    assert sorted(path.name for path in batches_folder().iterdir()) == sorted([str(kept.pk), "4712"])
    assert AuditEntry.objects.get(action="picture_batch_expire").actor is None


def test_a_batch_is_seen_by_its_owner_and_administrators_until_it_is_over(alice, bob, dan, charlie):
    batch = filled(dan, {"1.png": picture(RED)})
    assert [batch_is_visible(user, batch.pk) for user in (dan, alice, bob, charlie)] == [True, True, False, False]
    assert BatchPicture.objects.for_user(dan).count() == 1
    assert BatchPicture.objects.for_user(bob).count() == 0
    PictureBatch.objects.update(expires_at=timezone.now())
    assert not batch_is_visible(dan, batch.pk)


def test_a_release_is_kept_while_it_has_to_look_at_a_batch(dan, tiny_release):
    batch = batch_start(batch=filled(dan, {"1.png": picture(RED)}), by=dan)
    tiny_release.is_active = False
    tiny_release.save()
    with pytest.raises(ReleaseKept, match="still has to look at a batch"):
        release_delete(release=tiny_release, by=dan)
    PictureBatch.objects.update(finished_at=timezone.now())
    release_delete(release=tiny_release, by=dan)
    batch.refresh_from_db()
    assert (batch.release, batch.release_name) == (None, "tiny-random")
