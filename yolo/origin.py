"""Where a network comes from: the moment, the code, the packages and the pictures. Knows no Django."""

import hashlib
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any, Final

from yolo.samples import Sample

CODE: Final = Path(__file__).resolve().parent.parent
PACKAGES: Final = ("keras", "tensorflow-cpu", "tensorflow", "numpy", "opencv-python-headless", "openvino")


def made_here(version: str = "") -> dict[str, Any]:
    """When, and by what: `version` is that of the code, where it has one besides its commit."""
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "code": code_version(version),
        "python": platform.python_version(),
        "packages": packages(),
    }


def code_version(version: str = "") -> str:
    """The commit of this code where it runs from a git checkout, behind `version`; without either "unknown"."""
    command = ["git", "-C", str(CODE), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return version or "unknown"
    return "+".join(filter(None, (version, done.stdout.strip())))


def packages(names: Sequence[str] = PACKAGES) -> dict[str, str]:
    """The versions of these packages, as far as they are installed."""
    found = {}
    for name in names:
        try:
            found[name] = installed_version(name)
        except PackageNotFoundError:
            continue
    return found


def samples_sha256(samples: Iterable[Sample]) -> str:
    """One hash of pictures and labels in any order: file names, contents, boxes and classes.

    Raises OSError where a picture cannot be read.
    """
    lines = []
    for sample in samples:
        labels = [[int(label), *box] for label, box in zip(sample.labels, sample.boxes.tolist(), strict=True)]
        lines.append(f"{sample.name}\t{hashlib.sha256(sample.path.read_bytes()).hexdigest()}\t{sorted(labels)}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
