"""Releases: a trained network with all that is needed to run it, frozen in one folder.

release.json   what `Release` holds, the version of this form, size and SHA-256 of each other file
network.xml    the network as OpenVINO IR, with network.bin
weights.npz    float16 arrays by path of the Keras variable that network.bin lacks; release.json says where that has the
               others. In format 1 all arrays

The network is rounded to float16 before either is written, so both compute the same. Reading
needs neither Keras nor OpenVINO.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from yolo.config import ANCHORS_PER_SCALE, SIDE_STEP, Decoding, network_named
from yolo.durable import flush_file, flush_folder
from yolo.nms import VOTING_IOU
from yolo.stored_weights import Places, places_in, read_arrays

if TYPE_CHECKING:
    import keras

FORMAT = 2
READABLE = (1, 2)
MANIFEST, WEIGHTS = "release.json", "weights.npz"
IR_MODEL, IR_WEIGHTS = "network.xml", "network.bin"
FILES = (WEIGHTS, IR_MODEL, IR_WEIGHTS)
EXPORT_SECONDS = 600
DISK_FULL = (os.strerror(errno.ENOSPC), "iostream error")
"""How the export's process says it: Python and TensorFlow, then OpenVINO."""
LARGEST_FLOAT16 = float(np.finfo(np.float16).max)


class ReleaseError(Exception):
    """A release cannot be read or written; the message is a sentence for users."""


@dataclass(frozen=True)
class Release:
    """A network ready to run. Anchors are pixels at `net_size`, the finest scale's first.

    `thresholds` is the score from which a class counts, `iou_threshold` the overlap above which
    the weaker of two boxes goes, `voting_iou` the one from which it has a say in where the stronger
    one lies (None in releases older than that). `metrics` and `provenance` are plain JSON values.
    """

    name: str
    network: str
    classes: tuple[str, ...]
    anchors: tuple[tuple[float, float], ...]
    strides: tuple[int, ...]
    decoding: Decoding
    net_size: int
    thresholds: dict[str, float]
    iou_threshold: float
    voting_iou: float | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    folder: Path = Path()

    def __post_init__(self) -> None:
        """Raise ValueError with a sentence where the values do not fit together."""
        network = network_named(self.network)
        if not self.classes or len(set(self.classes)) < len(self.classes):
            raise ValueError("The classes must be there and differ from each other.")
        if (self.strides, self.decoding) != (network.strides, network.decoding):
            raise ValueError(f"Strides and decoding are not those of the network {self.network}.")
        if len(self.anchors) != ANCHORS_PER_SCALE * len(self.strides):
            raise ValueError(f"{ANCHORS_PER_SCALE * len(self.strides)} anchors are needed, not {len(self.anchors)}.")
        if not all(len(anchor) == 2 and min(anchor) > 0 for anchor in self.anchors):
            raise ValueError("An anchor is a width and a height above 0.")
        if self.net_size < 1 or self.net_size % SIDE_STEP:
            raise ValueError(f"The net size must be a multiple of {SIDE_STEP}, not {self.net_size}.")
        if set(self.thresholds) != set(self.classes):
            raise ValueError("Each class needs a threshold, and nothing else has one.")
        overlaps = (self.iou_threshold,) if self.voting_iou is None else (self.iou_threshold, self.voting_iou)
        if not all(0 <= value <= 1 for value in (*self.thresholds.values(), *overlaps)):
            raise ValueError("Thresholds lie between 0 and 1.")


def write_release(
    *,
    folder: Path,
    model: keras.Model,
    name: str,
    network: str,
    classes: Sequence[str],
    anchors: Sequence[Sequence[float]] | NDArray[np.float64],
    net_size: int,
    thresholds: Mapping[str, float],
    iou_threshold: float = 0.5,
    voting_iou: float | None = VOTING_IOU,
    metrics: Mapping[str, Any] | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> Release:
    """Write `model` with everything around it to `folder`, which must not exist yet.

    The files are made in a folder beside it, named once all are whole; OpenVINO's by a process on the TensorFlow
    backend. Raises ReleaseError when the folder exists, values do not fit or the export fails, OSError for a full disk.
    """
    try:
        config = network_named(network)
        release = Release(
            name=name,
            network=network,
            classes=tuple(classes),
            anchors=tuple((float(w), float(h)) for w, h in anchors),
            strides=config.strides,
            decoding=config.decoding,
            net_size=int(net_size),
            thresholds={c: float(t) for c, t in thresholds.items()},
            iou_threshold=iou_threshold,
            voting_iou=voting_iou,
            metrics=dict(metrics or {}),
            provenance=dict(provenance or {}),
        )
    except ValueError as error:
        raise ReleaseError(f"The release {name} cannot be written: {error}") from error
    _write_folder(release, model, folder)
    return read_release(folder)


def write_measured(
    *,
    source: Release,
    folder: Path,
    name: str,
    thresholds: Mapping[str, float],
    metrics: Mapping[str, Any],
    provenance: Mapping[str, Any],
) -> Release:
    """Write `source` to another folder with what measuring it has told.

    Weights and network are copied byte for byte, so that the release is what was measured.
    Raises ReleaseError when `folder` exists, a file of `source` was changed or a value does not fit.
    """
    folder = Path(folder)
    read_release(source.folder)
    try:
        release = replace(
            source, name=name, thresholds=dict(thresholds), metrics=dict(metrics), provenance=dict(provenance)
        )
    except ValueError as error:
        raise ReleaseError(f"The release {name} cannot be written: {error}") from error
    with _appearing(folder) as made:
        for file in FILES:
            shutil.copyfile(source.folder / file, made / file)
        _write_manifest(release, made, FILES, places=_places(_read_manifest(source.folder), source.folder))
    return read_release(folder)


def read_release(folder: Path, *, verify: bool = True) -> Release:
    """Read a release; with `verify` every file is compared with its SHA-256.

    Raises ReleaseError with a sentence when a file is missing or changed, when release.json is
    damaged or says something that does not fit together, and for an unknown format version.
    """
    folder = Path(folder)
    manifest = _read_manifest(folder)
    for name in FILES:
        check_file(folder / name, manifest["files"].get(name), verify=verify)
    return _release_from(manifest, folder)


def load_network(release: Release) -> keras.Model:
    """Build the Keras network of a release, on the backend that Keras runs on here."""
    from yolo.network import build_network

    folder = release.folder
    model = build_network(network_named(release.network), classes=len(release.classes))
    shapes = {variable.path: tuple(variable.shape) for variable in model.variables}
    places = _places(_read_manifest(folder), folder)
    try:
        weights = read_arrays(folder / WEIGHTS, folder / IR_WEIGHTS, places, shapes)
    except (OSError, ValueError, KeyError) as error:
        raise ReleaseError(f"The weights of {folder.name} cannot be read.") from error
    if shapes != {path: array.shape for path, array in weights.items()}:
        raise ReleaseError(f"The weights of {folder.name} are not those of a {release.network}.")
    for variable in model.variables:
        variable.assign(weights[variable.path].astype(np.float32))
    return model


def output_name(stride: int) -> str:
    """Name of the output of one scale in the OpenVINO network."""
    return f"stride{stride}"


def rounded_weights(model: keras.Model) -> dict[str, NDArray[np.float16]]:
    """All variables as float16 by path; ReleaseError where one is not finite or too large."""
    weights = {}
    for variable in model.variables:
        array = np.asarray(variable.numpy(), dtype=np.float32)
        if not (np.abs(array) <= LARGEST_FLOAT16).all():
            raise ReleaseError(f"The variable {variable.path} holds values that float16 cannot.")
        weights[variable.path] = array.astype(np.float16)
    return weights


def _check_channels(model: keras.Model, class_count: int) -> None:
    wanted = ANCHORS_PER_SCALE * (5 + class_count)
    for output in model.outputs:
        if output.shape[-1] != wanted:
            raise ReleaseError(
                f"The network has outputs of {output.shape[-1]} channels; {class_count} classes need {wanted}."
            )


def _write_folder(release: Release, model: keras.Model, folder: Path) -> None:
    _check_channels(model, len(release.classes))
    arrays: dict[str, Any] = dict(rounded_weights(model))
    with _appearing(folder) as made:
        np.savez(made / WEIGHTS, **arrays)
        _write_manifest(release, made, (WEIGHTS,))
        _export(made)
        places = places_in(made / IR_MODEL, made / IR_WEIGHTS, arrays)
        np.savez(made / WEIGHTS, **{path: array for path, array in arrays.items() if path not in places})
        _write_manifest(release, made, FILES, places=places)
        read_release(made)


@contextmanager
def _appearing(folder: Path) -> Iterator[Path]:
    """A folder to write in that gets its name at the end, or is gone when something goes wrong."""
    if folder.exists():
        raise ReleaseError(f"There is already something named {folder.name}; releases are never changed.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        made.chmod(0o755)
        yield made
        for file in made.iterdir():
            flush_file(file)
        made.rename(folder)
        flush_folder(folder.parent)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _export(folder: Path) -> None:
    """Add the OpenVINO files, in a process of its own: see `yolo.export`."""
    root = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "-1"}
    command = [sys.executable, "-m", "yolo.export", str(folder.resolve())]
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=EXPORT_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise ReleaseError(f"The export to OpenVINO took more than {EXPORT_SECONDS} seconds.") from error
    if any(words in done.stderr for words in DISK_FULL):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    if done.returncode == -signal.SIGKILL:
        raise ReleaseError("The export to OpenVINO was killed, most likely because memory ran out.")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ReleaseError(f"The export to OpenVINO failed: {last}")


def _write_manifest(
    release: Release, folder: Path, names: Sequence[str], *, places: Mapping[str, int] = MappingProxyType({})
) -> None:
    values = asdict(release)
    del values["folder"]
    files = {name: fingerprint(folder / name) for name in names}
    manifest = {"format": FORMAT, **values, "files": files, "places": dict(places)}
    text = json.dumps(manifest, indent=1, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_unexported(folder: Path) -> Release:
    """Read a release whose OpenVINO files are still to be made."""
    return _release_from(_read_manifest(folder), folder)


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReleaseError(f"There is no release {folder.name}: its {MANIFEST} cannot be read.") from error
    except ValueError as error:
        raise ReleaseError(f"{MANIFEST} of {folder.name} is damaged: it is not JSON.") from error
    if not isinstance(manifest, dict) or "format" not in manifest:
        raise ReleaseError(f"{MANIFEST} of {folder.name} is damaged: it does not describe a release.")
    if manifest["format"] not in READABLE:
        found = f"{MANIFEST} of {folder.name} has format {manifest['format']!r}"
        raise ReleaseError(f"{found}; this version reads formats 1 and {FORMAT}.")
    if not isinstance(manifest.get("files"), dict):
        raise ReleaseError(f"{MANIFEST} of {folder.name} is damaged: it lists no files.")
    return manifest


def _places(manifest: Mapping[str, Any], folder: Path) -> Places:
    """Where network.bin has the kernels that weights.npz lacks; nowhere in format 1."""
    places = manifest.get("places", {})
    if not isinstance(places, dict) or not all(type(offset) is int and offset >= 0 for offset in places.values()):
        raise ReleaseError(f"{MANIFEST} of {folder.name} is damaged: places are offsets by name.")
    return places


def _release_from(manifest: Mapping[str, Any], folder: Path) -> Release:
    _places(manifest, folder)
    values = {key: value for key, value in manifest.items() if key not in ("format", "files", "places")}
    try:
        values["classes"] = tuple(str(name) for name in values["classes"])
        values["anchors"] = tuple((float(w), float(h)) for w, h in values["anchors"])
        values["strides"] = tuple(int(stride) for stride in values["strides"])
        return Release(**values, folder=folder)
    except KeyError as error:
        raise ReleaseError(f"{MANIFEST} of {folder.name} is damaged: {error.args[0]} is missing.") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise ReleaseError(f"{MANIFEST} of {folder.name} is damaged: {error}") from error


def check_file(path: Path, known: object, *, verify: bool) -> None:
    if not isinstance(known, dict):
        raise ReleaseError(f"{MANIFEST} of {path.parent.name} is damaged: {path.name} is not listed.")
    if not path.is_file():
        raise ReleaseError(f"The release {path.parent.name} is not whole: {path.name} is missing.")
    if path.stat().st_size != known.get("bytes") or (verify and fingerprint(path) != known):
        raise ReleaseError(f"The release {path.parent.name} was changed: {path.name} is not as it was written.")


def fingerprint(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}
