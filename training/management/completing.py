"""What the commands share that give a release something to lie beside it."""

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from jobs.commands import DataCommand
from jobs.reporter import Progress
from releases.completion import completion_run_here
from releases.models import ModelRelease
from releases.services import release_active
from yolo.release import ReleaseError


class CompletingCommand(DataCommand):
    """Makes `part` for a release and prints what `found` tells of it."""

    part: str
    errors = (*DataCommand.errors, ReleaseError)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--release", metavar="NAME", help="another release than the active one")

    def found(self, release: ModelRelease) -> dict[str, Any]:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        release = release_named(options["release"])
        with tqdm(unit="picture", file=sys.stderr, disable=None if options["verbosity"] else True) as bar:

            def show(progress: Progress) -> None:
                bar.total = progress.total
                bar.set_description(progress.message, refresh=False)
                bar.update(progress.done - bar.n)

            release = completion_run_here(release=release, part=self.part, on_progress=show)
        self.result({"release": release.name, **self.found(release)})


def release_named(name: str | None) -> ModelRelease:
    """The named release, else the active one."""
    if name is None:
        return release_active()
    release = ModelRelease.objects.filter(name=name).first()
    if release is None:
        raise CommandError(_("There is no release named %(name)s.") % {"name": name})
    return release
