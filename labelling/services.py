"""Every write about datasets that a person asks for."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from jobs.services import job_enqueue
from labelling.models import IMPORT_KIND, Box, Dataset, Image, LabelImport, VersionImage


@transaction.atomic
def dataset_create(*, name: str, by: User | None, description: str = "") -> Dataset:
    dataset = Dataset(name=name.strip(), description=description, created_by=by)
    dataset.full_clean()
    dataset.save()
    audit(actor=by, action="dataset_create", target=dataset, name=dataset.name)
    return dataset


@transaction.atomic
def dataset_change(*, dataset: Dataset, name: str, description: str, by: User) -> Dataset:
    dataset.name, dataset.description = name.strip(), description
    dataset.full_clean()
    dataset.save()
    audit(actor=by, action="dataset_change", target=dataset, name=dataset.name)
    return dataset


@transaction.atomic
def dataset_delete(*, dataset: Dataset, by: User) -> None:
    """Delete a dataset with its images. Raises ValidationError while a version holds it or an import runs."""
    if dataset.versions.exists():
        raise ValidationError(_("Versions of this dataset have been frozen; it stays as long as they do."))
    if dataset.imports.underway().exists():
        raise ValidationError(_("An import into this dataset is under way. Wait for it, or cancel it."))
    audit(actor=by, action="dataset_delete", target=dataset, name=dataset.name)
    files = {row.file.name for row in dataset.images.exclude(file="")}
    files |= {file.name for row in dataset.imports.all() for file in (row.export, row.pictures) if file}
    dataset.delete()
    _delete_files_on_commit(files)


@transaction.atomic
def images_delete(*, images: QuerySet[Image], by: User) -> int:
    """Delete images with their boxes; how many. Raises ValidationError when a version holds one of them."""
    if VersionImage.objects.filter(image__in=images).exists():
        raise ValidationError(_("Some of these images are frozen in a version; they stay as long as it does."))
    rows = list(images)
    for image in rows:
        audit(actor=by, action="image_delete", target=image, dataset=image.dataset_id, external_id=image.external_id)
    Image.objects.filter(pk__in=[image.pk for image in rows]).delete()
    files = {image.file.name or "" for image in rows if image.file}
    _delete_files_on_commit(files - set(Image.objects.filter(file__in=files).values_list("file", flat=True)))
    return len(rows)


def _delete_files_on_commit(names: Iterable[str | None]) -> None:
    """Delete files from storage once nothing points at them any more for good."""
    for name in names:
        if name:
            transaction.on_commit(partial(default_storage.delete, name), robust=True)


@transaction.atomic
def image_change(*, image: Image, by: User) -> Image:
    """Keep what a person changed of an image: whether it counts as labelled, and how long that took."""
    image.save(update_fields=["labelled", "seconds_to_label"])
    audit(actor=by, action="image_change", target=image, labelled=image.labelled, seconds=image.seconds_to_label)
    return image


@transaction.atomic
def box_change(*, box: Box, by: User) -> Box:
    """Keep a box as a person changed it. Raises ValidationError for one that cannot be."""
    box.full_clean()
    box_check(box)
    box.save()
    _mark_edited([box])
    audit(actor=by, action="box_change", target=box, image=box.image_id, box_class=box.box_class.name, xyxy=box.xyxy)
    return box


def box_check(box: Box) -> None:
    """Refuse, with ValidationError, a box that reaches out of its picture or is of another dataset's class."""
    image = box.image
    if image.width and image.height and (box.x_max > image.width or box.y_max > image.height):
        size = {"width": image.width, "height": image.height}
        raise ValidationError(_("The box reaches out of its picture of %(width)d x %(height)d pixels.") % size)
    if box.box_class.dataset_id != image.dataset_id:
        raise ValidationError(_("This class belongs to another dataset."))


@transaction.atomic
def boxes_delete(*, boxes: QuerySet[Box], by: User) -> int:
    """Delete boxes; how many."""
    rows = list(boxes.select_related("box_class"))
    for box in rows:
        audit(
            actor=by, action="box_delete", target=box, image=box.image_id, box_class=box.box_class.name, xyxy=box.xyxy
        )
    boxes.delete()
    _mark_edited(rows)
    return len(rows)


def _mark_edited(boxes: Iterable[Box]) -> None:
    """Keep imports from putting back what a person changed."""
    Image.objects.filter(pk__in={box.image_id for box in boxes}).update(edited_at=timezone.now())


def import_create(
    *,
    dataset: Dataset,
    export: "File[bytes]",
    by: User | None,
    pictures: "File[bytes] | None" = None,
    pictures_path: Path | None = None,
    class_map: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> LabelImport:
    """Put an import on record with its files; nothing is read of them yet.

    Raises ValidationError while another import into the dataset is under way.
    """
    row = LabelImport(
        dataset=dataset,
        pictures_path=str(pictures_path.resolve()) if pictures_path else "",
        class_map=dict(class_map or {}),
        dry_run=dry_run,
        created_by=by,
    )
    with _files_kept_with(row):
        _import_save(row, export=export, pictures=pictures)
    return row


def import_start(
    *,
    dataset: Dataset,
    export: "File[bytes]",
    by: User,
    pictures: "File[bytes] | None" = None,
    class_map: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> LabelImport:
    """Keep the uploaded files and queue the import, or with `dry_run` a look at what it would do.

    Raises ValidationError as import_create does.
    """
    row = LabelImport(dataset=dataset, class_map=dict(class_map or {}), dry_run=dry_run, created_by=by)
    with _files_kept_with(row):
        _import_save(row, export=export, pictures=pictures)
        _queued(row, by)
    return row


@transaction.atomic
def import_confirm(*, looked_at: LabelImport, class_map: Mapping[str, str], by: User) -> LabelImport:
    """Queue the import that was only looked at, now with these names for its classes.

    Raises ValidationError when it is none that was looked at, or when another import is under way.
    """
    row = LabelImport.objects.select_for_update(of=("self",)).select_related("dataset").get(pk=looked_at.pk)
    if not row.dry_run or row.finished_at is None:
        raise ValidationError(_("This import has been started already, or has not been looked at yet."))
    if row.dataset.imports.underway().exists():
        raise ValidationError(_("Another import into this dataset is under way. Wait for it, or cancel it."))
    row.class_map = {**row.class_map, **class_map}
    row.dry_run, row.finished_at, row.report = False, None, {}
    row.full_clean()
    row.save()
    audit(actor=by, action="import_confirm", target=row, dataset=row.dataset.name, export=row.export_name)
    return _queued(row, by)


def _queued(row: LabelImport, by: User) -> LabelImport:
    title = _("Import %(export)s into %(dataset)s") % {"export": row.export_name, "dataset": row.dataset.name}
    row.job = job_enqueue(kind=IMPORT_KIND, title=title, owner=by, target_id=row.pk)
    row.save(update_fields=["job"])
    return row


@contextmanager
def _files_kept_with(row: LabelImport) -> Iterator[None]:
    """A transaction that keeps the files of an import with its row: when it fails, both are gone again."""
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for file in (row.export, row.pictures):
            if file:
                file.delete(save=False)
        raise


def _import_save(row: LabelImport, *, export: "File[bytes]", pictures: "File[bytes] | None") -> None:
    if row.dataset.imports.underway().exists():
        raise ValidationError(_("Another import into this dataset is under way. Wait for it, or cancel it."))
    row.export_name = Path(export.name or "export.json").name
    row.export.save(row.export_name, export, save=False)
    if pictures is not None:
        row.pictures.save(Path(pictures.name or "pictures.zip").name, pictures, save=False)
    row.full_clean()
    row.save()
    audit(actor=row.created_by, action="import_create", target=row, dataset=row.dataset.name, export=row.export_name)


def import_again(*, earlier: LabelImport, pictures: "File[bytes]", by: User) -> LabelImport:
    """Import the export of an earlier import once more, now with the pictures that were missing."""
    with earlier.export.open("rb") as export:
        named = File(export, name=earlier.export_name)
        return import_start(
            dataset=earlier.dataset, export=named, by=by, pictures=pictures, class_map=earlier.class_map
        )
