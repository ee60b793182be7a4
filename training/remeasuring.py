"""Writes a release under another name with figures of its own, for one that no training of this site has measured."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from labelling.models import DatasetVersion, Split
from training.publishing import best_scores, judged_on, measured
from yolo.detector import Detector
from yolo.release import Release, write_measured

Tell = Callable[[str], None]


def write_remeasured(
    *, source: Release, version: DatasetVersion, folder: Path, provenance: Mapping[str, Any], tell: Tell
) -> None:
    """Measure `source` on the validation and test pictures of `version`, and write it to `folder` with the figures.

    Its thresholds are those of the best F1 on validation. Raises ReleaseError where the folder exists.
    """
    detector = Detector(source, precision="f32")
    tell(_("measuring on the validation pictures"))
    validation = judged_on(detector, version, Split.VALIDATION)
    tell(_("measuring on the test pictures"))
    test = judged_on(detector, version, Split.TEST)
    write_measured(
        source=source,
        folder=folder,
        name=folder.name,
        thresholds=best_scores(validation, source.classes),
        metrics={"validation": measured(validation, source.classes), "test": measured(test, source.classes)},
        provenance={**provenance, "arithmetic": detector.arithmetic},
    )
