"""manage.py release_average: one release of several trainings, the mean of their weights."""

from typing import Any

from django.core.management.base import CommandParser

from jobs.commands import DataCommand
from releases.services import release_activate
from training.averaging import release_average
from training.management.completing import release_named
from yolo.release import ReleaseError
from yolo.samples import SampleError


class Command(DataCommand):
    help = "Register a release whose weights are the mean of several that went on from one start, measured anew."
    errors = (*DataCommand.errors, ReleaseError, SampleError)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--release", metavar="NAME", help="another release than the active one")
        parser.add_argument(
            "--with",
            dest="others",
            metavar="NAME",
            action="append",
            required=True,
            help="a release to average it with; can be repeated, each counts the same",
        )
        parser.add_argument("--name", default="", help="of the new release (default: of the first one, with -average)")
        parser.add_argument("--activate", action="store_true", help="let it judge from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        release = release_named(options["release"])
        others = [release_named(name) for name in options["others"]]
        made = release_average(release=release, others=others, name=options["name"], by=None, tell=self.say)
        if options["activate"]:
            made = release_activate(release=made, by=None)
        self.result({"release": made.name, "metrics": made.metrics, "active": made.is_active})
