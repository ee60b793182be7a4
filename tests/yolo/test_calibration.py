"""A score becomes the chance to be right."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from yolo.calibration import FEWEST, calibrated, fit_temperature, read_calibration
from yolo.release import Release, ReleaseError
from yolo.sealed import seal_write


def test_a_temperature_divides_the_logit_of_a_score():
    # logit(0.8) = ln 4; halved temperature doubles it: 4^2 / (1 + 4^2) = 16/17; doubled: 2/3.
    np.testing.assert_allclose(calibrated([0.8, 0.5], 0.5), [16 / 17, 0.5])
    np.testing.assert_allclose(calibrated([0.8, 0.2], 2.0), [2 / 3, 1 / 3])


def test_a_temperature_of_one_changes_nothing():
    scores = np.linspace(0.001, 0.999, 100)
    np.testing.assert_allclose(calibrated(scores, 1.0), scores)


def test_the_order_of_scores_stays():
    chances = calibrated(np.linspace(0.0, 1.0, 1001), 0.56)
    assert (np.diff(chances) >= 0).all()
    assert 0 <= chances[0] < chances[-1] <= 1


def test_the_fit_finds_the_temperature_that_explains_what_is_right():
    # Of 100 detections of 0.6 are 80 right, so the chance is 0.8: T = ln 1.5 / ln 4. Those of 0.4 mirror them.
    scores = [0.6] * 100 + [0.4] * 100
    right = [True] * 80 + [False] * 20 + [True] * 20 + [False] * 80
    fit = fit_temperature(scores, right)
    assert fit.temperature == pytest.approx(math.log(1.5) / math.log(4), abs=1e-3)
    # Per detection 0.8 ln(1/chance of right) + 0.2 ln(1/chance of wrong).
    assert fit.nll_before == pytest.approx(-0.8 * math.log(0.6) - 0.2 * math.log(0.4))
    assert fit.nll_after == pytest.approx(-0.8 * math.log(0.8) - 0.2 * math.log(0.2), abs=1e-6)


def test_scores_that_say_too_much_get_a_temperature_above_one():
    # Of those of 0.9 are 60 % right: T = ln 9 / ln 1.5.
    fit = fit_temperature([0.9] * 100, [True] * 60 + [False] * 40)
    assert fit.temperature == pytest.approx(math.log(9) / math.log(1.5), abs=1e-3)


@pytest.mark.parametrize(
    ("count", "right"),
    [
        pytest.param(FEWEST - 1, 1, id="too few"),
        pytest.param(FEWEST, 0, id="all wrong"),
        pytest.param(FEWEST, FEWEST, id="all right"),
    ],
)
def test_what_no_temperature_can_be_told_from_is_refused(count: int, right: int):
    with pytest.raises(ValueError, match="takes 50 detections"):
        fit_temperature([0.5] * count, [True] * right + [False] * (count - right))


def test_a_release_without_calibration_has_none(release: Release):
    assert read_calibration(release.folder) is None


def test_a_changed_calibration_is_refused(release: Release):
    seal_write(release.folder, "calibration.json", {"temperature": 0.5})
    kept = read_calibration(release.folder)
    assert kept is not None and kept["temperature"] == 0.5
    _change(release.folder / "calibration.json", temperature=0.6)
    with pytest.raises(ReleaseError, match="seal does not fit"):
        read_calibration(release.folder)


def _change(path: Path, **values: float) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
