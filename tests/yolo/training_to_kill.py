"""`python -m tests.yolo.training_to_kill FOLDER STEPS`: a tiny training that kills itself before a step.

With STEPS 0 it runs to its end. Prints the losses of each epoch as a line of JSON.
"""

import json
import os
import signal
import sys
from pathlib import Path
from unittest.mock import patch

from tests.yolo.narrow import ANCHORS, CLASSES, NARROW, narrow_config, two_squares
from yolo.events import EpochEvent, Event


def main(folder: Path, steps: int) -> None:
    from yolo.train import train

    questions = iter(range(1, 1000))

    def killed_before_a_step() -> bool:
        if next(questions) == steps:
            os.kill(os.getpid(), signal.SIGKILL)
        return False

    def tell(event: Event) -> None:
        if isinstance(event, EpochEvent):
            sys.stdout.write(json.dumps({"epoch": event.epoch, **event.losses}) + "\n")
            sys.stdout.flush()

    samples = two_squares(folder)
    result = train(
        train_samples=samples,
        validation_samples=(),
        classes=CLASSES,
        anchors=ANCHORS,
        config=narrow_config(epochs=3, canvases_per_picture=8),
        folder=folder / "run",
        on_event=tell,
        should_stop=killed_before_a_step,
        resume=True,
        checkpoint_seconds=0,
    )
    result.model.save_weights(folder / "end.weights.h5")


if __name__ == "__main__":
    with patch("yolo.config.NETWORKS", {"narrow": NARROW}):
        main(Path(sys.argv[1]), int(sys.argv[2]))
