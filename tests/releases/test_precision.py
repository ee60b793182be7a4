"""Which numbers judge, and what lies sealed beside a release."""

import json
import shutil
import zipfile

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from releases.archive import zipped
from releases.loading import detector_for
from releases.models import ModelRelease
from releases.precision import precision_choose, shortfall_note
from releases.services import additions_take, bundled_register, release_folder, release_register
from releases.serving import WarmDetector
from tests.releases.additions import seal_calibration, seal_int8
from yolo.release import ReleaseError

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tiny_release_folder, tmp_path):
    """A folder of a release, free to be added to."""
    shutil.copytree(tiny_release_folder, tmp_path / "made" / "tiny")
    return tmp_path / "made" / "tiny"


def test_a_release_judges_in_float_until_somebody_says_otherwise(tiny_release):
    assert (tiny_release.precision, tiny_release.int8, tiny_release.temperature) == ("auto", {}, 1.0)
    assert [value for value, _ in tiny_release.precisions] == ["auto", "f32"]


def test_int8_takes_an_int8_form(tiny_release, dan):
    with pytest.raises(ValidationError, match="no int8 form yet"):
        precision_choose(release=tiny_release, precision="int8", by=dan)
    tiny_release.refresh_from_db()
    assert tiny_release.precision == "auto"


def test_numbers_that_nobody_knows_are_refused(tiny_release, dan):
    with pytest.raises(ValidationError, match="one of auto, f32, int8"):
        precision_choose(release=tiny_release, precision="int4", by=dan)


def test_the_choice_is_on_record_with_what_was_before(folder, dan):
    seal_int8(folder)
    release = release_register(folder=folder, by=None)
    precision_choose(release=release, precision="int8", by=dan)
    release.refresh_from_db()
    assert release.precision == "int8"
    entry = AuditEntry.objects.filter(action="release_precision").get()
    assert (entry.actor, entry.detail["before"], entry.detail["after"]) == (dan, "auto", "int8")


def test_choosing_what_is_chosen_is_no_change(tiny_release, dan):
    precision_choose(release=tiny_release, precision="auto", by=dan)
    assert not AuditEntry.objects.filter(action="release_precision").exists()


def test_what_lies_beside_a_release_comes_with_its_registration(folder):
    int8, calibration = seal_int8(folder), seal_calibration(folder)
    release = release_register(folder=folder, by=None)
    assert (release.int8, release.calibration) == (int8, calibration)
    assert (release_folder(release) / "network.int8.xml").is_file()
    # logit(0.8) = ln 4, which a temperature of a half doubles: 16 / 17.
    assert release.chance_of(0.8) == pytest.approx(16 / 17)
    assert release.chance_of(None) is None


def test_a_score_of_a_release_that_is_not_calibrated_says_nothing(tiny_release):
    assert tiny_release.chance_of(0.8) is None


def test_a_release_with_a_changed_int8_form_is_not_registered(folder):
    seal_int8(folder)
    (folder / "network.int8.bin").write_bytes(b"changed")
    with pytest.raises(ReleaseError, match=r"network\.int8\.bin is not as it was written"):
        release_register(folder=folder, by=None)
    assert not ModelRelease.objects.exists()


def test_what_is_added_later_is_taken_over_once(tiny_release, dan):
    seal_calibration(release_folder(tiny_release))
    shortfall_note(release=tiny_release, name="calibration", sentence="Too few.")
    tiny_release.refresh_from_db()
    for _ in range(2):
        additions_take(release=tiny_release, by=dan)
    tiny_release.refresh_from_db()
    assert (tiny_release.temperature, tiny_release.shortfalls) == (0.5, {})
    assert AuditEntry.objects.filter(action="release_calibration").count() == 1


def test_a_bundled_release_brings_what_a_newer_version_ships_beside_it(folder, settings):
    settings.BUNDLED_RELEASES = folder.parent
    (release,) = bundled_register()
    assert release.calibration == {}
    seal_calibration(folder)
    assert [row.temperature for row in bundled_register()] == [0.5]


def test_a_bundled_release_stays_when_what_ships_beside_it_is_damaged(folder, settings, caplog):
    settings.BUNDLED_RELEASES = folder.parent
    bundled_register()
    (folder / "calibration.json").write_text("{}")
    assert [row.name for row in bundled_register()] == ["tiny-random"]
    assert "calibration.json of tiny is damaged" in caplog.text


def test_the_download_holds_what_lies_beside(folder):
    seal_int8(folder)
    with zipfile.ZipFile(zipped(folder, name="tiny", card="# Card")) as packed:
        names = {name.removeprefix("tiny/") for name in packed.namelist()}
        assert json.loads(packed.read("tiny/int8.json"))["loss"] == 0.004
    assert {"int8.json", "network.int8.xml", "network.int8.bin"} <= names
    assert "calibration.json" not in names


def test_a_switch_of_precision_counts_from_the_next_picture(tiny_release):
    warm = WarmDetector()
    before = warm.current()[1]
    precision_choose(release=tiny_release, precision="f32", by=None)
    now = warm.current()[1]
    assert (before.precision, now.precision, now.arithmetic) == ("auto", "f32", "f32")
    assert warm.current()[1] is now


def test_other_numbers_can_be_asked_for(tiny_release):
    assert detector_for(tiny_release, "f32").precision == "f32"
    assert detector_for(tiny_release).precision == "auto"
    with pytest.raises(ReleaseError, match="no int8 form"):
        detector_for(tiny_release, "int8")
    with pytest.raises(ReleaseError, match="A precision is one of"):
        detector_for(tiny_release, "int4")
