"""manage.py prelabel: a release over the pictures of a dataset, to propose boxes or to check those that are there."""

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from jobs.commands import DataCommand
from jobs.reporter import Progress
from jobs.services import job_run_here
from labelling.management.datasets import dataset_named
from labelling.models import PRELABEL_KIND
from labelling.services.prelabelling import LEAST_SCORE, prelabel_create, prelabel_title
from releases.models import ModelRelease


class Command(DataCommand):
    help = "Run a release over the pictures of a dataset: it proposes boxes and says where it contradicts the labels."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dataset", required=True, help="name of the dataset")
        parser.add_argument("--release", metavar="NAME", help="another release than the active one")
        parser.add_argument(
            "--least-score", type=float, default=LEAST_SCORE, metavar="0..1", help="what a box is proposed from (0.5)"
        )
        parser.add_argument("--check-only", action="store_true", help="propose no boxes, only check the labels")

    def handle(self, *args: Any, **options: Any) -> None:
        row = prelabel_create(
            dataset=dataset_named(options["dataset"]),
            images=None,
            by=None,
            release=_release_named(options["release"]),
            least_score=options["least_score"],
            proposes=not options["check_only"],
        )
        with tqdm(unit=" pictures", file=sys.stderr, disable=options["verbosity"] == 0) as self.bar:
            job_run_here(
                kind=PRELABEL_KIND,
                title=prelabel_title(row),
                owner=None,
                target_id=row.pk,
                on_progress=self._show,
            )
        row.refresh_from_db()
        told = {name: value for name, value in row.report.items() if name != "last_key"}
        self.result({"dataset": row.dataset.name, "release": row.release.name, **told})

    def _show(self, progress: Progress) -> None:
        self.bar.total = progress.total
        self.bar.update(progress.done - self.bar.n)


def _release_named(name: str | None) -> ModelRelease | None:
    """The release of that name, None for the active one; a sentence where there is none."""
    if name is None:
        return None
    release = ModelRelease.objects.filter(name=name).first()
    if release is None:
        raise CommandError(f"There is no release named {name!r}.")
    return release
