"""What an uploaded file must be before it is kept; what it holds is found out by the job that reads it."""

import zipfile
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def zip_check(upload: Any) -> None:
    """A validator of form and serializer fields: the file is a zip that came whole, as far as its end tells."""
    is_zip = zipfile.is_zipfile(upload)
    upload.seek(0)
    if not is_zip:
        raise ValidationError(_("This is no zip, or only the beginning of one. Pack the pictures into a zip."))
