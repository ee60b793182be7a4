"""The newest judged picture of an analysis that is under way, as a file that pages show."""

import os
import time
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
from django.conf import settings
from numpy.typing import NDArray

LARGEST = 960  # pixels of the longer side
QUALITY = 75
ABANDONED = 600  # seconds


def live_path(analysis: int) -> Path:
    return Path(settings.MEDIA_ROOT) / "live" / f"{analysis}.jpg"


def live_write(analysis: int, image: NDArray[np.uint8]) -> None:
    """Put a (h, w, 3) uint8 BGR picture where the last one was; a reader gets the whole old or the whole new one."""
    path = live_path(analysis)
    path.parent.mkdir(parents=True, exist_ok=True)
    scale = LARGEST / max(image.shape[:2])
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    unfinished.write_bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())
    unfinished.replace(path)


def live_sweep() -> None:
    """Take away what killed processes left: nobody works on a picture that has not changed for minutes."""
    for left in live_path(0).parent.glob("*"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > ABANDONED:
                left.unlink()


def live_remove(analysis: int) -> None:
    """Take the picture away, and what a killed process left of one."""
    path = live_path(analysis)
    path.unlink(missing_ok=True)
    for left in path.parent.glob(f"{analysis}.*.tmp"):
        left.unlink(missing_ok=True)
