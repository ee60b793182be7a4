"""Files that releases are converted to. What converts is a stand-in; tests/yolo/test_conversion.py has the real one."""

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from jobs.models import Job
from jobs.services import JobFailed
from labelling.models import DatasetVersion
from labelling.real_pictures import validation_pictures
from releases import conversions, converting
from releases.conversions import conversion_delete, conversion_start
from releases.models import ReleaseConversion
from releases.real_pictures import real_pictures
from releases.services import release_activate, release_delete, release_folder, release_register
from tests.releases.makers import convert, copy_named
from tests.training.makers import make_version
from yolo.conversion import Compared

pytestmark = pytest.mark.usefixtures("stand_in")

SHA_OF_FILE = "3b9c358f36f0a31b6ad3e14f309c7cf198ac9246e8316f9ce543d5b19ac02b80"  # sha256sum of "file"


def test_a_file_is_made_and_put_on_record(tiny_release):
    row = convert(tiny_release)
    assert (row.size, row.sha256, row.largest_difference) == (4, SHA_OF_FILE, 0.000065)
    assert (row.is_there, row.path.read_bytes(), row.file_name) == (True, b"file", "tiny-random.onnx")


def test_it_is_compared_on_validation_pictures_where_their_version_is_here(tiny_release, stand_in):
    make_version(train=1, validation=10, test=1)
    DatasetVersion.objects.update(content_sha256="c" * 64)
    tiny_release.provenance = {"dataset": {"content_sha256": "c" * 64}}
    tiny_release.save()
    row = convert(tiny_release)
    assert (row.pictures, row.pictures_from) == (8, "validation")
    assert {picture.shape for picture in stand_in["pictures"]} == {(96, 96, 3)}


def test_a_validation_picture_that_cannot_be_read_is_left_out(tiny_release):
    version = make_version(train=0, validation=2, test=0)
    DatasetVersion.objects.update(content_sha256="c" * 64)
    tiny_release.provenance = {"dataset": {"content_sha256": "c" * 64}}
    frozen = version.images.first()
    frozen.image.file.storage.delete(frozen.image.file.name)
    assert len(validation_pictures(tiny_release, 8)) == 1


def test_without_its_version_it_is_compared_on_frames_of_the_sample_clip(tiny_release):
    origin, pictures = real_pictures(tiny_release, most=3)
    assert (origin, len(pictures)) == ("sample", 3)
    assert {picture.shape for picture in pictures} == {(360, 640, 3)}
    assert not np.array_equal(pictures[0], pictures[2])
    assert convert(tiny_release).pictures == 8


def test_a_file_that_is_there_or_under_way_is_not_made_again(tiny_release, dan):
    row = conversion_start(release=tiny_release, form="keras", by=dan)
    again = conversion_start(release=tiny_release, form="keras", by=dan)
    assert (again.pk, again.job_id, Job.objects.count()) == (row.pk, row.job_id, 1)
    assert row.job.title == "Convert tiny-random to Keras"
    made = convert(tiny_release, "onnx")
    assert conversion_start(release=tiny_release, form="onnx", by=dan) == made
    assert Job.objects.filter(target_id=made.pk).count() == 1  # the one that made it


def test_a_file_that_was_lost_is_made_again(tiny_release, dan):
    row = convert(tiny_release)
    row.path.unlink()
    assert not row.is_there
    assert conversion_start(release=tiny_release, form="onnx", by=dan).job.state == "queued"
    assert convert(tiny_release).is_there


def test_a_file_that_was_cut_short_is_not_handed_out(tiny_release):
    row = convert(tiny_release)
    row.path.write_bytes(b"fil")
    assert not row.is_there


def test_a_network_that_does_not_fit_into_memory_is_refused_before_a_job_is_queued(tiny_release, dan, monkeypatch):
    monkeypatch.setattr(conversions, "too_large", lambda release: "It takes 19 GB of memory.")
    with pytest.raises(ValidationError, match="19 GB"):
        conversion_start(release=tiny_release, form="onnx", by=dan)
    assert not ReleaseConversion.objects.exists()
    assert not Job.objects.exists()


def test_a_form_that_nobody_knows_names_its_field(tiny_release, dan):
    with pytest.raises(ValidationError) as refused:
        conversion_start(release=tiny_release, form="pickle", by=dan)
    assert list(refused.value.message_dict) == ["form"]


def test_a_release_that_is_not_whole_is_refused_with_the_reason(tiny_release, dan):
    (release_folder(tiny_release) / "weights.npz").unlink()
    with pytest.raises(ValidationError, match=r"weights\.npz is missing"):
        conversion_start(release=tiny_release, form="onnx", by=dan)


def test_what_cannot_be_converted_is_told_on_the_job_and_can_be_tried_again(tiny_release, stand_in):
    stand_in["refuse"] = "The onnx file computes something else than the network."
    with pytest.raises(JobFailed, match="something else"):
        convert(tiny_release)
    assert not ReleaseConversion.objects.get().is_there
    stand_in["refuse"] = ""
    assert convert(tiny_release).is_there


def test_a_stop_that_comes_while_it_is_written_leaves_no_file(tiny_release, monkeypatch):
    def stopped(release, *, form, to, pictures, on_wait):
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(b"file")
        Job.objects.update(cancel_requested_at="2026-11-22T12:00:00Z")
        return Compared(0.0, 1)

    monkeypatch.setattr(converting, "convert", stopped)
    with pytest.raises(JobFailed):
        convert(tiny_release)
    row = ReleaseConversion.objects.get()
    assert (row.made_at, row.path.exists(), Job.objects.get().state) == (None, False, "cancelled")


def test_files_go_with_their_release_and_its_jobs_stop(
    tiny_release, tiny_release_folder, tmp_path, dan, django_capture_on_commit_callbacks
):
    folder = copy_named(tiny_release_folder, tmp_path / "second", name="second", created="2026-11-23")
    second = release_register(folder=folder, by=None)
    made = convert(second, "onnx").path
    job = conversion_start(release=second, form="keras", by=dan).job
    release_activate(release=tiny_release, by=None)
    with django_capture_on_commit_callbacks(execute=True):
        release_delete(release=second, by=dan)
    job.refresh_from_db()
    assert (made.exists(), job.state, ReleaseConversion.objects.count()) == (False, "cancelled", 0)


def test_one_file_is_deleted_and_the_other_stays(tiny_release, dan, django_capture_on_commit_callbacks):
    onnx, keras = convert(tiny_release, "onnx"), convert(tiny_release, "keras")
    with django_capture_on_commit_callbacks(execute=True):
        conversion_delete(conversion=onnx, by=dan)
    assert (onnx.path.exists(), keras.is_there) == (False, True)
    assert list(ReleaseConversion.objects.all()) == [keras]


def test_the_page_of_a_release_offers_to_make_and_to_download(client, dan, tiny_release):
    client.force_login(dan)
    address = reverse("releases:release", args=[tiny_release.pk])
    assert client.get(address).content.decode().count('<input type="hidden" name="form"') == 2
    made = convert(tiny_release)
    page = " ".join(client.get(address).content.decode().split())
    assert "differ from the network's by 0.000065 at most, on 8 frames of the sample clip." in page
    assert SHA_OF_FILE in page
    assert reverse("releases:conversion_file", args=[made.pk]) in page
    client.post(reverse("releases:convert", args=[tiny_release.pk]), {"form": "keras"})
    job = ReleaseConversion.objects.get(form="keras").job
    assert f'data-awaited-job="{job.pk}"' in client.get(address).content.decode()


def test_the_file_is_downloaded_and_a_lost_one_is_told(client, bob, tiny_release):
    row = convert(tiny_release)
    client.force_login(bob)
    address = reverse("releases:conversion_file", args=[row.pk])
    answer = client.get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="tiny-random.onnx"'
    assert b"".join(answer.streaming_content) == b"file"
    row.path.unlink()
    assert "This file is not there" in client.get(address, follow=True).content.decode()


def test_who_only_looks_at_releases_has_none_made(client, bob, tiny_release):
    client.force_login(bob)
    address = reverse("releases:convert", args=[tiny_release.pk])
    assert client.post(address, {"form": "onnx"}).status_code == 403
    assert 'name="form"' not in client.get(reverse("releases:release", args=[tiny_release.pk])).content.decode()


def test_a_refusal_is_told_on_the_page(client, dan, tiny_release, monkeypatch):
    monkeypatch.setattr(conversions, "too_large", lambda release: "It takes 19 GB of memory.")
    client.force_login(dan)
    answer = client.post(reverse("releases:convert", args=[tiny_release.pk]), {"form": "onnx"}, follow=True)
    assert "It takes 19 GB of memory." in answer.content.decode()


def test_the_command_makes_a_file_once_and_copies_it(tiny_release, tmp_path, capsys, stand_in):
    to = tmp_path / "out" / "net.onnx"
    call_command("release_convert", "--release", "tiny-random", "--format", "onnx", "--to", str(to), "--json")
    first = capsys.readouterr().out
    assert f'"path": "{to}", "bytes": 4, "sha256": "{SHA_OF_FILE}", "largest_difference": 6.5e-05' in first
    assert to.read_bytes() == b"file"
    stand_in["refuse"] = "not again"
    call_command("release_convert", "--format", "onnx", "--json")
    assert str(ReleaseConversion.objects.get().path) in capsys.readouterr().out


def test_the_command_says_what_is_wrong(tiny_release, tmp_path, dan):
    with pytest.raises(CommandError, match="no release named nobody"):
        call_command("release_convert", "--release", "nobody", "--format", "onnx")
    with pytest.raises(CommandError, match="cannot be written to"):
        call_command("release_convert", "--format", "onnx", "--to", str(tmp_path))
    conversion_start(release=tiny_release, form="keras", by=dan)
    with pytest.raises(CommandError, match="A job is making this file"):
        call_command("release_convert", "--format", "keras")
