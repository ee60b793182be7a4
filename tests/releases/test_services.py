"""Registering and activating releases."""

import errno
import shutil
from pathlib import Path

import pytest

from accounts.models import AuditEntry
from detection.models import Analysis
from jobs.startup import start_actions_run
from releases.models import Activation, ModelRelease
from releases.services import (
    NoRelease,
    ReleaseKept,
    bundled_register,
    registered_releases,
    release_activate,
    release_active,
    release_before,
    release_delete,
    release_folder,
    release_register,
    release_roll_back,
)
from tests.detection.makers import make_camera, make_clip
from tests.releases.makers import copy_named
from yolo.release import ReleaseError


@pytest.fixture
def bundled(settings, tmp_path) -> Path:
    settings.BUNDLED_RELEASES = tmp_path / "bundled"
    settings.BUNDLED_RELEASES.mkdir()
    return settings.BUNDLED_RELEASES


@pytest.fixture
def second_release(db, tiny_release_folder, tmp_path) -> ModelRelease:
    folder = copy_named(tiny_release_folder, tmp_path / "second", name="second", created="2026-11-23T12:00:00+00:00")
    return release_register(folder=folder, by=None)


def test_registering_copies_the_folder_and_the_figures(dan, tiny_release_folder):
    release = release_register(folder=tiny_release_folder, by=dan)
    assert release_folder(release) == registered_releases() / "tiny-random"
    assert (release_folder(release) / "network.xml").read_bytes() == (tiny_release_folder / "network.xml").read_bytes()
    assert (release.network, release.net_size, release.classes[0]) == ("yolov3-slim", 288, "with_mask")
    assert not release.is_active
    assert AuditEntry.objects.get(action="release_register").actor == dan


def test_registering_the_same_release_twice_gives_one_row(db, tiny_release_folder):
    first = release_register(folder=tiny_release_folder, by=None)
    assert release_register(folder=tiny_release_folder, by=None) == first
    assert release_register(folder=release_folder(first), by=None) == first
    assert ModelRelease.objects.count() == 1


def test_a_folder_with_a_changed_file_is_refused_with_a_sentence(db, tiny_release_folder, tmp_path):
    folder = shutil.copytree(tiny_release_folder, tmp_path / "broken")
    weights = folder / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(ReleaseError, match=r"weights\.npz"):
        release_register(folder=folder, by=None)
    assert not ModelRelease.objects.exists()
    assert not registered_releases().exists()


def test_another_release_of_the_same_name_is_refused(tiny_release, tiny_release_folder, tmp_path):
    folder = copy_named(
        tiny_release_folder, tmp_path / "other", name="tiny-random", created="2027-01-01T00:00:00+00:00"
    )
    with pytest.raises(ReleaseError, match="another release named tiny-random"):
        release_register(folder=folder, by=None)
    assert release_register(folder=folder, by=None, name="tiny-again").name == "tiny-again"


def test_activating_switches_exactly_one(dan, tiny_release, second_release):
    release_activate(release=second_release, by=dan)
    assert list(ModelRelease.objects.active()) == [second_release]
    assert ModelRelease.objects.get(pk=second_release.pk).activated_at is not None
    entry = AuditEntry.objects.get(action="release_activate", actor=dan)
    assert entry.detail == {"name": "second", "before": "tiny-random"}


def test_a_release_whose_files_are_gone_cannot_become_active(tiny_release, second_release):
    (release_folder(second_release) / "network.bin").unlink()
    with pytest.raises(ReleaseError, match=r"network\.bin is missing"):
        release_activate(release=second_release, by=None)
    assert release_active() == tiny_release


def test_a_fresh_site_uses_the_newest_bundled_release(db, bundled, tiny_release_folder):
    copy_named(tiny_release_folder, bundled / "b-older", name="older", created="2026-01-01T00:00:00+00:00")
    copy_named(tiny_release_folder, bundled / "a-newer", name="newer", created="2026-02-01T00:00:00+00:00")
    active = release_active()
    assert (active.name, active.is_bundled) == ("newer", True)
    assert release_folder(active) == bundled / "a-newer"
    assert ModelRelease.objects.count() == 2
    bundled_register()
    assert ModelRelease.objects.count() == 2


def test_a_release_that_a_person_chose_stays_active_when_a_bundled_one_comes(
    tiny_release, bundled, tiny_release_folder
):
    copy_named(tiny_release_folder, bundled / "new", name="new", created="2030-01-01T00:00:00+00:00")
    bundled_register()
    assert release_active() == tiny_release


def test_when_the_active_bundled_release_no_longer_ships_the_newest_takes_over(db, bundled, tiny_release_folder):
    copy_named(tiny_release_folder, bundled / "old", name="old", created="2026-01-01T00:00:00+00:00")
    assert release_active().name == "old"
    shutil.rmtree(bundled / "old")
    copy_named(tiny_release_folder, bundled / "new", name="new", created="2026-02-01T00:00:00+00:00")
    bundled_register()
    assert release_active().name == "new"


@pytest.fixture
def upgraded(db, bundled, tiny_release_folder) -> ModelRelease:
    """The release that shipped before the one that ships now."""
    copy_named(tiny_release_folder, bundled / "old-folder", name="old", created="2026-01-01T00:00:00+00:00")
    old = release_active()
    shutil.rmtree(bundled / "old-folder")
    copy_named(tiny_release_folder, bundled / "new", name="new", created="2026-02-01T00:00:00+00:00")
    bundled_register()
    return ModelRelease.objects.get(pk=old.pk)


def test_one_that_no_longer_ships_can_be_rolled_back_to(upgraded):
    assert release_active().name == "new"
    assert (upgraded.is_bundled, release_folder(upgraded)) == (False, registered_releases() / "old")
    release_roll_back(to=release_before(), by=None)
    assert release_active() == upgraded
    bundled_register()
    assert release_active() == upgraded


def test_one_that_no_longer_ships_can_be_deleted(upgraded, django_capture_on_commit_callbacks):
    folder = release_folder(upgraded)
    assert folder.is_dir()
    with django_capture_on_commit_callbacks(execute=True):
        release_delete(release=upgraded, by=None)
    assert not folder.exists()
    bundled_register()
    assert [row.name for row in ModelRelease.objects.all()] == ["new"]


def test_the_copy_of_one_that_ships_has_what_came_beside_it_later(db, bundled, tiny_release_folder):
    copy_named(tiny_release_folder, bundled / "ours", name="ours", created="2026-01-01T00:00:00+00:00")
    bundled_register()
    (bundled / "ours" / "beside.txt").write_text("later")
    bundled_register()
    assert (registered_releases() / "ours" / "beside.txt").read_text() == "later"


def test_a_folder_that_has_the_name_of_one_that_ships_is_left_alone(db, bundled, tiny_release_folder):
    copy_named(tiny_release_folder, registered_releases() / "ours", name="mine", created="2026-01-01T00:00:00+00:00")
    (registered_releases() / "ours" / "mine.txt").write_text("kept")
    copy_named(tiny_release_folder, bundled / "ours", name="ours", created="2026-01-01T00:00:00+00:00")
    assert release_active().name == "ours"
    assert (registered_releases() / "ours" / "mine.txt").read_text() == "kept"
    assert not ModelRelease.objects.exclude(is_bundled=True).exists()


def test_without_room_for_the_copy_it_judges_all_the_same(db, bundled, tiny_release_folder, monkeypatch, caplog):
    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    copy_named(tiny_release_folder, bundled / "ours", name="ours", created="2026-01-01T00:00:00+00:00")
    monkeypatch.setattr("releases.services.shutil.copytree", full)
    assert release_active().name == "ours"
    assert "No copy of ours is kept" in caplog.text
    assert "No space left on device" in caplog.text


def test_without_any_release_there_is_a_sentence(db, bundled):
    with pytest.raises(NoRelease, match="No model is active"):
        release_active()


def test_a_bundled_release_that_is_not_whole_is_left_out_and_logged(db, bundled, tiny_release_folder, caplog):
    copy_named(tiny_release_folder, bundled / "broken", name="broken", created="2026-02-01T00:00:00+00:00")
    (bundled / "broken" / "network.bin").unlink()
    copy_named(tiny_release_folder, bundled / "whole", name="whole", created="2026-01-01T00:00:00+00:00")
    assert [row.name for row in bundled_register()] == ["whole"]
    assert release_active().name == "whole"
    assert "network.bin is missing" in caplog.text


def test_the_server_registers_what_ships_when_it_starts(db, bundled, tiny_release_folder):
    copy_named(tiny_release_folder, bundled / "ours", name="ours", created="2026-01-01T00:00:00+00:00")
    start_actions_run()
    assert ModelRelease.objects.active().get().name == "ours"


@pytest.fixture
def third_release(db, tiny_release_folder, tmp_path) -> ModelRelease:
    folder = copy_named(tiny_release_folder, tmp_path / "third", name="third", created="2026-11-24T12:00:00+00:00")
    return release_register(folder=folder, by=None)


def test_rolling_back_twice_goes_back_twice(dan, tiny_release, second_release, third_release):
    assert release_before() is None
    release_activate(release=second_release, by=dan)
    release_activate(release=third_release, by=dan)
    release_roll_back(to=release_before(), by=dan)
    assert release_active() == second_release
    release_roll_back(to=release_before(), by=dan)
    assert release_active() == tiny_release
    assert release_before() is None
    assert [(one.name, one.is_rollback) for one in Activation.objects.order_by("pk")] == [
        ("tiny-random", False),
        ("second", False),
        ("third", False),
        ("second", True),
        ("tiny-random", True),
    ]
    assert AuditEntry.objects.filter(action="release_roll_back", actor=dan).count() == 2


def test_after_a_roll_back_another_choice_can_be_rolled_back_too(tiny_release, second_release, third_release):
    release_activate(release=second_release, by=None)
    release_roll_back(to=tiny_release, by=None)
    release_activate(release=third_release, by=None)
    assert release_before() == tiny_release


def test_a_deleted_release_is_passed_over(tiny_release, second_release, third_release):
    release_activate(release=second_release, by=None)
    release_activate(release=third_release, by=None)
    release_delete(release=second_release, by=None)
    assert release_before() == tiny_release
    assert Activation.objects.filter(name="second", release=None).count() == 1


def test_a_roll_back_to_what_is_no_longer_the_last_one_is_refused(tiny_release, second_release, third_release):
    release_activate(release=second_release, by=None)
    release_activate(release=third_release, by=None)
    with pytest.raises(ReleaseError, match="Meanwhile another release"):
        release_roll_back(to=tiny_release, by=None)
    assert release_active() == third_release


def test_deleting_a_release_removes_its_files_once_committed(dan, second_release, django_capture_on_commit_callbacks):
    folder = release_folder(second_release)
    with django_capture_on_commit_callbacks(execute=True):
        release_delete(release=second_release, by=dan)
        assert folder.is_dir()
    assert not folder.exists()
    assert AuditEntry.objects.get(action="release_delete").detail["name"] == "second"


def test_a_release_that_analyses_point_at_is_kept(second_release):
    clip = make_clip(make_camera())
    for _number in range(2):
        Analysis.objects.create(clip=clip, release=second_release)
    with pytest.raises(ReleaseKept, match="second is still pointed at: 2 analyses"):
        release_delete(release=second_release, by=None)
    assert release_folder(second_release).is_dir()


def test_what_is_active_or_ships_with_the_product_is_kept(tiny_release, bundled, tiny_release_folder):
    copy_named(tiny_release_folder, bundled / "new", name="new", created="2030-01-01T00:00:00+00:00")
    (shipped,) = bundled_register()
    with pytest.raises(ReleaseKept, match="tiny-random is active"):
        release_delete(release=tiny_release, by=None)
    with pytest.raises(ReleaseKept, match="ships with the product"):
        release_delete(release=shipped, by=None)
