"""Train a network on a dataset, in this process: the same code as the job behind the form."""

import math
import signal
import sys
from argparse import ArgumentTypeError
from datetime import time
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from jobs.commands import DataCommand
from jobs.reporter import Progress
from jobs.services import job_run_here
from labelling.models import Dataset, DatasetVersion
from labelling.versions import version_current
from releases.models import ModelRelease
from training.deadlines import MOST_EPOCHS, next_time
from training.models import AnchorSource, StartWeights, TrainingRun
from training.services import KIND, run_create, run_give_up_job, run_set_minutes, run_set_publish_best, run_title
from yolo.release import ReleaseError
from yolo.train_options import option

DEFAULT_EPOCHS = 60
INTERRUPTED = 130
"""Exit status of a program that Ctrl-C has ended, as shells report it."""


class Command(DataCommand):
    help = "Train a network on a dataset and publish the release it makes."
    errors = (*DataCommand.errors, ReleaseError)
    option_of = {
        "version": "--dataset",
        "crops_version": "--crops-dataset",
        "anchors_from": "--anchors",
        "options": "",
    }

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dataset", metavar="NAME", help="dataset to train on; frozen anew if it has changed")
        parser.add_argument("--dataset-version", type=int, metavar="N", help="an earlier version of it")
        parser.add_argument("--network", default="yolov3-slim")
        parser.add_argument("--net-size", type=int, default=416, metavar="PIXELS")
        parser.add_argument("--epochs", type=int, help="60, or as many as fit into the time")
        parser.add_argument("--batch", type=int, default=8)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--crops-dataset", metavar="NAME", help="dataset of single faces to paste in")
        parser.add_argument("--start-release", metavar="NAME", help="release whose weights to start from")
        parser.add_argument("--start-weights", metavar="NAME", help="Darknet weights, see the command fetch_weights")
        parser.add_argument(
            "--anchors",
            choices=AnchorSource.values,
            default="",
            help="of the start release, kept with the version, or fitted anew (default: the first that fits)",
        )
        parser.add_argument("--canvas", type=int, metavar="PIXELS", help="side of the training canvases")
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            help="any other field of yolo.config.TrainConfig, such as canvases_per_picture=3; can be repeated",
        )
        budget = parser.add_mutually_exclusive_group()
        budget.add_argument(
            "--minutes", type=_minutes, help="train about so long, with --resume in all: of the epochs those that fit"
        )
        budget.add_argument("--ready-by", type=_clock, metavar="HH:MM", help="be ready at that time of day")
        parser.add_argument("--resume", type=int, metavar="RUN", help="go on with a run that was broken off")
        parser.add_argument(
            "--publish-best", action="store_true", help="with --resume: train no further, publish the best epoch so far"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["publish_best"] and not options["resume"]:
            raise CommandError(_("--publish-best goes with --resume."))
        if options["ready_by"] and options["resume"]:
            raise CommandError(_("--ready-by is for new runs; with --resume name the --minutes of the whole training."))
        run = self._run_to_resume(options) if options["resume"] else self._new_run(options)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self.say(_("Run %(run)s; if it is broken off, go on with --resume %(run)s.") % {"run": run.pk})
        try:
            with _bar() as bar:
                job_run_here(
                    kind=KIND,
                    title=run_title(run),
                    owner=None,
                    target_id=run.pk,
                    on_progress=partial(_show, bar),
                )
        except KeyboardInterrupt:
            raise CommandError(_stopped(run), returncode=INTERRUPTED) from None
        run.refresh_from_db()
        if run.job is not None and run.job.failure:
            self.say(f"{run.job.message} {run.job.failure}")
        self.result(_outcome(run))

    def _run_to_resume(self, options: dict[str, Any]) -> TrainingRun:
        pk = options["resume"]
        run = TrainingRun.objects.select_related("version__dataset").filter(pk=pk).first()
        if run is None:
            raise CommandError(_("There is no run %(run)s.") % {"run": pk})
        if run.release_id is not None:
            raise CommandError(_("Run %(run)s has published its release; there is nothing to resume.") % {"run": pk})
        run_give_up_job(run=run)
        run.refresh_from_db()
        if options["minutes"]:
            run_set_minutes(run=run, minutes=options["minutes"], by=None)
        run_set_publish_best(run=run, value=options["publish_best"], by=None)
        return run

    def _new_run(self, options: dict[str, Any]) -> TrainingRun:
        if not options["dataset"]:
            raise CommandError(_("Name a dataset with --dataset, or a run with --resume."))
        crops = options["crops_dataset"]
        start, weights = options["start_release"], options["start_weights"]
        clock, now = options["ready_by"], timezone.localtime()
        return run_create(
            version=_version(options["dataset"], options["dataset_version"]),
            network=options["network"],
            net_size=options["net_size"],
            epochs=_epochs(options),
            batch=options["batch"],
            seed=options["seed"],
            crops_version=_version(crops, None) if crops else None,
            start_release=_release(start) if start else None,
            start_weights=_weights(weights) if weights else None,
            anchors_from=options["anchors"],
            options=_further_options(options),
            ready_by=next_time(clock, now=now) if clock else None,
            by=None,
        )


def _version(name: str, number: int | None) -> DatasetVersion:
    """The named version of a dataset, or one of what it holds now."""
    dataset = Dataset.objects.filter(name=name).first()
    if dataset is None:
        raise CommandError(_("There is no dataset named %(name)s.") % {"name": name})
    if number is None:
        return version_current(dataset=dataset, by=None)
    version = DatasetVersion.objects.filter(dataset=dataset, number=number).first()
    if version is None:
        raise CommandError(_("%(name)s has no version %(number)s.") % {"name": name, "number": number})
    return version


def _release(name: str) -> ModelRelease:
    release = ModelRelease.objects.filter(name=name).first()
    if release is None:
        raise CommandError(_("There is no release named %(name)s.") % {"name": name})
    return release


def _weights(name: str) -> StartWeights:
    weights = StartWeights.objects.filter(name=name).first()
    if weights is None:
        path = Path(name)
        if path.is_file():
            raise CommandError(
                _("Read this file first: `manage.py fetch_weights %(name)s`; then name it.") % {"name": name}
            )
        if path.suffix == ".weights" or len(path.parts) > 1:
            raise CommandError(_("There is no file %(name)s, nor are weights so named here.") % {"name": name})
        sentence = _(
            "There are no weights named %(name)s. Get them with `manage.py fetch_weights %(name)s`, "
            "or start from a release with --start-release: its backbone is our own."
        )
        raise CommandError(sentence % {"name": name})
    return weights


def _epochs(options: dict[str, Any]) -> int:
    if options["epochs"] is not None:
        return int(options["epochs"])
    return MOST_EPOCHS if options["ready_by"] or options["minutes"] else DEFAULT_EPOCHS


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < math.inf:
        raise ArgumentTypeError(_("“%(text)s” is no number of minutes above 0.") % {"text": text})
    return minutes


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(_("“%(text)s” is no time of day, such as 06:00.") % {"text": text}) from error


def _further_options(options: dict[str, Any]) -> dict[str, Any]:
    try:
        further = dict(option(text) for text in options["option"])
    except ValueError as error:
        raise CommandError(str(error)) from error
    further |= {name: options[name] for name in ("canvas", "minutes") if options[name]}
    return further


def _stopped(run: TrainingRun) -> str:
    run.refresh_from_db()
    if run.release is None:
        return _("Stopped. What is trained is kept; go on with --resume %(run)s.") % {"run": run.pk}
    sentence = _("Stopped, but %(name)s is published; `quantize` and `release_calibrate` make what it lacks.")
    return sentence % {"name": run.release.name}


def _bar() -> "tqdm[Any]":
    return tqdm(unit="step", file=sys.stderr, dynamic_ncols=True)


def _show(bar: "tqdm[Any]", progress: Progress) -> None:
    bar.total = progress.total
    bar.n = progress.done
    bar.set_description_str(progress.message, refresh=False)
    losses = progress.detail.get("losses", {})
    bar.set_postfix({name: f"{value:.3f}" for name, value in losses.items()}, refresh=True)


def _outcome(run: TrainingRun) -> dict[str, Any]:
    release = run.release
    test = run.test_metrics
    return {
        "run": run.pk,
        "release": release.name if release else None,
        "dataset_version": str(run.version),
        "epochs": run.epochs_done.count(),
        "best_epoch": run.best.get("epoch"),
        **{key: test.get(key) for key in ("map50", "map50_95", "map50_all", "map50_95_all", "ap50", "boxes")},
        "validation_map50": run.best.get("map50"),
    }
