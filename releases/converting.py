"""Runs a conversion of a release to a file. For workers only; Keras is loaded by a process of its own."""

from django.utils.translation import gettext as _

from jobs.reporter import JobCancelled, JobFailure, Reporter
from releases.conversions import conversion_keep
from releases.models import ReleaseConversion
from releases.real_pictures import real_pictures
from releases.services import release_folder
from yolo.conversion import FORMS, MOST_PICTURES, convert
from yolo.release import ReleaseError, read_release


class ConversionFailure(JobFailure):
    """A release cannot be converted; the message is a sentence for people."""


def run(reporter: Reporter, target_id: int) -> None:
    """Make the file of a conversion, compare it, and put it on record. Running it again does no harm."""
    row = ReleaseConversion.objects.select_related("release").filter(pk=target_id).first()
    if row is None:
        raise ConversionFailure(_("The release was deleted."))
    if row.is_there:
        return
    reporter.progress(done=0, total=2, message=_("reading pictures to compare on"), force=True)
    origin, pictures = real_pictures(row.release, most=MOST_PICTURES)

    def keep_waiting() -> None:
        reporter.progress()
        if reporter.should_stop():
            raise JobCancelled

    (form,) = (known for known in FORMS if known == row.form)
    reporter.progress(done=1, message=_("writing the file, and comparing it with the network"), force=True)
    try:
        release = read_release(release_folder(row.release))
        compared = convert(release, form=form, to=row.path, pictures=pictures, on_wait=keep_waiting)
    except ReleaseError as error:
        raise ConversionFailure(str(error)) from error
    try:
        with reporter.safe_point():
            conversion_keep(row, compared, origin=origin)
    except JobCancelled:
        row.path.unlink(missing_ok=True)
        raise
    reporter.progress(done=2, message="")
