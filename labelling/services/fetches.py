"""Every write about fetches of pictures."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from jobs.services import job_enqueue
from labelling.models import FETCH_KIND, Dataset, Image, PictureFetch


@transaction.atomic
def fetch_create(*, dataset: Dataset, by: User | None) -> PictureFetch:
    """Put a fetch of the missing pictures of a dataset on record; nothing is read yet.

    Raises ValidationError when no picture is missing, and while an import or another fetch is under way.
    """
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    if dataset.fetches.underway().exists():
        raise ValidationError(_("The pictures of this dataset are being read already."))
    if dataset.imports.underway().exists():
        raise ValidationError(_("An import into this dataset is under way. Wait for it, or cancel it."))
    if not Image.objects.visible().filter(dataset=dataset, file="").exists():
        raise ValidationError(_("No picture of this dataset is missing."))
    row = PictureFetch.objects.create(dataset=dataset, created_by=by)
    audit(actor=by, action="fetch_create", target=row, dataset=dataset.name)
    return row


@transaction.atomic
def fetch_start(*, dataset: Dataset, by: User) -> PictureFetch:
    """Queue a job that reads the missing pictures from their addresses. Raises as fetch_create does."""
    row = fetch_create(dataset=dataset, by=by)
    row.job = job_enqueue(kind=FETCH_KIND, title=fetch_title(row), owner=by, target_id=row.pk)
    row.save(update_fields=["job"])
    return row


def fetch_title(row: PictureFetch) -> str:
    return _("Read pictures of %(dataset)s from their addresses") % {"dataset": row.dataset.name}
