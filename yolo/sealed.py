"""Files that are added to a release after it was frozen, such as its int8 form.

release.json is never changed, so what is found out later lies beside it in a JSON file of its own. That
names the release it belongs to by the hash of its release.json, lists size and hash of each file it brings,
and carries a seal: the hash of everything in it. It is written once.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from yolo.release import MANIFEST, ReleaseError, check_file, fingerprint

FORMAT: Final = 1


def seal_write(folder: Path, name: str, values: Mapping[str, Any], *, files: Sequence[str] = ()) -> dict[str, Any]:
    """Seal `values` and the named files of a release folder as `name`; what was written comes back.

    Raises ReleaseError when there is one already, or when it cannot be written.
    """
    path = folder / name
    if path.exists():
        raise ReleaseError(f"{name} of {folder.name} is there already; what is sealed is never changed.")
    unfinished = path.with_name(f".{name}.{os.getpid()}")
    try:
        content: dict[str, Any] = {
            "format": FORMAT,
            "release_sha256": release_hash(folder),
            **values,
            "files": {file: fingerprint(folder / file) for file in files},
        }
        content["seal"] = _seal(content)
        unfinished.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        unfinished.rename(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise ReleaseError(f"{name} of {folder.name} cannot be written: {error.strerror or error}.") from error
    return content


def seal_read(folder: Path, name: str, *, verify: bool = True) -> dict[str, Any] | None:
    """What was sealed as `name`, None where nothing was; with `verify` every file is compared with its hash.

    Raises ReleaseError with a sentence when it was changed, is of another release, or lacks a file.
    """
    path = folder / name
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ReleaseError(f"{name} of {folder.name} is damaged: it is not JSON.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ReleaseError(f"{name} of {folder.name} is damaged, or of a version that is not known here.")
    if content.get("seal") != _seal({key: value for key, value in content.items() if key != "seal"}):
        raise ReleaseError(f"{name} of {folder.name} was changed: its seal does not fit.")
    if content["release_sha256"] != release_hash(folder):
        raise ReleaseError(f"{name} of {folder.name} belongs to another release.")
    for file, known in content["files"].items():
        check_file(folder / file, known, verify=verify)
    return content


def release_hash(folder: Path) -> str:
    """SHA-256 of release.json, which in turn holds the hash of every other file of the release."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def _seal(content: Mapping[str, Any]) -> str:
    plain = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
