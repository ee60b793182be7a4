"""Asks the warm inference process for what a release sees on a picture. Loads no OpenVINO.

`manage.py serve_inference` (`releases.serving`) listens on a Unix socket in the data folder, which
only the user that runs the site can open; a picture goes in as the body of a POST.
"""

import hashlib
import http.client
import json
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from django.conf import settings
from django.utils.translation import gettext as _

MOST_BYTES: Final = 50 * 2**20
MOST_PIXELS: Final = 100_000_000
PATIENCE: Final = 60.0  # seconds; the first picture of a release compiles its network
LONGEST_SOCKET: Final = 100  # bytes of a path that every system takes for a socket


class PictureRefused(Exception):
    """The picture cannot be used; the message is a sentence for people."""


class InferenceAway(Exception):
    """The inference process does not answer; the message is a sentence for people."""


@dataclass(frozen=True)
class Seen:
    """What a release sees on one picture of `width` x `height` pixels, upright.

    `boxes`: {"class", "score", "chance", "xyxy"}, the strongest first. `precision`: the numbers it computed in, such as
    "bf16". `drawn` is a JPEG with the boxes on it, where asked for.
    """

    release: str
    width: int
    height: int
    milliseconds: float
    boxes: list[dict[str, Any]]
    drawn: bytes = b""
    precision: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "release": self.release,
            "precision": self.precision,
            "width": self.width,
            "height": self.height,
            "milliseconds": self.milliseconds,
            "boxes": self.boxes,
        }


class _LocalConnection(http.client.HTTPConnection):
    """HTTP through a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def socket_path() -> Path:
    """Where the inference process of this data folder listens."""
    path = Path(settings.DATA_DIR) / "inference.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET:
        return path
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"maskweb-{digest}" / "inference.sock"


def picture_detect(content: bytes, *, score: float | None = None, draw: bool = False) -> Seen:
    """What the active release sees on a picture file, `content`; with `draw` the picture with its boxes comes along.

    Without `score` the release's own thresholds decide. Raises PictureRefused for what is no
    picture or too large, InferenceAway when the process does not answer.
    """
    if len(content) > MOST_BYTES:
        raise PictureRefused(_("The picture is larger than %(most)d MB.") % {"most": MOST_BYTES // 2**20})
    status, kind, body = _asked(content, "/drawn" if draw else "/boxes", score)
    if status == http.client.BAD_REQUEST:
        raise PictureRefused(str(json.loads(body)["error"]))
    if status != http.client.OK:
        raise InferenceAway(_("The model could not be run: %(reason)s") % {"reason": _reason(kind, body)})
    length = int.from_bytes(body[:4], "big")
    return Seen(**json.loads(body[4 : 4 + length]), drawn=body[4 + length :])


def _asked(content: bytes, address: str, score: float | None) -> tuple[int, str, bytes]:
    connection = _LocalConnection(socket_path())
    headers = {"Content-Type": "application/octet-stream"}
    if score is not None:
        headers["X-Score"] = repr(score)
    try:
        connection.request("POST", address, body=content, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type", ""), answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise InferenceAway(_("The model is just being loaded. Try again in a few seconds.")) from error
    finally:
        connection.close()


def _reason(kind: str, body: bytes) -> str:
    return cast("str", json.loads(body)["error"]) if kind == "application/json" else _("it did not say why.")
