"""A training killed at any moment goes on as if nothing had happened."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray


def trained(folder: Path, *, killed_before: int = 0) -> tuple[int, list[dict[str, float]]]:
    """Exit status and the losses of the epochs."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.yolo.training_to_kill", str(folder), str(killed_before)]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def weights_of(h5py: ModuleType, folder: Path) -> dict[str, NDArray[np.float32]]:
    """The arrays of the weights that were saved at the end, by name."""
    found: dict[str, NDArray[np.float32]] = {}

    def note(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = item[()]

    with h5py.File(folder / "end.weights.h5") as file:
        file.visititems(note)
    return found


def test_a_killed_training_gives_the_losses_and_weights_of_an_undisturbed_one(tmp_path):
    h5py = pytest.importorskip("h5py")
    _, undisturbed = trained(tmp_path / "undisturbed")
    assert [row["epoch"] for row in undisturbed] == [1, 2, 3]
    # Four steps an epoch: killed before the third of the second epoch, then before the second of the third.
    first, before = trained(tmp_path / "killed", killed_before=7)
    second, between = trained(tmp_path / "killed", killed_before=4)
    third, after = trained(tmp_path / "killed")
    assert [first, second, third] == [-signal.SIGKILL, -signal.SIGKILL, 0]
    assert before + between + after == [pytest.approx(row, rel=1e-6, abs=1e-6) for row in undisturbed]
    wanted, found = (weights_of(h5py, tmp_path / name) for name in ("undisturbed", "killed"))
    assert len(wanted) > 10
    for name, array in wanted.items():
        np.testing.assert_allclose(found[name], array, atol=1e-6, err_msg=name)
