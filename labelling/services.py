"""Every write about datasets that a person asks for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from jobs.services import job_enqueue
from labelling.models import Dataset, LabelImport

IMPORT_KIND: Final = "labelling.import"


@transaction.atomic
def dataset_create(*, name: str, by: User | None, description: str = "") -> Dataset:
    dataset = Dataset(name=name.strip(), description=description, created_by=by)
    dataset.full_clean()
    dataset.save()
    audit(actor=by, action="dataset_create", target=dataset, name=dataset.name)
    return dataset


@transaction.atomic
def import_create(
    *,
    dataset: Dataset,
    export: "File[bytes]",
    by: User | None,
    pictures: "File[bytes] | None" = None,
    pictures_path: Path | None = None,
    class_map: Mapping[str, str] | None = None,
) -> LabelImport:
    """Put an import on record with its files; nothing is read of them yet."""
    if dataset.imports.underway().exists():
        raise ValidationError(_("Another import into this dataset is under way. Wait for it, or cancel it."))
    row = LabelImport(
        dataset=dataset,
        export_name=Path(export.name or "export.json").name,
        pictures_path=str(pictures_path.resolve()) if pictures_path else "",
        class_map=dict(class_map or {}),
        created_by=by,
    )
    row.export.save(row.export_name, export, save=False)
    if pictures is not None:
        row.pictures.save(Path(pictures.name or "pictures.zip").name, pictures, save=False)
    row.full_clean()
    row.save()
    audit(actor=by, action="import_create", target=row, dataset=dataset.name, export=row.export_name)
    return row


@transaction.atomic
def import_start(
    *,
    dataset: Dataset,
    export: "File[bytes]",
    by: User,
    pictures: "File[bytes] | None" = None,
    class_map: Mapping[str, str] | None = None,
) -> LabelImport:
    """Keep the uploaded files and queue the import."""
    row = import_create(dataset=dataset, export=export, by=by, pictures=pictures, class_map=class_map)
    title = _("Import %(export)s into %(dataset)s") % {"export": row.export_name, "dataset": dataset.name}
    row.job = job_enqueue(kind=IMPORT_KIND, title=title, owner=by, target_id=row.pk)
    row.save(update_fields=["job"])
    return row
