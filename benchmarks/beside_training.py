"""Frames a second of judging a clip: alone, beside a training that gives way, and beside one that does not.

    python -m benchmarks.beside_training [--clip FILE] [--voc FOLDER] [--seconds 30] [--rounds 2] [--json]

Both trainings are started first, and stand still but for the one that is being measured beside; so all three are
measured in turns, in one run. Compare the ratios; frames a second belong to the machine.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.process_clip import ROOT, STREET, judge, looped, prepare

PHOTOGRAPHS: Final = ROOT.parent / "shared" / "data" / "face-mask"
NICE: Final = 19  # as the supervisor starts the training queue
WAYS: Final = ("alone", "beside one that gives way", "beside one that does not")
PROGRAM: Final = """
import runpy, sys
import django; django.setup()
from jobs.processes import autogroup_follow
autogroup_follow()
runpy.run_module("yolo.train", run_name="__main__")
"""
STARTS_WITHIN: Final = 1800.0  # seconds; one that gives way begins late where others are at work


class Training:
    """A training in a session of its own, as jobs are, that goes on only inside `going()`."""

    def __init__(self, voc: Path, folder: Path, *, nice: int) -> None:
        command = [sys.executable, "-c", PROGRAM, "--voc", str(voc), "--out", str(folder), "--epochs", "1000"]
        self._log = folder.with_suffix(".log")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "--net-size", "288"],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: os.nice(nice) and None,
            )

    def wait_until_it_learns(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while "pictures/s" not in self._log.read_text(errors="replace"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"The training did not begin:\n{self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.5)
        self._signal(signal.SIGSTOP)

    @contextlib.contextmanager
    def going(self) -> Iterator[None]:
        self._signal(signal.SIGCONT)
        try:
            yield
        finally:
            self._signal(signal.SIGSTOP)

    def end(self) -> None:
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def measured(clip: Path, voc: Path, folder: Path, rounds: int) -> dict[str, list[float]]:
    """Frames a second of each round, by way."""
    trainings = []
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    try:
        for nice in (NICE, 0):
            trainings.append(Training(voc, folder / f"nice-{nice}", nice=nice))
            trainings[-1].wait_until_it_learns()
        beside = [contextlib.nullcontext, *(training.going for training in trainings)]
        for number in range(rounds):
            for way, going in zip(WAYS, beside, strict=True):
                with going():
                    found[way].append(judge(clip, 5, f"{way}, {number}")["frames_per_second"])
                print(f"{way}: {found[way][-1]:.1f} frames a second", file=sys.stderr)
    finally:
        for training in trainings:
            training.end()
    return found


def table(found: dict[str, list[float]]) -> dict[str, Any]:
    medians = {way: statistics.median(values) for way, values in found.items()}
    return {
        way: {"frames_per_second": round(value, 1), "of_alone": round(value / medians["alone"], 2)}
        for way, value in medians.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="How much a training slows down the judging of clips.")
    parser.add_argument("--clip", type=Path, default=STREET, help="default: street-handwash.mp4 of ../shared")
    parser.add_argument("--voc", type=Path, default=PHOTOGRAPHS, help="default: the photographs of ../shared")
    parser.add_argument("--seconds", type=float, default=30, help="length to which the clip is repeated")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for path in (options.clip, options.voc):
        if not path.exists():
            sys.exit(f"There is no {path}.")
    with tempfile.TemporaryDirectory() as name:
        os.environ.update(MASKWEB_DATA_DIR=f"{name}/data", MASKWEB_LOG_LEVEL="WARNING")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskweb.settings")
        prepare(None)
        clip = looped(options.clip, Path(name) / "looped.mp4", options.seconds)
        found = table(measured(clip, options.voc, Path(name), options.rounds))
    if options.json:
        print(json.dumps(found))
        return
    for way, row in found.items():
        print(f"{way:26} {row['frames_per_second']:6.1f} frames a second {100 * row['of_alone']:5.0f} %")


if __name__ == "__main__":
    main()
