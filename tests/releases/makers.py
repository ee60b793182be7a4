"""Releases like another one."""

import json
import shutil
from pathlib import Path


def copy_named(source: Path, target: Path, *, name: str, created: str) -> Path:
    """Another release with the same files: only its description differs."""
    shutil.copytree(source, target)
    description = json.loads((target / "release.json").read_text())
    description |= {"name": name, "provenance": {"created": created}}
    (target / "release.json").write_text(json.dumps(description))
    return target
