"""What the page of a release shows of its numbers: float beside int8, and how far scores can be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.models import Job
from releases.completion import completion_jobs
from releases.models import ARITHMETIC, ModelRelease


@dataclass(frozen=True)
class Side:
    """One precision as measured: mAP on the validation pictures, and milliseconds of the network where it was made.

    `times` says how much faster than float32 it is.
    """

    name: str
    map50: float | None
    map50_95: float | None
    milliseconds: float | None
    times: float | None


@dataclass(frozen=True)
class Trust:
    """The mean distance between score and share that is right on one part of the data, as it was and calibrated."""

    part: str
    pictures: int
    before: float
    after: float


@dataclass(frozen=True)
class Waiting:
    """A part that is not there: the job that makes it or failed to, and the sentence why publishing did not."""

    job: Job | None
    shortfall: str

    @property
    def is_under_way(self) -> bool:
        return self.job is not None and not self.job.is_finished


def numbers_of(release: ModelRelease) -> dict[str, Any]:
    """What the template includes/numbers.html takes."""
    jobs = completion_jobs(release)
    return {
        "sides": sides_of(release.int8),
        "trusts": trusts_of(release.calibration),
        "reliability": reliability_of(release.calibration),
        "waiting": {
            part: Waiting(jobs.get(part), release.shortfalls.get(part, "")) for part in ("int8", "calibration")
        },
        "awaited": next((job for job in jobs.values() if not job.is_finished), None),
    }


def sides_of(int8: Mapping[str, Any]) -> tuple[Side, ...]:
    """float32, what the processor takes by itself, and int8; nothing without an int8 form."""
    if not int8:
        return ()
    speed, measured = int8["speed"], int8["validation"]
    times = speed.get("milliseconds", {})
    names = {"f32": "float32", "auto": ARITHMETIC.get(speed.get("auto_is", ""), ""), "int8": "int8"}
    return tuple(
        Side(
            name=name,
            map50=measured.get(key, {}).get("map50"),
            map50_95=measured.get(key, {}).get("map50_95"),
            milliseconds=times.get(key),
            times=times["f32"] / times[key] if times.get(key) and times.get("f32") else None,
        )
        for key, name in names.items()
        if key != "auto" or name not in ("", "float32")
    )


def trusts_of(calibration: Mapping[str, Any]) -> tuple[Trust, ...]:
    """How reliable scores are on the parts that were looked at."""
    return tuple(
        Trust(part, told["pictures"], told["before"]["error"], told["after"]["error"])
        for part in ("validation", "test")
        if (told := calibration.get(part)) and told["before"]["error"] is not None
    )


def reliability_of(calibration: Mapping[str, Any]) -> dict[str, Any] | None:
    """The bins of the test pictures, else of the validation pictures, as the chart draws them."""
    told = calibration.get("test") or calibration.get("validation")
    return {when: told[when]["bins"] for when in ("before", "after")} if told else None
