"""Loads the detector of a release. Loads OpenVINO: for workers and commands only."""

import os
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from django.db import DatabaseError
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from releases.models import ModelRelease
from releases.services import bundled_folders, newest_bundled, release_active, release_folder
from yolo.detections import Detections
from yolo.detector import Detector, precision_named
from yolo.release import Release, ReleaseError, read_release

NICE: Final = 10  # lets clips, imports and pages go first


class PictureDetector(Protocol):
    release: Release
    temperature: float | None

    def detect(self, image_bgr: NDArray[np.uint8], *, score: float | None = None) -> Detections: ...


def load_detector(release: ModelRelease) -> PictureDetector:
    """The detector of a release, its files verified, in a process that from now on lets others go first.

    Threads inherit the priority, those of OpenVINO as well. Raises ReleaseError.
    """
    os.nice(max(0, NICE - os.nice(0)))
    return detector_for(release)


def detector_for(release: ModelRelease, precision: str | None = None) -> Detector:
    """The detector of a release, in the numbers it judges in unless others are named. Raises ReleaseError."""
    return Detector(release_folder(release), precision=precision_named(precision or release.precision))


def chosen_detector(name: str | None, *, precision: str | None = None) -> Detector:
    """The detector of the named release, else of the active one, else of the newest that ships with the product.

    The last also serves where the database cannot be asked. Raises ReleaseError with a sentence.
    """
    try:
        row = _named(name) if name else release_active()
    except DatabaseError:
        folder = _bundled_named(name) if name else newest_bundled()
        return Detector(folder, precision=precision_named(precision or "auto"))
    return detector_for(row, precision)


def _named(name: str) -> ModelRelease:
    row = ModelRelease.objects.filter(name=name).first()
    if row is None:
        raise ReleaseError(_("There is no release named %(name)s.") % {"name": name})
    return row


def _bundled_named(name: str) -> Path:
    for folder in bundled_folders():
        if read_release(folder, verify=False).name == name:
            return folder
    raise ReleaseError(_("No release named %(name)s ships with this copy.") % {"name": name})
