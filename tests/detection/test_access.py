"""Who may watch the job of an analysis."""

import pytest

from detection.access import analysis_visible
from tests.detection.makers import make_analysis, make_camera, make_clip


@pytest.fixture
def analysis(db):
    return make_analysis(make_clip(make_camera("gate")))


def test_people_who_see_the_camera_may(analysis, bob, charlie):
    assert analysis_visible(bob, analysis.pk)
    assert not analysis_visible(charlie, analysis.pk)
    analysis.clip.camera.members.add(charlie)
    assert analysis_visible(charlie, analysis.pk)


def test_people_of_other_trades_may_not(analysis, dan):
    assert not analysis_visible(dan, analysis.pk)


def test_of_what_is_not_there_nobody_sees_anything(db, alice):
    assert not analysis_visible(alice, 12345)
