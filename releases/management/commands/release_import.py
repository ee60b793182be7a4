"""manage.py release_import: put a release that was made elsewhere on the list of models."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from jobs.commands import DataCommand
from releases.services import release_activate, release_register
from yolo.release import MANIFEST, ReleaseError


class Command(DataCommand):
    help = "Register a release folder, such as python -m yolo.train makes; its files are verified and copied."
    errors = (*DataCommand.errors, ReleaseError)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("folder", type=Path, metavar="DIR", help=f"holds {MANIFEST}, or a folder release that does")
        parser.add_argument("--name", help="another name than the one the release bears")
        parser.add_argument("--activate", action="store_true", help="let it judge from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        release = release_register(folder=_release_in(options["folder"]), by=None, name=options["name"])
        if options["name"] and release.name != options["name"]:
            self.say(_("This release is registered already, as %(name)s.") % {"name": release.name})
        if options["activate"]:
            release = release_activate(release=release, by=None)
        self.result(
            {
                "release": release.name,
                "network": release.network,
                "net_size": release.net_size,
                "classes": release.classes,
                "sha256": release.sha256,
                "active": release.is_active,
            }
        )


def _release_in(folder: Path) -> Path:
    """The folder itself, or the one that a training left in it."""
    if not folder.is_dir():
        raise CommandError(_("There is no folder %(folder)s.") % {"folder": folder})
    for candidate in (folder, folder / "release"):
        if (candidate / MANIFEST).is_file():
            return candidate
    raise CommandError(_("%(folder)s holds no release: there is no %(file)s.") % {"folder": folder, "file": MANIFEST})
