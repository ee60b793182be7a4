"""manage.py release_voting: a release from before box voting, once more with it."""

from typing import Any

from django.core.management.base import CommandParser

from jobs.commands import DataCommand
from releases.services import release_activate
from training.management.completing import release_named
from training.voting import release_let_vote
from yolo.release import ReleaseError
from yolo.samples import SampleError


class Command(DataCommand):
    help = "Register a release with the weights of another one whose boxes vote where they lie, measured anew."
    errors = (*DataCommand.errors, ReleaseError, SampleError)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--release", metavar="NAME", help="another release than the active one")
        parser.add_argument("--activate", action="store_true", help="let it judge from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        made = release_let_vote(release=release_named(options["release"]), by=None, tell=self.say)
        if options["activate"]:
            made = release_activate(release=made, by=None)
        self.result({"release": made.name, "metrics": made.metrics, "active": made.is_active})
