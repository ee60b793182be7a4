"""Sentences for what can end a training: what happened, what was kept, what to do."""

import shutil
from pathlib import Path
from typing import Final

from django.db import DatabaseError
from django.utils.translation import gettext as _

from jobs.disk import is_disk_full
from training.samples import TrainingError
from yolo.checkpoint import LAST, CheckpointError
from yolo.darknet_cfg import DarknetError
from yolo.release import ReleaseError
from yolo.samples import SampleError
from yolo.train import TrainError

KNOWN: Final = (
    TrainError,
    CheckpointError,
    DarknetError,
    ReleaseError,
    SampleError,
    OSError,
    MemoryError,
    DatabaseError,
)
MEGABYTE: Final = 10**6


def told(error: Exception, folder: Path) -> Exception:
    """One of `KNOWN` as the TrainingError that the job shows; itself where it is no more than a fault of ours.

    `folder` holds the checkpoints of the run.
    """
    if is_disk_full(error):
        return TrainingError(_disk_full(folder))
    if isinstance(error, MemoryError):
        sentence = _(
            "There is not enough memory for this training. Resume it when other programs need less, or start one with "
            "a smaller batch, canvas or network."
        )
        return TrainingError(f"{sentence} {_kept(folder)}".strip())
    if isinstance(error, SampleError):
        mended = _("Send the very same picture again on the page of its dataset, then resume.")
        return TrainingError(f"{error} {mended} {_kept(folder)}".strip())
    if isinstance(error, OSError | DatabaseError):
        return error
    return TrainingError(str(error))


def _kept(folder: Path) -> str:
    """What is kept; nothing where the training did not come to a checkpoint."""
    return _("What it had learnt by its last checkpoint is kept.") if (folder / LAST).exists() else ""


def _disk_full(folder: Path) -> str:
    sentence = _(
        "The disk with the data folder is full (%(free)d MB are left). Free some space, %(needed)d MB or more, then "
        "resume. %(kept)s"
    )
    last = folder / LAST
    needed = 2 * last.stat().st_size if last.exists() else 100 * MEGABYTE
    free = shutil.disk_usage(folder if folder.exists() else folder.anchor or ".").free
    told = {"free": free // MEGABYTE, "needed": max(1, needed // MEGABYTE), "kept": _kept(folder)}
    return (sentence % told).strip()
