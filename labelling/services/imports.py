"""Every write about imports."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from jobs.services import job_enqueue
from labelling.class_aliases import class_map_today
from labelling.models import IMPORT_KIND, Dataset, LabelImport


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
    rows = LabelImport.objects.select_for_update(of=("self",)).select_related("dataset")
    row = rows.filter(pk=looked_at.pk).first()
    if row is None:
        raise ValidationError(_("This look has just been forgotten. Send the export again."))
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
        class_map = class_map_today(earlier.dataset, earlier.class_map)
        return import_start(dataset=earlier.dataset, export=named, by=by, pictures=pictures, class_map=class_map)
