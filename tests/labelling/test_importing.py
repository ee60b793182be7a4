"""Imports as jobs: what is in the database and in storage afterwards."""

import json
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from jobs.models import Job
from jobs.services import JobFailed, job_run_here
from labelling import importing
from labelling.models import IMPORT_KIND, Box, Dataset, Image, LabelImport
from labelling.pictures import examine_picture
from labelling.services import (
    box_change,
    boxes_delete,
    dataset_create,
    import_again,
    import_confirm,
    import_create,
)
from tests.labelling.makers import bbox, encoded, import_here, jpeg, noise, record, zipped

pytestmark = pytest.mark.django_db

TWO = [
    record("a.jpg", [bbox("With mask", 2, 3, 10, 12), bbox("Without mask", 20, 5, 30, 10)], **{"Seconds to Label": 7}),
    record("b.jpg"),
]
FILES = {"a.jpg": jpeg(40, 30, seed=1), "b.jpg": jpeg(50, 20, seed=2)}


def content() -> list:
    """All that an import may change, with its row ids."""
    tables = (Image.objects.order_by("pk"), Box.objects.order_by("pk"))
    return [list(table.values_list()) for table in tables]


def test_images_and_boxes_are_stored():
    row = import_here(TWO, FILES)
    first, second = Image.objects.visible()
    assert (first.width, first.height, first.depth, first.seconds_to_label) == (40, 30, 3, 7)
    assert first.source_row == {"ID": "id-a.jpg"}
    assert default_storage.open(first.file.name).read() == FILES["a.jpg"]
    boxes = [(box.box_class.name, box.xyxy) for box in first.boxes.all()]
    assert boxes == [("with_mask", (2, 3, 12, 15)), ("without_mask", (20, 5, 40, 15))]
    assert (second.width, second.height, second.boxes.count()) == (50, 20, 0)
    assert row.report["changes"] == {"added": 2, "updated": 0, "kept": 0}
    assert not row.pictures
    assert Job.objects.get().state == Job.State.SUCCEEDED


def zipped_export(form: str) -> bytes:
    """An export with its two pictures in one zip; the second shows nothing."""
    match form:
        case "labelbox":
            labels = {"export.json": json.dumps(TWO).encode()}
        case "yolo":
            labels = {"data.yaml": b"names: [with_mask]", "labels/a.txt": b"0 0.5 0.5 0.5 0.5"}
    return zipped({**labels, **{f"images/{name}": each for name, each in FILES.items()}})


@pytest.mark.parametrize("form", ["labelbox", "yolo"])
def test_an_import_that_is_done_keeps_no_second_copy_of_the_pictures(form, alice):
    dataset = dataset_create(name="masks", by=None)
    row = import_create(dataset=dataset, export=ContentFile(zipped_export(form), name="all.zip"), by=alice)
    whole = default_storage.path(row.export.name)
    job_run_here(kind=IMPORT_KIND, title="import", owner=None, target_id=row.pk)
    row.refresh_from_db()
    assert not Path(whole).exists()
    with zipfile.ZipFile(row.export.path) as kept:
        assert not [name for name in kept.namelist() if name.endswith(".jpg")]
    before = content()
    assert (Image.objects.count(), row.report["negative"]) == (2, 1)

    again = import_again(earlier=row, pictures=ContentFile(zipped(FILES), name="pictures.zip"), by=alice)
    job_run_here(kind=IMPORT_KIND, title="import", owner=None, target_id=again.pk)
    again.refresh_from_db()
    assert content() == before
    assert (again.report["images"], again.report["negative"]) == (row.report["images"], 1)


def test_a_look_keeps_the_pictures_for_the_import_that_may_follow(alice):
    dataset = dataset_create(name="masks", by=None)
    export = ContentFile(zipped_export("labelbox"), name="all.zip")
    row = import_create(dataset=dataset, export=export, by=alice, dry_run=True)
    job_run_here(kind=IMPORT_KIND, title="look", owner=None, target_id=row.pk)
    row.refresh_from_db()
    row = import_confirm(looked_at=row, class_map={}, by=alice)
    job_run_here(kind=IMPORT_KIND, title="import", owner=None, target_id=row.pk)
    assert not any(image.is_pending for image in Image.objects.all())


def test_pictures_are_forgotten_by_the_next_try_where_the_first_died_before():
    row = import_here(TWO, FILES)
    row.pictures.save("pictures.zip", ContentFile(zipped(FILES)))
    left = Path(row.pictures.path)
    job_run_here(kind=IMPORT_KIND, title="again", owner=None, target_id=row.pk)
    row.refresh_from_db()
    assert not row.pictures
    assert not left.exists()


def test_an_export_that_cannot_be_kept_without_its_pictures_stays_as_it_was(alice, monkeypatch):
    dataset = dataset_create(name="masks", by=None)
    row = import_create(dataset=dataset, export=ContentFile(zipped_export("yolo"), name="all.zip"), by=alice)
    whole, save = Path(row.export.path), LabelImport.save

    def broken(self, *args, update_fields=None, **values):
        if update_fields == ["export"]:
            raise OSError("No space left on device")
        save(self, *args, update_fields=update_fields, **values)

    with monkeypatch.context() as full:
        full.setattr(LabelImport, "save", broken)
        with pytest.raises(JobFailed):
            job_run_here(kind=IMPORT_KIND, title="import", owner=None, target_id=row.pk)
    assert list(whole.parent.iterdir()) == [whole]
    job_run_here(kind=IMPORT_KIND, title="again", owner=None, target_id=row.pk)
    assert not whole.exists()
    assert len(list(whole.parent.iterdir())) == 1


def test_a_second_import_changes_nothing():
    import_here(TWO, FILES)
    before = content()
    row = import_here(TWO, FILES)
    assert content() == before
    assert row.report["changes"] == {"added": 0, "updated": 0, "kept": 0}
    assert (row.report["images"], row.report["boxes"]) == (2, 2)


def test_an_import_that_runs_again_after_a_crash_changes_nothing():
    row = import_here(TWO, FILES)
    before = content()
    LabelImport.objects.update(finished_at=None)
    assert not Image.objects.visible().exists()
    job_run_here(kind=IMPORT_KIND, title="again", owner=None, target_id=row.pk)
    assert content() == before
    assert Image.objects.visible().count() == 2


def test_pending_images_get_their_picture_by_a_later_import():
    row = import_here(TWO)
    assert (row.report["pending"], row.report["images"], row.report["boxes"]) == (2, 0, 2)
    assert all(image.is_pending for image in Image.objects.all())
    assert Box.objects.order_by("pk").last().xyxy == (20, 5, 50, 15)
    row = import_here(TWO, FILES)
    assert row.report["changes"] == {"added": 0, "updated": 2, "kept": 0}
    assert not any(image.is_pending for image in Image.objects.all())
    assert Box.objects.order_by("pk").last().xyxy == (20, 5, 40, 15)


def test_boxes_that_a_person_changed_stay_as_they_are(alice):
    import_here(TWO, FILES)
    first, second = Box.objects.all()
    first.x_max = 30
    box_change(box=first, by=alice)
    boxes_delete(boxes=Box.objects.filter(pk=second.pk), by=alice)
    row = import_here(TWO, FILES)
    assert [box.xyxy for box in Box.objects.all()] == [(2, 3, 30, 15)]
    assert row.report["changes"] == {"added": 0, "updated": 0, "kept": 1}


def test_a_newer_export_replaces_the_boxes_of_a_picture():
    import_here(TWO, FILES)
    import_here([record("a.jpg", [bbox("With mask", 1, 1, 5, 5)])])
    assert [box.xyxy for box in Box.objects.all()] == [(1, 1, 6, 6)]


def test_boxes_are_taken_in_the_upright_picture():
    turned = noise(40, 30).getexif()
    turned[0x0112] = 6
    import_here([record("a.jpg", [bbox("car", 10, 32, 50, 50)])], {"a.jpg": encoded(noise(40, 30), exif=turned)})
    assert Box.objects.get().xyxy == (10, 32, 30, 40)


def test_a_png_called_jpg_is_stored_as_what_it_is():
    import_here([record("a.jpg")], {"a.jpg": encoded(noise(), "PNG")})
    assert Image.objects.get().file.name.endswith(".png")


def test_pictures_of_one_name_in_two_folders_are_told_apart(tmp_path):
    for seed, folder in enumerate(("with", "without")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.jpg").write_bytes(jpeg(40 + seed, 30, seed))
    import_here([record("with/1.jpg"), record("without/1.jpg"), record("1.jpg")], pictures_path=tmp_path)
    assert list(Image.objects.values_list("external_id", "width")) == [("with/1.jpg", 40), ("without/1.jpg", 41)]


def lying() -> bytes:
    """A picture stored 40 x 30 and shown 30 x 40, a quarter turn clockwise."""
    turned = noise(40, 30).getexif()
    turned[0x0112] = 6
    return encoded(noise(40, 30), exif=turned)


SILENT = record("a.jpg", [bbox("car", 2, 3, 8, 5)])
TELLING = {**SILENT, "Media Attributes": {"width": 40, "height": 30}}
UPRIGHT = (22, 2, 27, 10)  # x = 30 - y, y = x


def test_an_export_without_sizes_changes_no_box_that_was_turned_by_the_size_in_another():
    import_here([TELLING], {"a.jpg": lying()})
    before = content()
    import_here([SILENT], {"a.jpg": lying()})
    assert content() == before
    assert Box.objects.get().xyxy == UPRIGHT


def test_a_size_told_while_the_picture_was_missing_turns_the_boxes_once_it_is_there():
    import_here([TELLING])
    import_here([SILENT], {"a.jpg": lying()})
    assert Box.objects.get().xyxy == UPRIGHT


def test_an_accent_written_in_two_characters_makes_no_second_image_and_finds_its_picture():
    import_here([record("u\u0308.jpg", [bbox("car", 2, 3, 8, 5)])], {"in/\u00fc.jpg": jpeg()})
    import_here([record("\u00fc.jpg", [bbox("car", 2, 3, 8, 5)])])
    assert [(image.external_id, bool(image.file)) for image in Image.objects.all()] == [("\u00fc.jpg", True)]


def test_our_classes_come_first_and_in_their_order():
    objects = [bbox(name, 0, 0, 5, 5) for name in ("Car", "Mask worn incorrectly", "With mask", "bus")]
    row = import_here([record("a.jpg", objects)], FILES, class_map={"bus": "Car"})
    assert list(Dataset.objects.get().classes.values_list("name", flat=True)) == [
        "with_mask",
        "worn_incorrectly",
        "Car",
    ]
    assert row.report["classes"] == {"Car": 2, "worn_incorrectly": 1, "with_mask": 1}


def test_what_a_broken_import_brought_stays_hidden_until_one_finishes(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 1)
    monkeypatch.setattr(importing.Report, "as_json", broken)
    with pytest.raises(JobFailed):
        import_here(TWO, FILES)
    assert (Image.objects.count(), Image.objects.visible().count()) == (2, 0)
    monkeypatch.undo()
    import_here(TWO, FILES)
    assert (Image.objects.count(), Image.objects.visible().count()) == (2, 2)
    assert Box.objects.count() == 2


def broken(report):
    raise OSError("the disk is full")


@pytest.mark.parametrize("export", ["[", "3"])
def test_a_broken_export_fails_with_its_sentence(export, alice):
    dataset = dataset_create(name="masks", by=alice)
    row = import_create(dataset=dataset, export=ContentFile(export.encode(), name="e.json"), by=alice)
    with pytest.raises(JobFailed, match="The file is "):
        job_run_here(kind=IMPORT_KIND, title="import", owner=alice, target_id=row.pk)
    row.refresh_from_db()
    assert row.finished_at is None


def test_a_half_written_picture_is_written_again(monkeypatch):
    picture = examine_picture(jpeg())
    name = importing.store_picture(1, picture)
    default_storage.delete(name)
    with default_storage.open(name, "wb") as file:
        file.write(picture.content[:10])
    assert importing.store_picture(1, picture) == name
    assert default_storage.open(name).read() == picture.content
