"""manage.py release_convert: a release as one file of Keras or ONNX."""

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from jobs.commands import DataCommand
from jobs.services import job_run_here
from releases.conversion_files import CONVERSION_KIND
from releases.conversions import conversion_ask, conversion_title
from releases.models import ModelRelease, ReleaseConversion
from releases.services import release_active
from yolo.release import ReleaseError


class Command(DataCommand):
    help = "Write a release as one file for other programs, and compare it with the network on real pictures."
    errors = (*DataCommand.errors, ReleaseError)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--release", metavar="NAME", help="another release than the active one")
        parser.add_argument("--format", required=True, choices=ReleaseConversion.Form.values, dest="form")
        parser.add_argument("--to", type=Path, metavar="FILE", help="copy it here; else it stays in the data folder")

    def handle(self, *args: Any, **options: Any) -> None:
        row = conversion_ask(release=_release(options["release"]), form=options["form"], by=None)
        if row.is_under_way:
            raise CommandError(_("A job is making this file; try again when it is done."))
        if not row.is_there:
            title = conversion_title(row)
            self.say(title + " …")
            job_run_here(kind=CONVERSION_KIND, title=title, owner=None, target_id=row.pk)
            row = ReleaseConversion.objects.select_related("release").get(pk=row.pk)
        path = _copied(row.path, options["to"]) if options["to"] else row.path
        self.result(
            {
                "release": row.release.name,
                "format": row.form,
                "path": str(path),
                "bytes": row.size,
                "sha256": row.sha256,
                "largest_difference": row.largest_difference,
                "pictures": row.pictures,
                "pictures_from": row.pictures_from,
            }
        )


def _release(name: str | None) -> ModelRelease:
    """The named release, else the active one."""
    if name is None:
        return release_active()
    release = ModelRelease.objects.filter(name=name).first()
    if release is None:
        raise CommandError(_("There is no release named %(name)s.") % {"name": name})
    return release


def _copied(source: Path, to: Path) -> Path:
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, to)
    except OSError as error:
        sentence = _("The file cannot be written to %(path)s: %(reason)s.")
        raise CommandError(sentence % {"path": to, "reason": error.strerror or error}) from error
    return to
