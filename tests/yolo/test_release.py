"""Releases: written whole, read with suspicion."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.yolo.random_release import ANCHORS, CLASSES, NET_SIZE, random_network, random_release
from yolo.release import (
    FILES,
    Release,
    ReleaseError,
    fingerprint,
    load_network,
    read_release,
    write_measured,
    write_release,
)

MEGABYTE = 1_000_000


def change(release: Release, **values: Any) -> None:
    path = release.folder / "release.json"
    manifest = json.loads(path.read_text())
    for key, value in values.items():
        if value is None:
            del manifest[key]
        else:
            manifest[key] = value
    path.write_text(json.dumps(manifest))


def test_it_is_read_as_it_was_written(written: Release) -> None:
    assert read_release(written.folder) == written
    assert written.classes == CLASSES
    assert written.anchors == tuple((float(w), float(h)) for w, h in ANCHORS)
    assert (written.strides, written.decoding, written.net_size) == ((8, 16, 32), "wide", NET_SIZE)
    assert written.thresholds == {"with_mask": 0.3, "without_mask": 0.35, "worn_incorrectly": 0.4}
    assert written.metrics == {"map50": 0.5, "ap50": {"with_mask": None}}
    assert written.provenance == {"seed": 0}


def test_the_folder_stays_below_twelve_megabytes_and_holds_nothing_else(written: Release) -> None:
    files = sorted(path.name for path in written.folder.iterdir())
    assert files == ["network.bin", "network.xml", "release.json", "weights.npz"]
    assert sum(path.stat().st_size for path in written.folder.iterdir()) < 12 * MEGABYTE


def test_writing_leaves_nothing_beside_the_folder(written: Release) -> None:
    assert [path.name for path in written.folder.parent.iterdir()] == [written.folder.name]


def test_the_same_network_gives_the_same_bytes(written: Release, tmp_path: Path) -> None:
    again = random_release(tmp_path / "again")
    manifests = [(r.folder / "release.json").read_text() for r in (written, again)]
    assert manifests[0] == manifests[1]


def test_the_network_that_is_loaded_has_the_rounded_weights(written: Release) -> None:
    loaded = {variable.path: variable.numpy() for variable in load_network(written).variables}
    trained = {variable.path: variable.numpy() for variable in random_network().variables}
    assert loaded.keys() == trained.keys()
    for path, array in trained.items():
        np.testing.assert_array_equal(loaded[path], array.astype(np.float16).astype(np.float32))


def test_a_folder_that_exists_is_never_written_to(written: Release) -> None:
    before = (written.folder / "release.json").read_bytes()
    with pytest.raises(ReleaseError, match="never changed"):
        random_release(written.folder)
    assert (written.folder / "release.json").read_bytes() == before


def test_weights_that_float16_cannot_hold_are_refused(tmp_path: Path) -> None:
    model = random_network()
    layer = model.get_layer("stem_norm")
    layer.moving_variance.assign(np.full(16, 1e6, np.float32))
    with pytest.raises(ReleaseError, match="stem_norm/moving_variance"):
        random_release(tmp_path / "releases" / "bad", model=model)
    assert list(tmp_path.glob("releases/*")) == []


def test_a_failed_export_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", "Traceback\nRuntimeError: no memory\n")

    monkeypatch.setattr("yolo.release.subprocess.run", broken)
    with pytest.raises(ReleaseError, match="The export to OpenVINO failed: RuntimeError: no memory"):
        random_release(tmp_path / "releases" / "bad")
    assert list(tmp_path.glob("releases/*")) == []


def test_a_network_for_other_classes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="24 channels"):
        write_release(
            folder=tmp_path / "release",
            model=random_network(),
            name="two",
            network="yolov3-slim",
            classes=CLASSES[:2],
            anchors=ANCHORS,
            net_size=NET_SIZE,
            thresholds=dict.fromkeys(CLASSES[:2], 0.5),
        )


@pytest.mark.parametrize("name", ["weights.npz", "network.xml", "network.bin"])
def test_a_missing_file_is_named(release: Release, name: str) -> None:
    (release.folder / name).unlink()
    with pytest.raises(ReleaseError, match=f"^The release {release.folder.name} is not whole: {name} is missing"):
        read_release(release.folder, verify=False)


@pytest.mark.parametrize("name", ["weights.npz", "network.xml", "network.bin"])
def test_one_changed_byte_is_noticed(release: Release, name: str) -> None:
    path = release.folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ReleaseError, match=f"^The release {release.folder.name} was changed: {name}"):
        read_release(release.folder)
    assert read_release(release.folder, verify=False) == release


def test_a_truncated_file_is_noticed_even_unverified(release: Release) -> None:
    path = release.folder / "network.bin"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ReleaseError, match=r"changed: network\.bin"):
        read_release(release.folder, verify=False)


def test_a_folder_without_release_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=rf"There is no release {tmp_path.name}: its release\.json cannot be read"):
        read_release(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "{}", "null", '{"format": 1}', "\x00"])
def test_a_damaged_manifest_is_said_to_be_one(release: Release, text: str) -> None:
    (release.folder / "release.json").write_text(text)
    with pytest.raises(ReleaseError, match=rf"^release\.json of {release.folder.name} is damaged"):
        read_release(release.folder)


def test_another_format_is_refused(release: Release) -> None:
    change(release, format=3)
    with pytest.raises(ReleaseError, match="has format 3; this version reads formats 1 and 2"):
        read_release(release.folder)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"anchors": None}, "anchors is missing"),
        ({"name": None}, "name"),
        ({"surprise": 1}, "surprise"),
        ({"anchors": [[1, 2]]}, "9 anchors are needed, not 1"),
        ({"anchors": [[1, 2]] * 8 + [[0, 3]]}, "above 0"),
        ({"anchors": "none"}, "damaged"),
        ({"classes": []}, "classes must be there"),
        ({"classes": 3}, "damaged"),
        ({"net_size": 300}, "multiple of 32, not 300"),
        ({"thresholds": {"with_mask": 0.5}}, "Each class needs a threshold"),
        ({"iou_threshold": 7}, "between 0 and 1"),
        ({"voting_iou": 7}, "between 0 and 1"),
        ({"network": "yolov9"}, "yolov9"),
        ({"decoding": "darknet"}, "not those of the network"),
        ({"files": {}}, r"weights\.npz is not listed"),
        ({"places": [1]}, "places are offsets"),
        ({"places": {"stem_conv/kernel": -1}}, "places are offsets"),
        ({"places": {"stem_conv/kernel": "0"}}, "places are offsets"),
    ],
)
def test_a_manifest_that_does_not_fit_together_is_refused(
    release: Release, values: dict[str, Any], sentence: str
) -> None:
    change(release, **values)
    with pytest.raises(ReleaseError, match=sentence):
        read_release(release.folder)


def test_what_the_network_of_openvino_holds_is_not_stored_twice(written: Release) -> None:
    parameters = random_network().count_params()
    stored = sum((written.folder / name).stat().st_size for name in ("network.bin", "weights.npz"))
    assert 2 * parameters < stored < 2.1 * parameters  # two bytes each, and the names of what weights.npz has
    places = json.loads((written.folder / "release.json").read_text())["places"]
    with np.load(written.folder / "weights.npz") as arrays:
        names = {variable.path for variable in random_network().variables}
        assert set(arrays.files).isdisjoint(places)
        assert set(arrays.files) | set(places) == names
        assert all(arrays[name].ndim == 1 for name in arrays.files)


def test_a_release_of_the_first_format_is_read(release: Release) -> None:
    wanted = {variable.path: variable.numpy() for variable in load_network(release).variables}
    path = release.folder / "weights.npz"
    np.savez(path, **{name: values.astype(np.float16) for name, values in wanted.items()})
    change(release, format=1, places=None, files={name: fingerprint(release.folder / name) for name in FILES})
    again = read_release(release.folder)
    assert again == release
    for variable in load_network(again).variables:
        np.testing.assert_array_equal(variable.numpy(), wanted[variable.path])
    measured = write_measured(
        source=again,
        folder=release.folder.parent / "measured",
        name="measured",
        thresholds=again.thresholds,
        metrics={},
        provenance={},
    )
    for variable in load_network(measured).variables:
        np.testing.assert_array_equal(variable.numpy(), wanted[variable.path])


@pytest.mark.parametrize(
    ("places", "sentence"),
    [
        ({"stem_conv/kernel": 10**9}, "cannot be read"),
        ({"stem_conv/colonel": 0}, "cannot be read"),
        ({"stem_norm/gamma": 0}, "cannot be read"),
        ({}, "not those of a yolov3-slim"),
    ],
)
def test_places_of_something_else_are_refused(release: Release, places: dict[str, int], sentence: str) -> None:
    change(release, places=places)
    with pytest.raises(ReleaseError, match=sentence):
        load_network(release)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda path: path.write_bytes(b"no archive"), "cannot be read"),
        (lambda path: np.savez(path, other=np.zeros(3, np.float16)), "not those of a yolov3-slim"),
    ],
)
def test_weights_of_something_else_are_refused(release: Release, damage: Callable[[Path], None], sentence: str) -> None:
    damage(release.folder / "weights.npz")
    with pytest.raises(ReleaseError, match=sentence):
        load_network(release)


def test_a_measured_release_has_the_same_network_and_the_new_figures(written: Release, tmp_path: Path) -> None:
    thresholds = {"with_mask": 0.2, "without_mask": 0.25, "worn_incorrectly": 0.9}
    measured = write_measured(
        source=written,
        folder=tmp_path / "measured",
        name="measured",
        thresholds=thresholds,
        metrics={"map50": 0.75},
        provenance={"run": 3},
    )
    for name in FILES:
        assert (measured.folder / name).read_bytes() == (written.folder / name).read_bytes()
    assert (measured.name, measured.thresholds, measured.metrics) == ("measured", thresholds, {"map50": 0.75})
    assert (measured.anchors, measured.provenance) == (written.anchors, {"run": 3})


def test_a_measured_release_with_a_threshold_too_few_is_refused_and_leaves_nothing(
    written: Release, tmp_path: Path
) -> None:
    with pytest.raises(ReleaseError, match="Each class needs a threshold"):
        write_measured(
            source=written,
            folder=tmp_path / "own" / "m",
            name="m",
            thresholds={"with_mask": 0.2},
            metrics={},
            provenance={},
        )
    assert not (tmp_path / "own").exists()
