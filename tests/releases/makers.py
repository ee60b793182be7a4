"""Releases like another one, and files made of them."""

import json
import shutil
from pathlib import Path

from jobs.services import job_run_here
from releases import conversions
from releases.conversion_files import CONVERSION_KIND
from releases.models import ModelRelease, ReleaseConversion


def copy_named(source: Path, target: Path, *, name: str, created: str) -> Path:
    """Another release with the same files: only its description differs."""
    shutil.copytree(source, target)
    description = json.loads((target / "release.json").read_text())
    description |= {"name": name, "provenance": {"created": created}}
    (target / "release.json").write_text(json.dumps(description))
    return target


def convert(release: ModelRelease, form: str = "onnx") -> ReleaseConversion:
    """Ask for a file, and do what its job does."""
    row = conversions.conversion_ask(release=release, form=form, by=None)
    job_run_here(kind=CONVERSION_KIND, title="Convert", owner=None, target_id=row.pk)
    return ReleaseConversion.objects.get(pk=row.pk)
