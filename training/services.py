"""Every write about training runs that a person asks for."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from jobs.models import Job
from jobs.services import job_cancel, job_enqueue, job_resume
from labelling.models import DatasetVersion
from releases.models import ModelRelease
from training.models import StartWeights, TrainingRun
from yolo.config import check_reasonable, network_named
from yolo.darknet_weights import read_weights
from yolo.downloads import sha256_of

KIND = "training.run"
DEAD_AFTER = timedelta(seconds=15)
"""A job without a heartbeat for so long is no longer at work."""


class Recipe(TypedDict):
    """What a person says about a run; what is left out has the default of TrainingRun."""

    version: DatasetVersion
    network: str
    net_size: int
    epochs: int
    batch: int
    seed: NotRequired[int]
    start_release: NotRequired[ModelRelease | None]
    start_weights: NotRequired[StartWeights | None]
    crops_version: NotRequired[DatasetVersion | None]
    anchors_from: NotRequired[str]
    options: NotRequired[dict[str, Any]]
    ready_by: NotRequired[datetime | None]


@transaction.atomic
def run_create(*, by: User | None, **recipe: Unpack[Recipe]) -> TrainingRun:
    """Put a run on record without starting it. Raises ValidationError, keyed by field."""
    run = TrainingRun(**recipe, created_by=by)
    run.full_clean()
    try:
        check_reasonable(run.configuration())
    except (TypeError, ValueError) as error:
        raise ValidationError({"options": str(error)}) from error
    run.save()
    audit(actor=by, action="training_run_create", target=run, version=str(run.version))
    return run


@transaction.atomic
def run_start(*, by: User | None, **recipe: Unpack[Recipe]) -> TrainingRun:
    """Put a run on record and queue it in the training cluster. Raises ValidationError, keyed by field."""
    run = run_create(by=by, **recipe)
    run.job = job_enqueue(kind=KIND, title=run_title(run), owner=by, target_id=run.pk)
    run.save(update_fields=["job"])
    return run


def weights_add(*, path: Path, name: str, network: str, source: str, by: User | None) -> StartWeights:
    """Keep a copy of a Darknet `.weights` file to start trainings from; the same file twice is one.

    Raises DarknetError when the file is not of that network, ValidationError when the name is taken.
    """
    found = read_weights(path, network_named(network))
    digest = sha256_of(path)
    known = StartWeights.objects.filter(sha256=digest).first()
    if known is not None:
        return known
    row = StartWeights(
        name=name, network=network, sha256=digest, size=path.stat().st_size, layers=len(found.layers), source=source
    )
    row.full_clean()
    if row.path != path:
        row.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = row.path.with_suffix(".part")
        shutil.copyfile(path, unfinished)
        unfinished.replace(row.path)
    with transaction.atomic():
        row.save()
        audit(actor=by, action="weights_add", target=row, name=name, source=source, sha256=digest)
    return row


def run_cancel(*, run: TrainingRun, by: User | None) -> Job:
    """End a run's job; its last checkpoint stays, so that it can be resumed."""
    job = job_cancel(job=_job_of(run), by=by)
    audit(actor=by, action="training_run_cancel", target=run)
    return job


@transaction.atomic
def run_resume(*, run: TrainingRun, by: User) -> Job:
    """Queue a cancelled or failed run again; it goes on from its last checkpoint."""
    if run.release_id is not None:
        raise ValidationError(_("This run has published its release; there is nothing to resume."))
    job = job_resume(job=_job_of(run), by=by)
    run_set_publish_best(run=run, value=False, by=by)
    audit(actor=by, action="training_run_resume", target=run)
    return job


@transaction.atomic
def run_publish_best(*, run: TrainingRun, by: User) -> Job:
    """Queue a cancelled or failed run again, to publish its best epoch so far instead of training on."""
    run_set_publish_best(run=run, value=True, by=by)
    return job_resume(job=_job_of(run), by=by)


@transaction.atomic
def run_set_publish_best(*, run: TrainingRun, value: bool, by: User | None) -> None:
    """Say whether the next job of a run that was broken off publishes its best epoch so far, or trains on.

    Raises ValidationError when it is to publish while it trains, has published, or has done no epoch.
    """
    if value and run.release_id is not None:
        raise ValidationError(_("This run has published its release already."))
    if value and not run.best.get("epoch"):
        raise ValidationError(_("No epoch of this run is done yet, so there is nothing to publish."))
    if value and not run.can_publish_best:
        raise ValidationError(_("Cancel the training first; then its best epoch can be published."))
    if value != run.publish_best:
        run.publish_best = value
        run.save(update_fields=["publish_best"])
        audit(actor=by, action="training_run_set_publish_best", target=run, value=value)


def run_set_minutes(*, run: TrainingRun, minutes: float, by: User | None) -> None:
    """Give a training by the clock another time: those minutes in all, with what it has trained already.

    Its schedule fits itself to them when it is resumed. Raises ValidationError for one that goes by epochs.
    """
    before = run.options.get("minutes")
    if not before:
        raise ValidationError(_("This run goes by epochs; only one by the clock can be given another time."))
    if minutes <= 0:
        raise ValidationError(_("A training by the clock takes more than 0 minutes."))
    run.options = {**run.options, "minutes": minutes}
    run.save(update_fields=["options"])
    audit(actor=by, action="training_run_set_minutes", target=run, before=before, after=minutes)


def run_give_up_job(*, run: TrainingRun) -> None:
    """Free a run from a job that no longer lives, so that another can take it over.

    Raises ValidationError while the job is at work.
    """
    job = run.job
    if job is None or job.is_finished:
        return
    if job.heartbeat_at is not None and timezone.now() - job.heartbeat_at < DEAD_AFTER:
        raise ValidationError(_("Run %(run)s is being trained, or was seconds ago; try again soon.") % {"run": run.pk})
    job_cancel(job=job, by=None)


def run_title(run: TrainingRun) -> str:
    return _("Train %(run)s on %(version)s") % {"run": run, "version": run.version}


def _job_of(run: TrainingRun) -> Job:
    if run.job is None:
        raise ValidationError(_("The job of this run is no longer on record."))
    return run.job
