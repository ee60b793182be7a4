"""What the network of a release finds on a dataset version, measured apart from the code that publishes figures."""

import pytest

from labelling.models import DatasetVersion, Split
from labelling.versions import version_samples
from releases.models import ModelRelease
from releases.services import release_folder
from yolo.detector import Detector
from yolo.evaluate import SCORE_FLOOR, evaluate
from yolo.release import read_release


def assert_figures_are_its_own(release: ModelRelease, version: DatasetVersion) -> None:
    detector = Detector(read_release(release_folder(release)))
    for split in (Split.VALIDATION, Split.TEST):
        samples = version_samples(version, split)
        own = evaluate(
            lambda pictures: detector.detect_batch(pictures, score=SCORE_FLOOR), samples, detector.release.classes
        )
        assert release.metrics[split]["map50_95_all"] == pytest.approx(own.map)
        assert release.metrics[split]["pictures"] == len(samples) > 0
