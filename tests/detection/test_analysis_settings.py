"""The settings of an analysis are fixed on its row."""

import json
from dataclasses import replace

import pytest

from detection.analysis_settings import AnalysisSettings
from tests.detection.fakes import fake_release

RELEASE = replace(fake_release(), thresholds={"with_mask": 0.4, "without_mask": 0.3, "worn_incorrectly": 0.5})


def test_they_come_from_the_release_and_the_clip():
    found = AnalysisSettings.first(RELEASE, frames_per_second=5, picture=1920)
    assert found.judging.thresholds == (0.4, 0.3, 0.5)
    assert (found.judging.picture, found.judging.seen) == (1920, 320)
    assert found.score == pytest.approx(0.15), "half of the lowest threshold"
    assert found.tracking.begins == 0.3


def test_a_clip_smaller_than_the_network_is_seen_at_its_own_size():
    assert AnalysisSettings.first(RELEASE, frames_per_second=5, picture=240).judging.seen == 240


def test_at_a_low_rate_a_passer_by_may_be_seen_once():
    assert AnalysisSettings.first(RELEASE, frames_per_second=1, picture=640).judging.shortest == 1
    assert AnalysisSettings.first(RELEASE, frames_per_second=5, picture=640).judging.shortest == 2


def test_they_survive_the_way_through_json():
    found = AnalysisSettings.first(RELEASE, frames_per_second=5, picture=1920)
    assert AnalysisSettings.from_json(json.loads(json.dumps(found.to_json()))) == found
