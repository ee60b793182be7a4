"""Files that say which part of a split each picture belongs to, so that a version can be made again elsewhere."""

import csv
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from labelling.models import Split

HEADER = ["picture", "split"]


def splits_read(path: Path) -> dict[str, str]:
    """Parts by the names of pictures: CSV in UTF-8 of two columns, `picture` and `split` (train, validation or test).

    Raises ValidationError, which names the line, for anything else.
    """
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            if next(rows, None) != HEADER:
                raise ValidationError(_("%(file)s does not begin with the line picture,split.") % {"file": path})
            for row in filter(None, rows):
                _take(found, row, where={"file": path, "line": rows.line_num})
    except FileNotFoundError as error:
        raise ValidationError(_("There is no file %(file)s.") % {"file": path}) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValidationError(_("%(file)s cannot be read as CSV: %(why)s") % {"file": path, "why": error}) from error
    return found


def _take(found: dict[str, str], row: list[str], where: dict[str, object]) -> None:
    if len(row) != len(HEADER) or row[1] not in Split.values:
        raise ValidationError(
            _("Line %(line)d of %(file)s is not the name of a picture and one of %(known)s.")
            % {**where, "known": ", ".join(Split.values)}
        )
    if row[0] in found:
        raise ValidationError(_("Line %(line)d of %(file)s names %(name)s again.") % {**where, "name": row[0]})
    found[row[0]] = row[1]
