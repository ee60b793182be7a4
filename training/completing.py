"""Gives a published release what lies beside it: an int8 form and a calibration. Loads OpenVINO and NNCF: for workers.

Both rest on the dataset version that the release was trained on: int8 ranges on its training pictures, the choice
between recipes and the temperature on its validation pictures. Its test pictures are only reported on, once.
"""

import os
import platform
import shutil
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.reporter import JobFailure, Reporter
from labelling.models import DatasetVersion, Split
from labelling.real_pictures import trained_version
from labelling.versions import version_samples
from releases.models import ModelRelease
from releases.precision import shortfall_note
from releases.services import additions_take, release_folder
from training.measuring import summary
from training.provenance import about, code_version
from yolo import origin
from yolo.calibration import CALIBRATION, calibrated, fit_temperature
from yolo.curves import LEAST_SCORE, calibration_error, reliability, told_and_right
from yolo.detector import Detector, int8_network
from yolo.evaluate import SCORE_FLOOR, collect
from yolo.int8 import INT8, INT8_FILES, MOST_LOSS
from yolo.letterbox import rectangle_for
from yolo.metrics import mean_average_precision
from yolo.quantise import Recipe, quantise, save_int8
from yolo.release import Release, ReleaseError, read_release
from yolo.samples import Sample, SampleError
from yolo.sealed import seal_write
from yolo.speed import interleaved

PICTURES: Final = 300
RECIPES: Final = (Recipe(), Recipe(float_branches=True))
LITTLE_LOSS: Final = MOST_LOSS / 2
"""A recipe that costs no more is taken without trying the next."""
SEED: Final = 0
WIDE: Final = (1920, 1080)
ROUNDS: Final = 20

Tell = Callable[[int, int, str], None]


class CompletionError(JobFailure):
    """A release gets no int8 form or no calibration; the message is a sentence for people."""


def run_int8(reporter: Reporter, target_id: int) -> None:
    """The job that makes the int8 form of a release. A release that has one keeps it."""
    _run(reporter, target_id, "int8", make_int8)


def run_calibration(reporter: Reporter, target_id: int) -> None:
    """The job that calibrates a release. One that is calibrated stays as it is."""
    _run(reporter, target_id, "calibration", make_calibration)


def complete(reporter: Reporter, release: ModelRelease) -> None:
    """Both, for a release that was just published: what fails costs a sentence on its row and nothing else.

    What it has, and what failed before, is not tried again.
    """
    steps: tuple[tuple[str, Callable[[ModelRelease, Tell], None]], ...] = (
        ("int8", make_int8),
        ("calibration", make_calibration),
    )
    for name, make in steps:
        release.refresh_from_db()
        if getattr(release, name) or name in release.shortfalls:
            continue
        try:
            make(release, lambda done, total, message: reporter.progress(message=message))
        except (CompletionError, ReleaseError, SampleError) as error:
            with reporter.safe_point():
                shortfall_note(release=release, name=name, sentence=str(error))


def _run(reporter: Reporter, target_id: int, name: str, make: Callable[[ModelRelease, Tell], None]) -> None:
    release = ModelRelease.objects.filter(pk=target_id).first()
    if release is None:
        raise CompletionError(_("The release was deleted."))
    if getattr(release, name):
        return
    try:
        make(release, lambda done, total, message: reporter.progress(done=done, total=total, message=message))
    except (ReleaseError, SampleError) as error:
        raise CompletionError(str(error)) from error


def make_int8(release: ModelRelease, tell: Tell) -> None:
    """Quantise a release, measure that, and keep it with its figures.

    Raises CompletionError where int8 costs more than one point of mAP@.5 over the judged classes on validation.
    """
    folder = release_folder(release)
    frozen, version = read_release(folder), _version_of(release)
    validation = _samples(version, Split.VALIDATION)
    training = _some(_samples(version, Split.TRAIN))
    tell(0, len(training), _("measuring in float"))
    figures = _figures(Detector(frozen, precision="f32"), validation)
    tried: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as scratch:
        best = _best(frozen, training, validation, figures, Path(scratch), tried, tell)
        _refuse_loss(tried[best], figures)
        tell(len(training), len(training), _("measuring the speed"))
        place = Path(scratch) / str(best)
        speed = _speed(frozen, Detector(frozen, precision="int8", network=int8_network(folder, at=place)))
        for file in INT8_FILES:
            shutil.copyfile(place / file, folder / file)
    seal_write(
        folder,
        INT8,
        {
            **_made(version),
            "calibrated_on": {"split": str(Split.TRAIN), "pictures": len(training), "seed": SEED},
            "recipe": tried[best]["recipe"],
            "tried": [{"recipe": one["recipe"], "loss": one["loss"]} for one in tried],
            "validation": {"pictures": len(validation), "f32": figures, "int8": tried[best]["figures"]},
            "loss": tried[best]["loss"],
            "speed": speed,
        },
        files=INT8_FILES,
    )
    additions_take(release=release, by=None)


def make_calibration(release: ModelRelease, tell: Tell) -> None:
    """Fit a temperature on validation, and keep it with how reliable scores were and are.

    Raises CompletionError where there are too few detections to tell.
    """
    folder = release_folder(release)
    version = _version_of(release)
    detector = Detector(read_release(folder), precision="f32")
    told = {}
    for number, split in enumerate((Split.VALIDATION, Split.TEST)):
        tell(number, 2, _("looking at the pictures of the part “%(part)s”") % {"part": split.label})
        samples = version_samples(version, split)
        told[str(split)] = (len(samples), *told_and_right(*_judged(detector, samples)))
    try:
        fit = fit_temperature(*told[str(Split.VALIDATION)][1:])
    except ValueError as error:
        raise CompletionError(str(error)) from error
    seal_write(
        folder,
        CALIBRATION,
        {
            **_made(version),
            "temperature": fit.temperature,
            "fitted_on": {"split": str(Split.VALIDATION), "least_score": LEAST_SCORE, "precision": "f32"},
            "nll": {"before": fit.nll_before, "after": fit.nll_after},
            **{split: _reliability(*each, temperature=fit.temperature) for split, each in told.items() if each[0]},
        },
    )
    additions_take(release=release, by=None)


def _version_of(release: ModelRelease) -> DatasetVersion:
    """The dataset version that a release was trained on: no other split may be taken for its own."""
    version = trained_version(release)
    if version is None:
        raise CompletionError(
            _("The dataset version that %(name)s was trained on is not here: its split is needed.")
            % {"name": release.name}
        )
    return version


def _samples(version: DatasetVersion, split: Split) -> list[Sample]:
    samples = version_samples(version, split)
    if not samples:
        words = {"version": version, "split": split.label}
        raise CompletionError(_("%(version)s has no picture in its part “%(split)s”.") % words)
    return samples


def _some(samples: list[Sample]) -> list[Sample]:
    chosen = np.random.default_rng(SEED).permutation(len(samples))[:PICTURES]
    return [samples[index] for index in chosen]


def _best(
    release: Release,
    training: list[Sample],
    validation: list[Sample],
    figures: dict[str, Any],
    scratch: Path,
    tried: list[dict[str, Any]],
    tell: Tell,
) -> int:
    """Try recipes until one costs little; the index of the cheapest of those in `tried`."""
    for number, recipe in enumerate(RECIPES):
        place = scratch / str(number)
        place.mkdir()
        save_int8(quantise(release, training, recipe, on_picture=_looking(tell)), release.folder, at=place)
        tell(len(training), len(training), _("measuring in int8"))
        network = int8_network(release.folder, at=place)
        measured = _figures(Detector(release, precision="int8", network=network), validation)
        loss = _loss(figures, measured)
        tried.append({"recipe": asdict(recipe), "figures": measured, "loss": loss})
        if loss <= LITTLE_LOSS:
            break
    return min(range(len(tried)), key=lambda index: float(tried[index]["loss"]))


def _looking(tell: Tell) -> Callable[[int, int], None]:
    return lambda done, total: tell(done, total, _("measuring the ranges of int8"))


def _loss(figures: dict[str, Any], measured: dict[str, Any]) -> float:
    if figures["map50"] is None:
        raise CompletionError(_("The validation pictures show no box to measure on."))
    return round(float(figures["map50"] - measured["map50"]), 6)


def _refuse_loss(best: dict[str, Any], figures: dict[str, Any]) -> None:
    if best["loss"] > MOST_LOSS:
        words = {"int8": best["figures"]["map50"], "float": figures["map50"], "points": 100 * best["loss"]}
        raise CompletionError(
            _(
                "Int8 is refused: its mAP@.5 on the validation pictures is %(int8).3f against %(float).3f in float,"
                " %(points).1f points lower, and at most one point may be lost."
            )
            % words
        )


def _figures(detector: Detector, samples: list[Sample]) -> dict[str, Any]:
    classes = detector.release.classes
    return summary(mean_average_precision(*_judged(detector, samples), class_count=len(classes)), classes)


def _judged(detector: Detector, samples: list[Sample]) -> Any:
    return collect(partial(detector.detect_batch, score=SCORE_FLOOR), samples)


def _speed(release: Release, int8: Detector) -> dict[str, Any]:
    """Milliseconds of the network alone on a wide picture, float and int8 taking turns on this machine."""
    detectors = {"f32": Detector(release, precision="f32"), "auto": Detector(release), "int8": int8}
    width, height = rectangle_for(*WIDE, release.net_size)
    canvas = np.random.default_rng(SEED).integers(0, 256, (height, width, 3), dtype=np.uint8)
    times = interleaved({name: partial(one.run, canvas) for name, one in detectors.items()}, rounds=ROUNDS)
    return {
        "milliseconds": {name: round(statistics.median(each), 2) for name, each in times.items()},
        "auto_is": detectors["auto"].arithmetic,
        "input": [width, height],
        "rounds": ROUNDS,
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _reliability(pictures: int, scores: Any, right: Any, *, temperature: float) -> dict[str, Any]:
    sides = {}
    for name, values in (("before", scores), ("after", calibrated(scores, temperature))):
        bins = reliability(values, right)
        sides[name] = {
            "error": calibration_error(bins),
            "bins": [{"score": round(one.score, 4), "right": round(one.right, 4), "count": one.count} for one in bins],
        }
    return {"pictures": pictures, "detections": len(scores), **sides}


def _made(version: DatasetVersion) -> dict[str, Any]:
    """When, by what code, and from which data."""
    return {
        "made": timezone.now().isoformat(timespec="seconds"),
        "code": code_version(),
        "packages": origin.packages(("nncf", "openvino", "numpy")),
        "dataset": about(version),
    }
