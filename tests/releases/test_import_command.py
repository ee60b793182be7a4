"""`manage.py release_import`."""

import io
import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from releases.models import ModelRelease
from releases.services import registered_releases, release_folder
from tests.releases.makers import copy_named


def release_import(folder: Path, *arguments: str) -> dict:
    out = io.StringIO()
    call_command("release_import", str(folder), *arguments, "--json", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def test_a_release_made_elsewhere_is_registered(db, tiny_release_folder):
    told = release_import(tiny_release_folder)
    release = ModelRelease.objects.get()
    assert told == {
        "release": "tiny-random",
        "network": "yolov3-slim",
        "net_size": 288,
        "classes": ["with_mask", "without_mask", "worn_incorrectly"],
        "sha256": release.sha256,
        "active": False,
    }
    assert (release_folder(release) / "weights.npz").is_file()


def test_the_folder_that_a_training_wrote_into_does_as_well(db, tiny_release_folder, tmp_path):
    shutil.copytree(tiny_release_folder, tmp_path / "out" / "release")
    assert release_import(tmp_path / "out")["release"] == "tiny-random"


def test_it_can_be_named_and_made_active(tiny_release, tiny_release_folder, tmp_path):
    folder = copy_named(tiny_release_folder, tmp_path / "b", name="tiny-random", created="2026-12-01T00:00:00+00:00")
    told = release_import(folder, "--name", "better", "--activate")
    assert (told["release"], told["active"]) == ("better", True)
    assert ModelRelease.objects.active().get().name == "better"


def test_a_release_that_is_there_is_registered_once(tiny_release, tiny_release_folder):
    assert release_import(tiny_release_folder, "--name", "again")["release"] == "tiny-random"
    assert ModelRelease.objects.count() == 1


def test_what_cannot_be_registered_is_told(tiny_release, tiny_release_folder, tmp_path):
    with pytest.raises(CommandError, match="no folder"):
        release_import(tmp_path / "nothing")
    with pytest.raises(CommandError, match=r"there is no release\.json"):
        release_import(tmp_path)
    folder = copy_named(tiny_release_folder, tmp_path / "b", name="tiny-random", created="2026-12-01T00:00:00+00:00")
    with pytest.raises(CommandError, match="another release named tiny-random"):
        release_import(folder)
    for name in ("../outside", ".hidden", "a/b"):
        with pytest.raises(CommandError, match="is no name for a release"):
            release_import(folder, "--name", name)
    (folder / "network.bin").write_bytes(b"short")
    with pytest.raises(CommandError, match=r"network\.bin"):
        release_import(folder, "--name", "broken")
    assert [path.name for path in registered_releases().iterdir()] == ["tiny-random"]
