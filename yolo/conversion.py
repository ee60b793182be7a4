"""Other forms of a release for other programs: a `.keras` and an `.onnx` file, each compared with the network.

The work is done by a process of its own, `yolo.convert`, so that the memory it takes is given back, and a process
that serves something never loads Keras. This module loads neither Keras nor OpenVINO.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Literal, get_args

import numpy as np
import psutil
from numpy.typing import NDArray

from yolo.letterbox import letterbox, rectangle_for
from yolo.release import IR_WEIGHTS, Release, ReleaseError

Form = Literal["keras", "onnx"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)
MOST_PICTURES: Final = 8
TOLERANCE: Final = 0.002
"""The largest difference between raw outputs: it moves a score by 0.0005 and a side by a five-hundredth at most."""
SECONDS: Final = 1800
LOOK_EVERY: Final = 0.2  # seconds
LIBRARIES: Final = 800_000_000
"""Bytes that Keras, TensorFlow and ONNX Runtime take before there is a network; measured 0.65 to 0.7 GB."""
COPIES: Final = 7
"""Of the float32 weights, at the peak: measured 6.1 with 61.6 million parameters."""
BYTES_A_PIXEL: Final = 600
"""Of the input, for what lies between layers; measured 140 to 400."""
CGROUP: Final = Path("/sys/fs/cgroup")

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Compared:
    """How far a file is from the Keras network: the largest absolute difference of raw outputs over the pictures."""

    largest_difference: float
    pictures: int


def convert(
    release: Release,
    *,
    form: Form,
    to: Path,
    pictures: Sequence[Picture],
    on_wait: Callable[[], None] = lambda: None,
) -> Compared:
    """Write a release as `form` to the file `to`, which appears whole or not at all.

    `pictures` are real ones, (h, w, 3) uint8 BGR of any sizes, on which the file is run and compared with Keras.
    `on_wait` is called a few times a second meanwhile; what it raises ends the work. Raises ReleaseError with a
    sentence where the release is damaged, too large for the memory that is free, or the file differs by too much.
    """
    if not pictures:
        raise ReleaseError("There is no picture to compare the file on.")
    why = too_large(release)
    if why:
        raise ReleaseError(why)
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{to.name}-", dir=to.parent) as scratch:
        canvases, made = Path(scratch) / "canvases.npz", Path(scratch) / f"network.{form}"
        _write_canvases(release, pictures, canvases)
        compared = _converted(release, form, made, canvases, on_wait)
        if not compared.largest_difference <= TOLERANCE:
            raise ReleaseError(
                f"The {form} file computes something else than the network: its outputs differ by up to "
                f"{compared.largest_difference:.2g}, and {TOLERANCE:g} is allowed."
            )
        made.replace(to)
    return compared


def too_large(release: Release) -> str:
    """Why the release cannot be converted here now, as a sentence; empty where there is memory enough."""
    needed, free = memory_needed(release), memory_free()
    if needed <= free:
        return ""
    return (
        f"To convert {release.name} takes about {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free: "
        "try again when less is going on, or on a larger machine."
    )


def memory_needed(release: Release) -> int:
    """Bytes that converting takes at its peak, estimated: libraries, copies of the weights, and the pictures."""
    try:
        weights = 2 * (release.folder / IR_WEIGHTS).stat().st_size  # kept as float16, used as float32
    except OSError as error:
        raise ReleaseError(f"The release {release.folder.name} is not whole: {IR_WEIGHTS} is missing.") from error
    return LIBRARIES + COPIES * weights + BYTES_A_PIXEL * release.net_size**2


def memory_free() -> int:
    """Bytes that a process may still take: of the machine, and of the container that this one runs in."""
    free = int(psutil.virtual_memory().available)
    with suppress(OSError, ValueError):  # no container, or one without a limit
        limit = int((CGROUP / "memory.max").read_text())
        free = min(free, limit - int((CGROUP / "memory.current").read_text()))
    return max(0, free)


def _write_canvases(release: Release, pictures: Sequence[Picture], path: Path) -> None:
    """The pictures as the network is given them: each in the smallest rectangle that holds it at the net size."""
    canvases = {}
    for number, picture in enumerate(pictures):
        height, width = picture.shape[:2]
        wide, high = rectangle_for(width, height, release.net_size)
        canvases[f"{number:03}"] = letterbox(picture, width=wide, height=high)[0]
    arrays: dict[str, Any] = canvases
    np.savez(path, **arrays)


def _converted(release: Release, form: Form, made: Path, canvases: Path, on_wait: Callable[[], None]) -> Compared:
    command = [sys.executable, "-m", "yolo.convert", str(release.folder.resolve()), form, str(made), str(canvases)]
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        code = _run(command, output, errors, on_wait)
        errors.seek(0)
        if code < 0:
            raise ReleaseError("Converting was ended by the system, most likely since memory ran out.")
        if code:
            last = (errors.read().strip().splitlines() or ["no message"])[-1]
            raise ReleaseError(f"Converting to {form} failed: {last}")
        output.seek(0)
        return Compared(**json.loads(output.read().strip().splitlines()[-1]))


def _run(command: Sequence[str], output: IO[str], errors: IO[str], on_wait: Callable[[], None]) -> int:
    """Run a program from the root of this code, on the TensorFlow backend and the processor; its exit status."""
    root = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "-1"}
    deadline = time.monotonic() + SECONDS
    with _ended(subprocess.Popen(command, cwd=root, env=environment, stdout=output, stderr=errors)) as process:
        while True:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(LOOK_EVERY)
            on_wait()
            if time.monotonic() > deadline:
                raise ReleaseError(f"Converting took more than {SECONDS // 60} minutes.")


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process, which is gone afterwards."""
    try:
        yield process
    finally:
        process.kill()
        process.wait()
