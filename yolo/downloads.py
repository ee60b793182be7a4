"""Fetches Darknet's published `.weights` files. Plain Python: progress is told to a callback.

A download that breaks off goes on where it was. No SHA-256 of these files is published by their
author; what is known of each is its length, which also follows from the layers of its network.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import urllib3

PIECE: Final = 1 << 20
TIMEOUT: Final = urllib3.Timeout(connect=20, read=60)


class DownloadError(Exception):
    """A file cannot be fetched; the message is a sentence for people. What came is kept, to go on from."""


@dataclass(frozen=True)
class WeightFile:
    """A published file: for which network, where it lies, and how long it is."""

    network: str
    url: str
    size: int


WEIGHT_FILES: Final[Mapping[str, WeightFile]] = MappingProxyType(
    {
        "yolov3": WeightFile("yolov3", "https://pjreddie.com/media/files/yolov3.weights", 248_007_048),
        "yolov3-tiny": WeightFile("yolov3-tiny", "https://pjreddie.com/media/files/yolov3-tiny.weights", 35_434_956),
        "darknet53.conv.74": WeightFile("yolov3", "https://pjreddie.com/media/files/darknet53.conv.74", 162_482_580),
    }
)


def fetch(
    wanted: WeightFile, target: Path, *, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> str:
    """Download a file to `target` unless it is there; its SHA-256 in hexadecimal.

    Raises DownloadError when the server cannot be reached, refuses, or sends another file than is known.
    """
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        _download(wanted, part, on_progress)
        part.replace(target)
    return sha256_of(target)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _download(wanted: WeightFile, part: Path, on_progress: Callable[[int, int], None]) -> None:
    done = part.stat().st_size if part.exists() else 0
    if done > wanted.size:
        part.unlink()
        done = 0
    if done < wanted.size:
        try:
            done = _receive(wanted, part, done, on_progress)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise DownloadError(
                f"{wanted.url} cannot be read: {_in_words(error)}. What came is kept; try again later, or fetch "
                "the file by other means and give its path."
            ) from error
    if done != wanted.size:
        raise DownloadError(
            f"{wanted.url} broke off after {done:,} of {wanted.size:,} bytes. What came is kept; try again."
        )


def _in_words(error: Exception) -> str:
    """The reason without the names of classes that urllib3 puts around it."""
    cause: object = error
    while isinstance(cause, urllib3.exceptions.MaxRetryError) and cause.reason is not None:
        cause = cause.reason
    if isinstance(cause, urllib3.exceptions.NameResolutionError):
        return "the name of the server is not known here (is there a way to the internet?)"
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        return "the server takes no connection"
    if isinstance(cause, (urllib3.exceptions.TimeoutError, TimeoutError)):
        return "the server does not answer in time"
    return str(cause)


def _receive(wanted: WeightFile, part: Path, done: int, on_progress: Callable[[int, int], None]) -> int:
    """Append what is missing; the bytes that are there now."""
    headers = {"Range": f"bytes={done}-"} if done else {}
    pool = urllib3.PoolManager(timeout=TIMEOUT, retries=urllib3.Retry(3, redirect=5, backoff_factor=0.5))
    with pool, pool.request("GET", wanted.url, headers=headers, preload_content=False) as answer:
        if answer.status not in (200, 206):
            raise DownloadError(f"{wanted.url} answers with HTTP {answer.status} and no file.")
        if answer.status == 200 or not answer.headers.get("Content-Range", "").startswith(f"bytes {done}-"):
            done = 0
        with part.open("ab" if done else "wb") as file:
            while piece := answer.read1(PIECE):
                done += len(piece)
                if done > wanted.size:
                    raise DownloadError(f"{wanted.url} sends more than the {wanted.size:,} bytes of the known file.")
                file.write(piece)
                on_progress(done, wanted.size)
    return done
