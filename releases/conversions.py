"""Every write about the files that releases are converted to."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from jobs.services import job_enqueue
from releases.conversion_files import CONVERSION_KIND, conversions_drop
from releases.models import ModelRelease, ReleaseConversion
from releases.services import release_folder
from yolo.conversion import Compared, too_large
from yolo.downloads import sha256_of
from yolo.release import ReleaseError, read_release


@transaction.atomic
def conversion_ask(*, release: ModelRelease, form: str, by: User | None) -> ReleaseConversion:
    """The row of a file that is to be made, without starting to; asked for twice it is one.

    Raises ValidationError where the release is not whole, or too large for the memory that is free.
    """
    row = ReleaseConversion(release=release, form=form, created_by=by)
    row.full_clean(validate_unique=False, validate_constraints=False)
    known = ReleaseConversion.objects.select_for_update().filter(release=release, form=form).first()
    if known is not None and (known.is_there or known.is_under_way):
        return known
    try:
        why = too_large(read_release(release_folder(release), verify=False))
    except ReleaseError as error:
        raise ValidationError(str(error)) from error
    if why:
        raise ValidationError(why)
    if known is not None:
        return known
    row.save()
    return row


@transaction.atomic
def conversion_start(*, release: ModelRelease, form: str, by: User | None) -> ReleaseConversion:
    """Have a file made by a job, unless it is there or being made. Raises ValidationError as `conversion_ask` does."""
    row = conversion_ask(release=release, form=form, by=by)
    if row.is_there or row.is_under_way:
        return row
    row.job = job_enqueue(kind=CONVERSION_KIND, title=conversion_title(row), owner=by, target_id=row.pk)
    row.save(update_fields=["job"])
    audit(actor=by, action="conversion_start", target=row, release=release.name, form=form)
    return row


def conversion_title(row: ReleaseConversion) -> str:
    return _("Convert %(release)s to %(form)s") % {"release": row.release.name, "form": row.get_form_display()}


def conversion_keep(row: ReleaseConversion, compared: Compared, *, origin: str) -> None:
    """Put on record what was made, and how far it is from the network."""
    row.sha256 = sha256_of(row.path)
    row.size = row.path.stat().st_size
    row.largest_difference = compared.largest_difference
    row.pictures = compared.pictures
    row.pictures_from = origin
    row.made_at = timezone.now()
    row.save(update_fields=["sha256", "size", "largest_difference", "pictures", "pictures_from", "made_at"])


@transaction.atomic
def conversion_delete(*, conversion: ReleaseConversion, by: User | None) -> None:
    """Delete a file of a release; it can be made again. A job that makes it is stopped."""
    audit(actor=by, action="conversion_delete", target=conversion, name=conversion.file_name)
    conversions_drop(conversion.release, by=by, forms=[conversion.form])
    conversion.delete()
