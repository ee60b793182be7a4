"""Loads the detector of a release for a job. Loads OpenVINO: for workers only."""

import os
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from releases.models import ModelRelease
from releases.services import release_folder
from yolo.detections import Detections
from yolo.detector import Detector
from yolo.release import Release

NICE: Final = 10  # lets clips, imports and pages go first


class PictureDetector(Protocol):
    release: Release

    def detect(self, image_bgr: NDArray[np.uint8], *, score: float | None = None) -> Detections: ...


def load_detector(release: ModelRelease) -> PictureDetector:
    """The detector of a release, its files verified, in a process that from now on lets others go first.

    Threads inherit the priority, those of OpenVINO as well. Raises ReleaseError.
    """
    os.nice(max(0, NICE - os.nice(0)))
    return Detector(release_folder(release))
