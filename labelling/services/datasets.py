"""Every write about datasets as a whole."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from labelling.models import Dataset, Image
from labelling.services.files import delete_files_on_commit, delete_thumbnails_on_commit


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
    if dataset.fetches.underway().exists():
        raise ValidationError(_("The pictures of this dataset are being read. Wait for that, or cancel it."))
    audit(actor=by, action="dataset_delete", target=dataset, name=dataset.name)
    files = {row.file.name for row in dataset.images.exclude(file="")}
    files |= {file.name for row in dataset.imports.all() for file in (row.export, row.pictures) if file}
    elsewhere = Image.objects.exclude(dataset=dataset).values("sha256")
    digests = list(dataset.images.exclude(sha256__in=elsewhere).values_list("sha256", flat=True))
    dataset.delete()
    delete_files_on_commit(files)
    delete_thumbnails_on_commit(digests)
