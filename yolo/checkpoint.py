"""Safe points of a training, at its epochs and between: all it needs to go on as if it had never stopped.

One file holds weights, their moving average, the best weights so far, the optimiser's state
and the progress. It is written beside the last one and renamed, so that a crash or a full disk costs
a few minutes at most. Besides the last one the last *proven* one is kept: one after whose epoch the
network still did well on the validation pictures, see `yolo.stability`. Random state needs no place of its own:
every canvas is drawn from a generator seeded by (seed, epoch, position), see `yolo.batches`.
"""

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from yolo.config import TrainConfig
from yolo.durable import flush_folder
from yolo.samples import Sample

FORMAT: Final = 1
LAST: Final = "checkpoint.npz"
PREVIOUS: Final = "checkpoint-before.npz"
WITHOUT_EFFECT: Final = ("loader_threads", "cache_megabytes")
"""Settings that change the speed of a training but not its result."""
SIMPLE_DEFAULTS: Final = {
    each.name: each.default for each in fields(TrainConfig) if isinstance(each.default, int | float)
}
"""Of the settings that are plain numbers."""

Arrays = list[NDArray[np.float32]]


class CheckpointError(Exception):
    """A checkpoint cannot be used; the message is a sentence for people."""


@dataclass(frozen=True)
class Progress:
    """How far a training is. `epoch` counts whole epochs, `best_epoch` from 1 (0: none yet).

    `step` counts all steps, those of an unfinished epoch too, and `sums` are the sums of that
    epoch's losses. `seconds` were spent so far, `epoch_seconds` of them on that epoch; `planned`
    epochs were last meant to be done (0: not known). Each of the `setbacks` has halved the learning
    rate. `proven`: the network was found good. `frozen`: the layers that do not learn.
    """

    epoch: int
    step: int
    best_epoch: int
    best_metrics: dict[str, Any] | None
    seconds: float = 0.0
    planned: int = 0
    sums: Mapping[str, float] = field(default_factory=dict)
    setbacks: int = 0
    proven: bool = False
    epoch_seconds: float = 0.0
    frozen: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Checkpoint:
    """A training between two steps. `identity` says which training this is; `is_last` is False of one that was
    read because no later one would do."""

    identity: Mapping[str, Any]
    progress: Progress
    weights: Arrays
    average: Arrays
    best: Arrays
    optimizer: Arrays
    is_last: bool = True


def identity_of(
    config: TrainConfig,
    classes: Sequence[str],
    anchors: NDArray[np.float32],
    samples: Sequence[Sample],
) -> dict[str, Any]:
    """What must agree for a training to be resumed; plain values, as JSON gives them back."""
    settings = {key: value for key, value in asdict(config).items() if key not in WITHOUT_EFFECT}
    digest = sha256()
    for sample in samples:
        digest.update(sample.path.name.encode())
        digest.update(sample.boxes.tobytes() + sample.labels.tobytes())
    identity = {
        "config": settings,
        "classes": list(classes),
        "anchors": np.asarray(anchors, np.float64).round(4).tolist(),
        "pictures": digest.hexdigest(),
    }
    restored: dict[str, Any] = json.loads(json.dumps(identity))
    return restored


def save_checkpoint(folder: Path, checkpoint: Checkpoint, *, keep_last: bool = True) -> Path:
    """Write the checkpoint; those there stay until it is whole, and the last one then becomes the one before.

    Not so with `keep_last=False`: then it is replaced, and the one before stays. Raises OSError, with what was
    there untouched and no half file left, when it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unfinished, last = folder / f"{LAST}.part", folder / LAST
    try:
        _write(unfinished, checkpoint)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    if keep_last and last.exists():
        last.replace(folder / PREVIOUS)
    unfinished.replace(last)
    flush_folder(folder)
    return last


def _write(path: Path, checkpoint: Checkpoint) -> None:
    about = {
        "format": FORMAT,
        "identity": dict(checkpoint.identity),
        "progress": asdict(checkpoint.progress),
    }
    arrays = {
        f"{group}/{number}": array
        for group in ("weights", "average", "best", "optimizer")
        for number, array in enumerate(getattr(checkpoint, group))
    }
    with path.open("wb") as file:
        np.savez(file, about=np.array(json.dumps(about)), **arrays)
        file.flush()
        os.fsync(file.fileno())


def load_checkpoint(folder: Path, *, identity: Mapping[str, Any], proven: bool = False) -> Checkpoint | None:
    """The last whole checkpoint in `folder`, None where there is none; with `proven` the last one that is.

    A damaged last one gives way to the one before. Raises CheckpointError when the checkpoint
    belongs to another training, or when none of those there can be read.
    """
    files = [folder / name for name in (LAST, PREVIOUS) if (folder / name).exists()]
    damaged = 0
    for file in files:
        try:
            checkpoint = _read(file)
        except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile):
            damaged += 1
            continue
        _check_identity(checkpoint.identity, identity)
        if checkpoint.progress.proven or not proven:
            return checkpoint
    if damaged and damaged == len(files):
        raise CheckpointError(f"The checkpoint in {folder.name} is damaged; start the training anew.")
    return None


def _read(file: Path) -> Checkpoint:
    with np.load(file, allow_pickle=False) as archive:
        about = json.loads(str(archive["about"]))
        if about["format"] != FORMAT:
            raise CheckpointError(f"{file.name} was written by another version of the program.")
        groups: dict[str, dict[int, NDArray[np.float32]]] = {}
        for name in archive.files:
            if "/" in name:
                group, number = name.split("/")
                groups.setdefault(group, {})[int(number)] = archive[name]
    ordered = {group: [rows[i] for i in sorted(rows)] for group, rows in groups.items()}
    return Checkpoint(
        identity=about["identity"],
        progress=Progress(**about["progress"]),
        weights=ordered["weights"],
        average=ordered["average"],
        best=ordered["best"],
        optimizer=ordered["optimizer"],
        is_last=file.name == LAST,
    )


def _check_identity(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> None:
    """Raises CheckpointError naming what differs."""
    named = {"classes": "classes", "anchors": "anchors", "pictures": "training pictures"}
    differing = [text for key, text in named.items() if theirs.get(key) != ours[key]]
    # A setting that the checkpoint does not know came later, and its default changes nothing.
    settings = {**SIMPLE_DEFAULTS, **theirs.get("config", {})}
    if settings["minutes"] and ours["config"]["minutes"]:  # by the clock, whose time may be changed
        settings["minutes"] = ours["config"]["minutes"]
    differing += [key for key, value in ours["config"].items() if settings.get(key) != value]
    if differing:
        raise CheckpointError(f"The checkpoint belongs to another training: {', '.join(differing)} differ.")
