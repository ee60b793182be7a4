"""What a run trains on: the frozen pictures of its dataset versions."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from jobs.reporter import JobFailure
from labelling.models import DatasetVersion, Split, VersionImage
from labelling.versions import version_samples
from training.models import TrainingRun
from yolo.samples import Sample, SampleError

NAMED: Final = 5


class TrainingError(JobFailure):
    """A training cannot go on; the message is a sentence for people."""


def training_samples(version: DatasetVersion) -> list[Sample]:
    """Pictures of the train split. Raises TrainingError when there are none."""
    samples = version_samples(version, Split.TRAIN)
    if not samples:
        raise TrainingError(_("The train split of %(version)s holds no picture.") % {"version": version})
    return samples


def crop_samples(run: TrainingRun) -> list[Sample]:
    """All single faces of the run's second version, their classes named as in the first.

    No picture that validates or tests the run is among them, whatever dataset it came from.
    """
    if run.crops_version is None:
        return []
    known = {name: index for index, name in enumerate(run.version.classes)}
    renamed = np.array([known.get(name, -1) for name in run.crops_version.classes], np.int64)
    kept_back = _kept_back(run)
    crops = [sample for split in Split.values for sample in version_samples(run.crops_version, split)]
    return [_relabelled(crop, renamed) for crop in crops if crop.path not in kept_back]


def check_pictures(samples: Sequence[Sample]) -> None:
    """Raises SampleError where files are missing: better at once than at the end. Their content is checked as read."""
    gone = [sample.name for sample in samples if not sample.path.is_file()]
    if gone:
        words = {"names": ", ".join(gone[:NAMED]), "more": len(gone) - NAMED}
        few = _("The file is missing of: %(names)s.")
        many = _("The file is missing of: %(names)s and %(more)d more.")
        raise SampleError((many if len(gone) > NAMED else few) % words)


def _kept_back(run: TrainingRun) -> set[Path]:
    """Files of single faces that are also pictures of the run's validation or test split."""
    judging = VersionImage.objects.filter(version=run.version).exclude(split=Split.TRAIN)
    shared = VersionImage.objects.filter(version=run.crops_version, sha256__in=judging.values("sha256"))
    return {Path(frozen.image.file.path) for frozen in shared.select_related("image")}


def _relabelled(crop: Sample, renamed: NDArray[np.int64]) -> Sample:
    labels = renamed[crop.labels]
    return replace(crop, boxes=crop.boxes[labels >= 0], labels=labels[labels >= 0])
