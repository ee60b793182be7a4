"""The int8 form: the same network, stored beside the float one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.yolo.random_release import random_pictures
from yolo.detector import Detector
from yolo.int8 import INT8, INT8_EXTRA, INT8_FILES, INT8_MODEL
from yolo.quantise import Recipe, float_convolutions, network_input, quantise, save_int8
from yolo.quiet_openvino import ov
from yolo.release import IR_MODEL, IR_WEIGHTS, Release, ReleaseError, read_release
from yolo.sealed import seal_write
from yolo.shared_ir import read_shared, save_shared

RECIPE = Recipe()
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Shown:
    """A picture in memory without boxes."""

    image: NDArray[np.uint8]
    boxes: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    labels: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def read(self) -> NDArray[np.uint8]:
        return self.image


def shown(count: int) -> list[Shown]:
    return [Shown(random_pictures(100 + number, 160, 288)) for number in range(count)]


@pytest.fixture(scope="module")
def quantised(written: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The random release with an int8 form beside it; not to be changed."""
    folder = tmp_path_factory.mktemp("int8") / "release"
    shutil.copytree(written.folder, folder)
    release = read_release(folder)
    save_int8(quantise(release, shown(8), RECIPE), folder)
    seal_write(folder, INT8, {"loss": 0.0}, files=INT8_FILES)
    return release


def outputs_of(network: ov.Model, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    compiled = ov.Core().compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return [np.array(value) for value in compiled(batch).values()]


@pytest.mark.parametrize(("recipe", "count"), [(Recipe(), 1 + 3), (Recipe(float_branches=True), 1 + 3 + 3)])
def test_the_ends_of_the_network_stay_float(written: Release, recipe: Recipe, count: int):
    # The first convolution, the last of each of the three scales, and the one before each.
    network = ov.Core().read_model(written.folder / IR_MODEL)
    kept = float_convolutions(network, recipe)
    assert len(kept) == count
    shapes = [tuple(node.input(1).get_shape()) for node in network.get_ops() if node.get_friendly_name() in kept]
    assert [1 for shape in shapes if shape[1] == 3] == [1]
    assert [shape[0] for shape in shapes].count(3 * (5 + len(written.classes))) == 3


def test_the_int8_form_finds_nearly_what_the_float_one_finds(quantised: Release):
    canvas = random_pictures(9, 160, 288)
    exact = Detector(quantised, precision="f32").run(canvas)
    for mine, wanted in zip(Detector(quantised, precision="int8").run(canvas), exact, strict=True):
        assert mine.shape == wanted.shape
        apart = np.abs(mine - wanted).mean() / wanted.std()
        assert 0 < apart < 0.2


def test_the_int8_form_computes_in_int8(quantised: Release):
    detector = Detector(quantised, precision="int8")
    compiled = detector._compile(288, 160)
    layers = [node.get_rt_info() for node in compiled.get_runtime_model().get_ops()]
    kept = [str(one["runtimePrecision"].value) for one in layers if str(one["layerType"].value) == "Convolution"]
    assert sum(kind in ("i8", "u8") for kind in kept) > 0.7 * len(kept)
    assert detector.arithmetic == "int8"


def test_what_both_forms_hold_is_stored_once(quantised: Release):
    folder = quantised.folder
    plain = (folder / IR_WEIGHTS).stat().st_size
    assert (folder / INT8_EXTRA).stat().st_size < 0.06 * plain


def test_a_shared_network_is_read_back_as_it_was_saved(quantised: Release, tmp_path: Path):
    folder = quantised.folder
    first = {"first": folder / IR_MODEL, "first_weights": folder / IR_WEIGHTS}
    network = ov.Core().read_model(folder / IR_MODEL)
    save_shared(network, **first, xml=tmp_path / "again.xml", extra=tmp_path / "again.bin")
    assert (tmp_path / "again.bin").read_bytes() == b""
    again = read_shared(
        ov.Core(), first_weights=first["first_weights"], xml=tmp_path / "again.xml", extra=tmp_path / "again.bin"
    )
    batch = network_input(quantised, shown(1)[0])
    for mine, wanted in zip(outputs_of(again, batch), outputs_of(network, batch), strict=True):
        np.testing.assert_array_equal(mine, wanted)


def test_pictures_are_counted_while_they_are_looked_at(written: Release):
    seen: list[tuple[int, int]] = []
    quantise(written, shown(2), RECIPE, on_picture=lambda done, total: seen.append((done, total)))
    assert seen[:2] == [(1, 2), (2, 2)]


def test_without_pictures_there_is_nothing_to_calibrate_on(written: Release):
    with pytest.raises(ReleaseError, match="no picture"):
        quantise(written, [], RECIPE)


def test_a_release_without_int8_form_is_refused_and_works_in_float(written: Release):
    with pytest.raises(ReleaseError, match="no int8 form"):
        Detector(written, precision="int8")
    assert Detector(written, precision="f32").arithmetic == "f32"
    assert Detector(written).arithmetic in ("f32", "bf16", "f16")


@pytest.mark.parametrize("file", [INT8_MODEL, INT8_EXTRA])
def test_a_changed_int8_form_is_refused(quantised: Release, tmp_path: Path, file: str):
    shutil.copytree(quantised.folder, tmp_path / "copy")
    content = bytearray((tmp_path / "copy" / file).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "copy" / file).write_bytes(bytes(content))
    with pytest.raises(ReleaseError, match="is not as it was written"):
        Detector(tmp_path / "copy", precision="int8")
    assert Detector(tmp_path / "copy", precision="f32").detect(random_pictures(1, 96, 96)) is not None


def test_quantising_calls_nobody(tmp_path: Path):
    program = (
        "import yolo.quantise, sys, threading; n = yolo.quantise._quiet_nncf();"
        "import nncf.telemetry.wrapper as w;"
        "print(threading.active_count(), type(w.telemetry).__name__, *sys.modules)"
    )
    assert _heard(program, tmp_path)[:2] == ["1", "MagicMock"]


def _heard(program: str, home: Path) -> Sequence[str]:
    environment = {**os.environ, "HOME": str(home), "CI": "", "TF_BUILD": "", "JENKINS_URL": ""}
    environment = {key: value for key, value in environment.items() if not key.startswith("NNCF_")}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    said = done.stdout.split()
    assert not any(name.startswith("openvino_telemetry.") for name in said)
    assert not (home / "intel").exists()
    return said
