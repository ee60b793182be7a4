"""What people change, and what holds against it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import AuditEntry
from jobs.models import Job
from labelling.models import Box, BoxClass, Dataset, Image, LabelImport
from labelling.services import (
    dataset_change,
    dataset_create,
    dataset_delete,
    images_delete,
    import_create,
    import_start,
)
from labelling.services import imports as import_services
from labelling.thumbnails import thumbnail_path
from labelling.versions import version_create
from tests.labelling.makers import import_here, jpeg, record

pytestmark = pytest.mark.django_db


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def stored() -> set[str]:
    return set(Image.objects.exclude(file="").values_list("file", flat=True))


def test_a_dataset_is_renamed_on_record(masks, carol):
    dataset_change(dataset=masks, name="faces ", description="of the street", by=carol)
    assert Dataset.objects.get().name == "faces"
    assert actions()[-1] == "dataset_change"


def test_a_name_is_taken_once(masks, carol):
    with pytest.raises(ValidationError):
        dataset_create(name="masks", by=carol)


def test_a_dataset_goes_with_its_files(masks, carol, django_capture_on_commit_callbacks):
    files = stored() | {LabelImport.objects.get().export.name}
    with django_capture_on_commit_callbacks(execute=True):
        dataset_delete(dataset=masks, by=carol)
    assert not (Image.objects.exists() or Box.objects.exists() or BoxClass.objects.exists())
    assert len(files) == 3
    assert not any(default_storage.exists(name) for name in files)
    assert actions()[-1] == "dataset_delete"


def test_a_dataset_stays_while_a_version_or_an_import_needs_it(masks, carol):
    row = import_start(dataset=masks, export=ContentFile(b"[]", name="e.json"), by=carol)
    with pytest.raises(ValidationError, match="under way"):
        dataset_delete(dataset=masks, by=carol)
    row.delete()
    version_create(dataset=masks, by=carol)
    with pytest.raises(ValidationError, match="frozen"):
        dataset_delete(dataset=masks, by=carol)


def test_images_go_with_their_files_unless_others_share_them(carol, django_capture_on_commit_callbacks):
    import_here(
        [record("a.jpg"), record("b.jpg"), record("c.jpg")], {"a.jpg": jpeg(), "b.jpg": jpeg(), "c.jpg": jpeg(seed=1)}
    )
    shared, alone = (Image.objects.get(external_id=name).file.name for name in ("a.jpg", "c.jpg"))
    with django_capture_on_commit_callbacks(execute=True):
        assert images_delete(images=Image.objects.filter(external_id__in=["a.jpg", "c.jpg"]), by=carol) == 2
    assert (default_storage.exists(shared), default_storage.exists(alone)) == (True, False)
    assert actions()[-2:] == ["image_delete", "image_delete"]


def thumbnails() -> set[str]:
    """Makes those of all images; their contents."""
    return {thumbnail_path(image).stem for image in Image.objects.exclude(file="")}


def thumbnails_kept(settings) -> set[str]:
    return {path.stem for path in (settings.MEDIA_ROOT / "thumbnails").rglob("*.jpg")}


def test_deleted_images_leave_no_thumbnail_unless_others_share_it(carol, settings, django_capture_on_commit_callbacks):
    import_here(
        [record("a.jpg"), record("b.jpg"), record("c.jpg")], {"a.jpg": jpeg(), "b.jpg": jpeg(), "c.jpg": jpeg(seed=1)}
    )
    shared, alone = (Image.objects.get(external_id=name).sha256 for name in ("b.jpg", "c.jpg"))
    assert thumbnails() == thumbnails_kept(settings) == {shared, alone}
    with django_capture_on_commit_callbacks(execute=True):
        images_delete(images=Image.objects.filter(external_id__in=["a.jpg", "c.jpg"]), by=carol)
    assert thumbnails_kept(settings) == {shared}


def test_a_deleted_dataset_leaves_no_thumbnail_but_those_of_other_datasets(
    carol, settings, django_capture_on_commit_callbacks
):
    import_here([record("a.jpg")], {"a.jpg": jpeg()}, dataset=dataset_create(name="others", by=carol))
    masks = dataset_create(name="masks", by=carol)
    import_here([record("a.jpg"), record("b.jpg")], {"a.jpg": jpeg(), "b.jpg": jpeg(seed=1)}, dataset=masks)
    assert len(thumbnails()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        dataset_delete(dataset=masks, by=carol)
    assert thumbnails_kept(settings) == {Image.objects.get().sha256}


def test_frozen_images_stay(masks, carol):
    version_create(dataset=masks, by=carol)
    with pytest.raises(ValidationError, match="frozen"):
        images_delete(images=Image.objects.all(), by=carol)
    assert Image.objects.count() == 3


def test_an_import_that_cannot_be_queued_leaves_no_files(masks, carol, settings, monkeypatch):
    def fails(**kwargs):
        raise RuntimeError("no queue")

    before = sorted(Path(settings.MEDIA_ROOT).rglob("*.*"))
    monkeypatch.setattr(import_services, "job_enqueue", fails)
    files = {"export": ContentFile(b"[]", name="e.json"), "pictures": ContentFile(b"PK", name="p.zip")}
    with pytest.raises(RuntimeError):
        import_start(dataset=masks, by=carol, **files)
    assert sorted(Path(settings.MEDIA_ROOT).rglob("*.*")) == before
    assert masks.imports.filter(export_name="e.json").count() == 0


def test_a_failed_import_does_not_hold_up_the_next(masks, carol):
    row = import_start(dataset=masks, export=ContentFile(b"[", name="e.json"), by=carol)
    type(row.job).objects.update(state="failed", finished_at=row.created_at)
    assert import_start(dataset=masks, export=ContentFile(b"[]", name="e.json"), by=carol).pk != row.pk


def test_an_import_that_a_command_runs_holds_up_the_next_as_well(masks, carol):
    row = import_create(dataset=masks, export=ContentFile(b"[]", name="e.json"), by=carol)
    Job.objects.create(kind="labelling.import", title="by a command", queue="short", target_id=row.pk)
    with pytest.raises(ValidationError, match="under way"):
        import_create(dataset=masks, export=ContentFile(b"[]", name="e.json"), by=carol)


def test_an_import_whose_command_was_killed_holds_nobody_up(masks, carol):
    row = import_create(dataset=masks, export=ContentFile(b"[]", name="e.json"), by=carol)
    long_ago = timezone.now() - timedelta(minutes=2)
    times = {"started_at": long_ago, "heartbeat_at": long_ago}
    Job.objects.create(kind="labelling.import", title="dead", queue="short", target_id=row.pk, state="running", **times)
    assert import_create(dataset=masks, export=ContentFile(b"[]", name="e.json"), by=carol).pk != row.pk
