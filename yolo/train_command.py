"""The command `python -m yolo.train`: from a Pascal VOC folder to a release, without Django."""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from yolo.anchors import AnchorFit, kmeans_anchors, size_ious, sizes_at, with_coarser
from yolo.checkpoint import CheckpointError
from yolo.config import TrainConfig, anchors_fit, check_reasonable, network_named
from yolo.darknet_cfg import DarknetError
from yolo.downloads import sha256_of
from yolo.evaluate import collect
from yolo.events import EpochEvent, Event, SetbackEvent, StartEvent, StepEvent
from yolo.keras_predictor import KerasPredictor
from yolo.metrics import best_operating_points, mean_average_precision
from yolo.origin import made_here, samples_sha256
from yolo.release import MANIFEST, ReleaseError, read_release, write_release
from yolo.samples import Sample, SampleError
from yolo.train import TrainError, TrainResult, train
from yolo.train_options import option, train_config
from yolo.voc import KNOWN_NAMES, VocError, VocFolder, read_voc

CROPS_INDEX = "boxes.json"
KNOWN_ERRORS = (
    VocError,
    SampleError,
    CheckpointError,
    DarknetError,
    ReleaseError,
    TrainError,
    TypeError,
    ValueError,
    OSError,
)


@dataclass(frozen=True)
class Material:
    """What one training uses. `validation` is also what the release's figures come from."""

    training: tuple[Sample, ...]
    validation: tuple[Sample, ...]
    crops: tuple[Sample, ...]
    classes: tuple[str, ...]
    fit: AnchorFit


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when a release was written, 1 with a sentence on a known error."""
    options = _parser().parse_args(arguments)
    try:
        named = ("network", "net_size", "epochs", "batch", "seed", "minutes")
        config = train_config({**{name: getattr(options, name) for name in named}, **dict(options.option)})
        if not options.resume:
            check_reasonable(config)
        summary = run(options, config)
    except KNOWN_ERRORS as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(summary, allow_nan=False))
    return 0


def run(options: argparse.Namespace, config: TrainConfig) -> dict[str, object]:
    """Read, train, evaluate, write the release; what came of it, as JSON values."""
    release_folder = options.out / "release"
    if release_folder.exists():
        raise ValueError(f"{release_folder} exists already; choose another folder with --out.")
    material = gather(options, config)
    with ProgressBar() as bar:
        result = train(
            train_samples=material.training,
            validation_samples=material.validation,
            crops=material.crops,
            classes=material.classes,
            anchors=material.fit.anchors,
            config=config,
            folder=options.out,
            on_event=bar.show,
            start_release=options.start_release,
            start_weights=options.start_weights,
            resume=options.resume,
            judged=options.judge,
        )
    return _release(result, material, config, release_folder, made_of=_origin(options, material, config))


def gather(options: argparse.Namespace, config: TrainConfig) -> Material:
    """Read the folders, part training from validation, fit the anchors."""
    mapping = {**KNOWN_NAMES, **dict(options.map)}
    folder: VocFolder = read_voc(options.voc, mapping=mapping)
    for problem in folder.problems:
        print(problem, file=sys.stderr)
    unknown = set(options.judge) - set(folder.classes)
    if unknown:
        raise ValueError(f"--judge names no class of {options.voc}: {', '.join(sorted(unknown))}.")
    if options.validation_list:
        training, validation = split_as_listed(folder.samples, options.validation_list)
    else:
        training, validation = split(folder.samples, options.validation_share, config.seed)
    crops = read_crops(options.crops, folder.classes, mapping) if options.crops else ()
    return Material(training, validation, crops, folder.classes, _anchors(options.start_release, training, config))


def _anchors(start: Path | None, training: Sequence[Sample], config: TrainConfig) -> AnchorFit:
    """Those of the release that the training starts from, where they fit: its heads were trained for them."""
    sizes = box_sizes(training, config.net_size)
    network = network_named(config.network)
    known = read_release(start) if start else None
    if known is None or known.net_size != config.net_size or not anchors_fit(config.network, known.network):
        return kmeans_anchors(sizes, count=network.anchor_count, seed=0)
    anchors = with_coarser(known.anchors, scales=network.scales)
    return AnchorFit(anchors, float(size_ious(sizes, anchors).max(axis=1).mean()))


def split(samples: Sequence[Sample], share: float, seed: int) -> tuple[tuple[Sample, ...], tuple[Sample, ...]]:
    """Part samples at random into training and validation; the seed decides."""
    order = np.random.default_rng(seed).permutation(len(samples))
    count = round(len(samples) * share)
    held_back = set(order[:count].tolist())
    return (
        tuple(sample for i, sample in enumerate(samples) if i not in held_back),
        tuple(sample for i, sample in enumerate(samples) if i in held_back),
    )


def split_as_listed(samples: Sequence[Sample], names: Path) -> tuple[tuple[Sample, ...], tuple[Sample, ...]]:
    """Part samples into training and validation; a text file names the pictures of the latter, one a line.

    Raises ValueError where it names a picture that is not there, or none, or all.
    """
    wanted = {line.strip() for line in names.read_text(encoding="utf-8").splitlines() if line.strip()}
    unknown = wanted - {sample.path.name for sample in samples}
    if unknown:
        raise ValueError(f"{names} names pictures that are not there, such as {min(unknown)}.")
    training = tuple(sample for sample in samples if sample.path.name not in wanted)
    validation = tuple(sample for sample in samples if sample.path.name in wanted)
    if not (training and validation):
        raise ValueError(f"{names} must name some of the pictures, and not all.")
    return training, validation


def box_sizes(samples: Sequence[Sample], net_size: int) -> NDArray[np.float64]:
    """Width and height (n, 2) of all boxes in pixels at the net size."""
    extents: list[NDArray[np.int64]] = []
    for sample in samples:
        height, width = sample.read().shape[:2]
        extents.append(np.tile([width, height], (len(sample.boxes), 1)))
    boxes = np.concatenate([sample.boxes for sample in samples])
    return sizes_at(net_size, boxes, np.concatenate(extents))


def read_crops(folder: Path, classes: Sequence[str], mapping: Mapping[str, str]) -> tuple[Sample, ...]:
    """Pictures of single faces as `boxes.json` in their folder lists them.

    Its form: {"images": [{"path", "class", "boxes": [{"xyxy": [x1, y1, x2, y2]}]}]}. Pictures
    without a box are left out. Raises ValueError when the file has another form.
    """
    try:
        listed = json.loads((folder / CROPS_INDEX).read_text(encoding="utf-8"))["images"]
        crops = []
        for entry in listed:
            label = classes.index(mapping.get(entry["class"], entry["class"]))
            boxes = np.array([box["xyxy"] for box in entry["boxes"]], np.float32)
            crops.append(Sample(folder / entry["path"], boxes, np.full(len(boxes), label)))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder / CROPS_INDEX} does not list crops: {error}") from error
    return tuple(crop for crop in crops if len(crop.boxes))


def _origin(options: argparse.Namespace, material: Material, config: TrainConfig) -> dict[str, Any]:
    """What release.json tells of the making before it is known what came of it."""
    start = read_release(options.start_release) if options.start_release else None
    pictures = (*material.training, *material.validation)
    return {
        **made_here(),
        "dataset": _about(options.voc, pictures),
        "single_faces": _about(options.crops, material.crops) if options.crops else None,
        "start_release": {"name": start.name, "sha256": sha256_of(start.folder / MANIFEST)} if start else None,
        "start_weights": {"source": options.start_weights.name} if options.start_weights else None,
        "net_size": config.net_size,
        "batch": config.batch,
        "options": dict(options.option),
        "minutes": config.minutes or None,
    }


def _about(folder: Path, samples: Sequence[Sample]) -> dict[str, Any]:
    return {
        "name": folder.resolve().name,
        "pictures": len(samples),
        "content_sha256": samples_sha256(samples),
        "description": "",
    }


def _release(
    result: TrainResult, material: Material, config: TrainConfig, folder: Path, *, made_of: Mapping[str, Any]
) -> dict[str, object]:
    """Evaluate the best weights on the validation pictures, find thresholds, write all down."""
    network = network_named(config.network)
    predict = KerasPredictor(result.model, network, anchors=material.fit.anchors, net_size=config.net_size)
    truths, found = collect(predict, material.validation)
    count = len(material.classes)
    metrics = mean_average_precision(truths, found, class_count=count).as_dict(material.classes)
    points = best_operating_points(truths, found, class_count=count)
    release = write_release(
        folder=folder,
        model=result.model,
        name=f"{config.network}-{config.net_size}",
        network=config.network,
        classes=material.classes,
        anchors=material.fit.anchors,
        net_size=config.net_size,
        thresholds={name: point.threshold for name, point in zip(material.classes, points, strict=True)},
        metrics={"validation": as_releases_tell(metrics, pictures=len(truths))},
        provenance={
            **made_of,
            "epochs": result.epochs,
            "best_epoch": result.best_epoch,
            "seed": config.seed,
            "training_pictures": len(material.training),
            "validation_pictures": len(material.validation),
            "crops": len(material.crops),
            "anchors_mean_iou": material.fit.mean_iou,
        },
    )
    return {"release": str(release.folder), "best_epoch": result.best_epoch, **metrics}


def as_releases_tell(metrics: dict[str, Any], *, pictures: int) -> dict[str, Any]:
    """Figures named as in every other release, so that pages and cards show them; means are over all classes."""
    names = {
        "map": "map50_95",
        "ap": "ap50_95",
        **{f"map_{size}": f"map50_95_{size}" for size in ("small", "medium", "large")},
    }
    told = {names.get(name, name): value for name, value in metrics.items()}
    judged = [name for name, count in metrics["boxes"].items() if count]
    return {
        "pictures": pictures,
        "judged": judged,
        "map50_all": told["map50"],
        "map50_95_all": told["map50_95"],
        **told,
    }


class ProgressBar:
    """Shows a training on standard error: a bar of steps, a line for each epoch."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] = tqdm(unit="step", file=sys.stderr)

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def show(self, event: Event) -> None:
        """Take in one event of the training."""
        if isinstance(event, StepEvent):
            self._show_step(event)
        else:
            self._bar.write(_line(event), file=sys.stderr)

    def _show_step(self, event: StepEvent) -> None:
        self._bar.total = event.steps * event.epochs
        self._bar.n = event.steps * (event.epoch - 1) + event.step
        self._bar.set_description(f"epoch {event.epoch}/{event.epochs}", refresh=False)
        self._bar.set_postfix_str(f"loss {event.losses['loss']:.3f}, {event.pictures_per_second:.0f} pictures/s")


def _line(event: EpochEvent | SetbackEvent | StartEvent) -> str:
    if isinstance(event, StartEvent):
        fitting = f"{event.taken} arrays of the start weights fit"
        widened = f", {event.widened} of them to the first channels of wider layers" if event.widened else ""
        return f"{fitting}{widened}; {len(event.left_out)} begin at random."
    if isinstance(event, SetbackEvent):
        share = f"{event.rate_share:.3g} of the learning rate"
        return f"Epoch {event.epoch}: {event.trouble}; back to the last good checkpoint, with {share}"
    losses = ", ".join(f"{name} {value:.3f}" for name, value in event.losses.items())
    measured = f", mAP@.5 {event.metrics.map50:.3f}" if event.metrics else ""
    return f"Epoch {event.epoch}: {losses}{measured}{' (best)' if event.is_best else ''}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m yolo.train",
        description="Train a network on a Pascal VOC folder and write a release.",
    )
    parser.add_argument("--voc", type=Path, required=True, help="folder with annotations/ and images/")
    parser.add_argument("--out", type=Path, required=True, help="for checkpoints and the release")
    parser.add_argument("--network", default="yolov3-slim", help="one of yolo.config, or yolov3-slim-x1.5 and so on")
    parser.add_argument("--net-size", type=int, default=416, help="multiple of 32 from 288 up")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--crops", type=Path, help=f"folder of face pictures with {CROPS_INDEX}")
    parser.add_argument(
        "--map",
        type=_renaming,
        action="append",
        default=[],
        metavar="FROM=TO",
        help="rename a class; mask_weared_incorrect=worn_incorrectly is known",
    )
    parser.add_argument(
        "--judge", action="append", default=[], metavar="CLASS", help="the best epoch is that of these (default: all)"
    )
    parser.add_argument("--minutes", type=float, default=0.0, help="train about so long: of the epochs those that fit")
    parser.add_argument(
        "--option",
        type=_option,
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="any other field of yolo.config.TrainConfig, such as canvas=416; can be repeated",
    )
    _add_start(parser)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    held = parser.add_mutually_exclusive_group()
    held.add_argument("--validation-share", type=_share, default=0.1)
    held.add_argument("--validation-list", type=Path, metavar="FILE", help="names of the pictures to validate on")
    return parser


def _add_start(parser: argparse.ArgumentParser) -> None:
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--start-release", type=Path, metavar="DIR", help="a release whose weights and anchors to take")
    start.add_argument("--start-weights", type=Path, help="a .weights file of Darknet, whole or its first layers")


def _renaming(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not (old and equals and new):
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form FROM=TO")
    return old, new


def _option(text: str) -> tuple[str, Any]:
    try:
        return option(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a share between 0 and 1")
    return share
