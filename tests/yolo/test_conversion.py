"""Releases as files of Keras and ONNX."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from tests.yolo.random_release import random_pictures
from yolo import conversion
from yolo.conversion import Compared, convert, memory_free, memory_needed, too_large
from yolo.detector import Detector
from yolo.release import Release, ReleaseError


def pictures() -> list[np.ndarray]:
    return [random_pictures(1, 120, 200), random_pictures(2, 288, 288)]


@pytest.fixture
def stand_in(monkeypatch):
    """What converts in place of the process: it writes a file, and says what it is told to."""
    said = {"difference": 0.0}

    def converted(release, form, made, canvases, on_wait):
        made.write_bytes(b"file")
        with np.load(canvases) as stored:
            said["shapes"] = [stored[name].shape for name in stored.files]
        return Compared(said["difference"], len(said["shapes"]))

    monkeypatch.setattr(conversion, "_converted", converted)
    monkeypatch.setattr(conversion, "memory_free", lambda: 10**12)
    return said


def test_the_file_appears_whole_with_the_pictures_in_the_smallest_rectangles(
    release: Release, tmp_path: Path, stand_in
) -> None:
    to = tmp_path / "new" / "network.onnx"
    assert convert(release, form="onnx", to=to, pictures=pictures()) == Compared(0.0, 2)
    assert stand_in["shapes"] == [(192, 288, 3), (288, 288, 3)]  # 288 * 120 / 200 = 172.8, on to a multiple of 32
    assert [path.name for path in to.parent.iterdir()] == ["network.onnx"]


@pytest.mark.parametrize("difference", [0.0021, float("inf"), float("nan")])
def test_a_file_that_computes_something_else_is_refused(release, tmp_path, stand_in, difference) -> None:
    stand_in["difference"] = difference
    with pytest.raises(ReleaseError, match=r"and 0\.002 is allowed"):
        convert(release, form="onnx", to=tmp_path / "new" / "x.onnx", pictures=pictures())
    assert list((tmp_path / "new").iterdir()) == []


def test_without_a_picture_nothing_is_compared_and_nothing_written(release, tmp_path, stand_in) -> None:
    with pytest.raises(ReleaseError, match="no picture"):
        convert(release, form="keras", to=tmp_path / "x.keras", pictures=[])


def test_what_does_not_fit_into_memory_is_refused_beforehand(release, tmp_path, stand_in, monkeypatch) -> None:
    monkeypatch.setattr(conversion, "memory_free", lambda: memory_needed(release) - 1)
    assert "0.9 GB of memory" in too_large(release)
    with pytest.raises(ReleaseError, match="try again when less is going on"):
        convert(release, form="keras", to=tmp_path / "x.keras", pictures=pictures())
    monkeypatch.setattr(conversion, "memory_free", lambda: memory_needed(release))
    assert too_large(release) == ""


def test_memory_grows_with_the_weights_and_the_net_size(release: Release) -> None:
    weights = (release.folder / "network.bin").stat().st_size
    assert memory_needed(release) == 800_000_000 + 7 * 2 * weights + 600 * 288 * 288


def test_the_limit_of_a_container_counts(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("400\n")
    monkeypatch.setattr(conversion, "CGROUP", tmp_path)
    assert memory_free() == 600
    (tmp_path / "memory.max").write_text("max\n")
    assert memory_free() > 1000


def test_a_damaged_release_is_told_in_a_sentence(release: Release, tmp_path: Path) -> None:
    (release.folder / "network.bin").unlink()
    with pytest.raises(ReleaseError, match=r"network\.bin is missing"):
        convert(release, form="keras", to=tmp_path / "x.keras", pictures=pictures())


def test_what_is_raised_while_waiting_ends_the_process(release: Release, tmp_path: Path, monkeypatch) -> None:
    started = []
    real = conversion._ended
    monkeypatch.setattr(conversion, "_ended", lambda process: started.append(process) or real(process))

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert(release, form="onnx", to=tmp_path / "new" / "x.onnx", pictures=pictures(), on_wait=stop)
    assert started[0].returncode is not None
    assert list((tmp_path / "new").iterdir()) == []


def test_an_error_of_the_process_is_told_by_its_last_line(release, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(conversion.sys, "executable", "/bin/false")
    with pytest.raises(ReleaseError, match="Converting to onnx failed: no message"):
        convert(release, form="onnx", to=tmp_path / "x.onnx", pictures=pictures())


@pytest.mark.slow
def test_an_onnx_file_runs_and_tells_what_is_needed_to_use_it(written: Release, tmp_path: Path) -> None:
    to = tmp_path / "network.onnx"
    compared = convert(written, form="onnx", to=to, pictures=pictures())
    assert compared.pictures == 2
    assert 0 < compared.largest_difference < 1e-3
    session = onnxruntime.InferenceSession(to, providers=["CPUExecutionProvider"])
    known = session.get_modelmeta().custom_metadata_map
    assert json.loads(known["classes"]) == list(written.classes)
    assert json.loads(known["anchors"]) == [list(anchor) for anchor in written.anchors]
    assert json.loads(known["thresholds"]) == written.thresholds
    assert (known["decoding"], known["net_size"], known["temperature"]) == ("wide", "288", "1.0")
    canvas = random_pictures(3, 288, 288)
    outputs = session.run(None, {"pictures": canvas[None, ..., ::-1].astype(np.float32) / 255})
    for output, wanted in zip(outputs, Detector(written, precision="f32").run(canvas), strict=True):
        np.testing.assert_allclose(output[0], wanted, atol=1e-3)


@pytest.mark.slow
def test_a_keras_file_loads_without_this_product_and_holds_the_description(written: Release, tmp_path: Path) -> None:
    import keras

    to = tmp_path / "network.keras"
    assert convert(written, form="keras", to=to, pictures=pictures()) == Compared(0.0, 2)
    with zipfile.ZipFile(to) as archive:
        assert json.loads(archive.read("release.json"))["name"] == "random"
    model = keras.models.load_model(to, compile=False)
    canvas = random_pictures(3, 96, 96)
    outputs = model(canvas[None, ..., ::-1].astype(np.float32) / 255, training=False)
    for output, wanted in zip(outputs, Detector(written, precision="f32").run(canvas), strict=True):
        np.testing.assert_allclose(np.asarray(output)[0], wanted, atol=1e-3)
