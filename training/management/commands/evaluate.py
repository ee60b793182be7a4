"""manage.py evaluate: all figures of a release on a dataset version."""

import re
import sys
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from jobs.commands import DataCommand
from labelling.management.datasets import dataset_named
from labelling.models import Dataset, DatasetVersion, Split
from releases.models import Precision
from training.evaluating import SPLITS, release_evaluate
from training.management.completing import release_named
from yolo.release import ReleaseError
from yolo.samples import SampleError

BOOTSTRAP_ROUNDS = 200
VERSION = re.compile(r"(?:(?P<dataset>.+?)(?::| v))?(?P<number>[0-9]{1,9})")


class Command(DataCommand):
    help = "Measure a release on a part of a dataset version, at the release's own input size."
    errors = (*DataCommand.errors, ReleaseError, SampleError)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's own --version, which prints that of Django, makes room for ours."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--release", metavar="NAME", help="another release than the active one")
        parser.add_argument("--version", required=True, metavar="VERSION", help="its number, or DATASET:NUMBER")
        parser.add_argument("--dataset", metavar="NAME", help="may be left out where there is one dataset only")
        parser.add_argument(
            "--precision", choices=Precision.values, help="the numbers to compute in (default: as the release judges)"
        )
        parser.add_argument("--split", choices=SPLITS, default=str(Split.TEST), help="the part to measure on (test)")
        parser.add_argument(
            "--bootstrap",
            type=_rounds,
            nargs="?",
            const=BOOTSTRAP_ROUNDS,
            default=0,
            metavar="ROUNDS",
            help=f"also tell 90 %% intervals, by drawing the pictures again so many times ({BOOTSTRAP_ROUNDS})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        release = release_named(options["release"])
        version = _version(options["dataset"], options["version"])
        with tqdm(unit="picture", file=sys.stderr, disable=None if options["verbosity"] else True) as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            figures = release_evaluate(
                release,
                version,
                split=options["split"],
                precision=options["precision"],
                bootstrap=options["bootstrap"],
                on_picture=show,
            )
        if figures["learnt_from"]:
            words = {"learnt": figures["learnt_from"], "pictures": figures["pictures"]}
            self.say(
                _("The release was trained on %(learnt)d of these %(pictures)d pictures: they flatter it.") % words
            )
        elif figures["learnt_from"] is None:
            self.say(_("Nobody knows here whether the release was trained on these pictures."))
        self.result(figures)


def _rounds(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(_("a number of rounds from 1 up, not %(text)s") % {"text": text})
    return int(text)


def _version(dataset_name: str | None, text: str) -> DatasetVersion:
    """The version that `3`, `faces:3` or `faces v3` stands for."""
    read = VERSION.fullmatch(text)
    if read is None:
        raise CommandError(_("--version takes a number, or DATASET:NUMBER, not %(text)s.") % {"text": text})
    named = {name for name in (dataset_name, read["dataset"]) if name}
    if len(named) > 1:
        raise CommandError(_("--dataset and --version name two different datasets."))
    dataset = dataset_named(named.pop()) if named else _only_dataset()
    version = dataset.versions.filter(number=int(read["number"])).select_related("dataset").first()
    if version is None:
        known = ", ".join(
            str(number) for number in dataset.versions.order_by("number").values_list("number", flat=True)
        )
        sentence = _("%(name)s has no version %(number)s; there are: %(known)s.")
        raise CommandError(sentence % {"name": dataset.name, "number": read["number"], "known": known or _("none")})
    return version


def _only_dataset() -> Dataset:
    datasets = list(Dataset.objects.all()[:2])
    if len(datasets) != 1:
        raise CommandError(_("Name the dataset with --dataset."))
    return datasets[0]
