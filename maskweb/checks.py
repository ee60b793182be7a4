"""What is looked at before the server starts: mistakes of the installation, each told in a sentence."""

import os
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

# Each of these writes the same folder `cv2`; two of them installed leave a mixture.
OPENCV_PACKAGES = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)


def register_checks() -> None:
    for check in (data_folder_is_writable, uploads_are_renamed, opencv_is_installed_once, messages_reach_all_processes):
        register(check)


def data_folder_is_writable(**_kwargs: Any) -> Sequence[CheckMessage]:
    folder = Path(settings.DATA_DIR)
    if os.access(folder, os.W_OK):
        return []
    hint = "Give the folder to the user that runs maskweb, or name another with MASKWEB_DATA_DIR."
    return [Error(f"The data folder {folder} cannot be written.", hint=hint, id="maskweb.E001")]


def uploads_are_renamed(**_kwargs: Any) -> Sequence[CheckMessage]:
    """An upload is stored by a rename, which needs one file system."""
    incoming, media = Path(settings.FILE_UPLOAD_TEMP_DIR), Path(settings.MEDIA_ROOT)
    if not incoming.exists() or not media.exists() or incoming.stat().st_dev == media.stat().st_dev:
        return []
    text = f"{incoming} and {media} are on different file systems: each upload is copied a second time."
    return [Warning(text, id="maskweb.W001")]


def opencv_is_installed_once(**_kwargs: Any) -> Sequence[CheckMessage]:
    found = [name for name in OPENCV_PACKAGES if _is_installed(name)]
    if len(found) < 2:
        return []
    hint = "Remove .venv and run script/server again; only opencv-python-headless belongs there."
    return [Error(f"{' and '.join(found)} overwrite each other's files.", hint=hint, id="maskweb.E002")]


def messages_reach_all_processes(**_kwargs: Any) -> Sequence[CheckMessage]:
    """With a database server the processes may be on several machines, where an embedded Valkey does not reach."""
    if settings.EMBEDDED or settings.REDIS_URL:
        return []
    text = "DATABASE_URL is set but REDIS_URL is not: progress of jobs on other machines shows a second late."
    return [Warning(text, id="maskweb.W002")]


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
