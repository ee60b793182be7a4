"""How fast training is, and what share of it goes into the pictures.

    python -m benchmarks.training                 # a few steps of each phase; minutes are reckoned from them
    python -m benchmarks.training --whole         # really: yolov3-slim, net size 288, 30 epochs, 706 photographs

The limits are 25 minutes on two quiet cores for the whole, and 15 % of the processor time for reading pictures and
composing canvases. By the clock a machine that others use too is slower; the processor time is told as well.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from numpy.typing import NDArray

from yolo.anchors import kmeans_anchors
from yolo.config import TrainConfig, network_named
from yolo.events import EpochEvent, Event, StepEvent
from yolo.samples import Sample
from yolo.voc import KNOWN_NAMES, read_voc

ROOT: Final = Path(__file__).resolve().parent.parent
PHOTOGRAPHS: Final = ROOT.parent / "shared" / "data" / "face-mask"
WHOLE: Final = TrainConfig(network="yolov3-slim", net_size=288, epochs=30)
MOST_MINUTES, MOST_DATA_SHARE = 25.0, 0.15
VALIDATED: Final = 10  # every tenth photograph is also looked at after each epoch, as trainings do
CORES: Final = 2
LONG_SIDE: Final = 400  # pixels of most of the photographs: near enough for anchors that only take time


class Clock:
    """Notes for each epoch a step at its pace, what passed before there was one, and what came after the steps.

    The first step of a phase compiles, which takes as long in a short training as in the whole.
    """

    def __init__(self) -> None:
        self.epochs: list[dict[str, Any]] = []
        self._began = self._now()
        self._steps: list[tuple[int, NDArray[np.float64]]] = []

    @staticmethod
    def _now() -> NDArray[np.float64]:
        """By the clock and of the processor, in seconds."""
        return np.array([time.monotonic(), time.process_time()])

    def note(self, event: Event) -> None:
        if isinstance(event, StepEvent):
            self._steps.append((event.step, self._now()))
        if isinstance(event, EpochEvent):
            (first, paced), (last, done), now = self._steps[0], self._steps[-1], self._now()
            step = (done - paced) / (last - first)
            begin = paced - self._began - first * step
            self.epochs.append({"step": step, "begin": begin, "rest": now - done, "data_share": event.data_share})
            print(
                f"epoch {event.epoch}: {1000 * step[0]:.0f} ms a step ({1000 * step[1]:.0f} ms of the processor), "
                f"{100 * (event.data_share or 0):.1f} % of it for the pictures; {begin[0]:.1f} s to begin, "
                f"{now[0] - done[0]:.1f} s to validate and save",
                file=sys.stderr,
            )
            self._began, self._steps = self._now(), []


def trained(samples: Sequence[Sample], config: TrainConfig) -> tuple[Clock, float, float]:
    """The epochs, and the time of all by the clock and of the processor."""
    from yolo.train import train

    boxes = np.concatenate([sample.boxes for sample in samples])
    extents = (boxes[:, 2:] - boxes[:, :2]) * config.net_size / LONG_SIDE
    anchors = kmeans_anchors(extents, count=network_named(config.network).anchor_count).anchors
    began, worked = time.monotonic(), time.process_time()
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        train(
            train_samples=samples,
            validation_samples=samples[::VALIDATED],
            classes=("with_mask", "without_mask", "worn_incorrectly"),
            anchors=anchors,
            config=config,
            folder=Path(folder),
            on_event=clock.note,
        )
    return clock, time.monotonic() - began, time.process_time() - worked


def reckoned(clock: Clock, samples: int) -> dict[str, float]:
    """Minutes of the whole: the second epoch stands for the first phase, the third for the last."""
    usual, fine = clock.epochs[1], clock.epochs[2]
    steps = round(samples * WHOLE.canvases_per_picture / WHOLE.batch)
    last = WHOLE.fine_tune_epochs
    learning = steps * ((WHOLE.epochs - last) * usual["step"] + last * fine["step"])
    begins = sum(epoch["begin"] for epoch in clock.epochs)
    by_clock, of_processor = learning + begins + WHOLE.epochs * usual["rest"]
    return {
        "minutes": round(float(by_clock) / 60, 1),
        "minutes_if_alone": round(float(of_processor) / 60 / CORES, 1),
    }


def report(options: argparse.Namespace, samples: Sequence[Sample]) -> dict[str, Any]:
    """Train and say what it took."""
    if options.whole:
        clock, seconds, worked = trained(samples, WHOLE)
        took = {"minutes": round(seconds / 60, 1), "minutes_if_alone": round(worked / CORES / 60, 1)}
    else:
        canvases = options.steps * WHOLE.batch / len(samples)
        short = TrainConfig(
            network=WHOLE.network,
            net_size=WHOLE.net_size,
            epochs=3,
            canvases_per_picture=canvases,
            fine_tune_share=0.34,
        )
        clock, _, _ = trained(samples, short)
        took = reckoned(clock, len(samples))
    shares = [epoch["data_share"] for epoch in clock.epochs[1:]]
    share = sum(shares) / len(shares)
    return {
        "whole": options.whole,
        "photographs": len(samples),
        **took,
        "most_minutes": MOST_MINUTES,
        "steps_a_second": round(1 / float(clock.epochs[1]["step"][0]), 2),
        "data_share": round(share, 3),
        "most_data_share": MOST_DATA_SHARE,
        "holds": share <= MOST_DATA_SHARE and took["minutes" if options.whole else "minutes_if_alone"] <= MOST_MINUTES,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast training is.")
    parser.add_argument("--voc", type=Path, default=PHOTOGRAPHS, help="default: the photographs of ../shared")
    parser.add_argument("--whole", action="store_true", help="really train the 30 epochs")
    parser.add_argument("--steps", type=int, default=60, help="steps of each of the three short epochs")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.voc.is_dir():
        sys.exit(f"There is no folder {options.voc}.")
    found = report(options, read_voc(options.voc, mapping=KNOWN_NAMES).samples)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
