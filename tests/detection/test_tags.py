from datetime import UTC, datetime

import pytest

from detection.models import Camera
from detection.templatetags.detection import camera_since, camera_time, offset

BERLIN = Camera(name="gate", time_zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00.0"), (0.21, "0:00.2"), (7.44, "0:07.4"), (59.96, "1:00.0"), (61, "1:01.0"), (3601.5, "60:01.5")],
)
def test_an_offset_is_told_to_the_tenth_of_a_second(seconds, shown):
    assert offset(seconds) == shown


def test_a_moment_is_told_on_the_cameras_clock_with_its_zone():
    shown = camera_time(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), BERLIN)
    assert ">2026-07-02 00:30</time>" in shown
    assert "CEST (Europe/Berlin)" in shown
    assert 'datetime="2026-07-01T22:30:00+00:00"' in shown


def test_a_relative_time_carries_the_exact_one():
    assert 'title="2026-12-01 13:00:00 CET"' in camera_since(datetime(2026, 12, 1, 12, tzinfo=UTC), BERLIN)
