"""The warm inference process: keeps the active release loaded and looks at single pictures.

Loads OpenVINO: only the command `serve_inference` imports this module. Which release is active is
asked before each picture, so that a switch counts from the next one on.
"""

import http.server
import json
import logging
import os
import socketserver
import threading
import time
from pathlib import Path
from typing import Any

from django.db import close_old_connections
from django.utils.translation import gettext as _

from releases.drawing import drawn, jpeg, upright_picture
from releases.inference import boxes_as_dicts
from releases.loading import detector_for
from releases.services import release_active
from releases.warm import MOST_BYTES, PictureRefused, Seen
from yolo.detector import Detector
from yolo.release import ReleaseError

logger = logging.getLogger(__name__)


class WarmDetector:
    """The detector of whichever release is active, in the numbers that it judges in."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._loaded: tuple[int, str] | None = None
        self._detector: Detector | None = None

    def current(self) -> tuple[str, Detector]:
        """Name and detector of the active release. Raises ReleaseError with a sentence."""
        row = release_active()
        with self._turn:
            if self._detector is None or self._loaded != (row.pk, row.precision):
                self._detector, self._loaded = detector_for(row), (row.pk, row.precision)
            return row.name, self._detector

    def look(self, content: bytes, *, score: float | None, draw: bool) -> Seen:
        """What is on a picture file. Raises PictureRefused, or ReleaseError when there is nothing to look with."""
        image = upright_picture(content)
        name, detector = self.current()
        began = time.perf_counter()
        found = detector.detect(image, score=score)
        milliseconds = round((time.perf_counter() - began) * 1000, 1)
        boxes = sorted(
            boxes_as_dicts(found, detector.release.classes, temperature=detector.temperature),
            key=lambda box: -box["score"],
        )
        picture = jpeg(drawn(image, boxes)) if draw else b""
        return Seen(
            release=name,
            precision=detector.arithmetic,
            width=image.shape[1],
            height=image.shape[0],
            milliseconds=milliseconds,
            boxes=boxes,
            drawn=picture,
        )


class Handler(http.server.BaseHTTPRequestHandler):
    """POST /boxes or /drawn with a picture as body; `X-Score` overrules the release's thresholds.

    The answer: four bytes of length, that many of JSON, then the drawn JPEG if asked for.
    """

    server: "InferenceServer"

    def do_POST(self) -> None:
        close_old_connections()
        try:
            content = self._content()
            score = self.headers.get("X-Score")
            seen = self.server.warm.look(
                content, score=None if score is None else float(score), draw=self.path == "/drawn"
            )
            said = json.dumps(seen.as_json()).encode()
            self._answer(200, "application/octet-stream", len(said).to_bytes(4, "big") + said + seen.drawn)
        except PictureRefused as error:
            self._answer(400, "application/json", json.dumps({"error": str(error)}).encode())
        except ReleaseError as error:
            self._answer(503, "application/json", json.dumps({"error": str(error)}).encode())
        finally:
            close_old_connections()

    def _content(self) -> bytes:
        length = int(self.headers.get("Content-Length", "0"))
        if not 0 < length <= MOST_BYTES:
            raise PictureRefused(_("The picture is empty or larger than %(most)d MB.") % {"most": MOST_BYTES // 2**20})
        return self.rfile.read(length)

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "local"

    def log_message(self, format: str, *args: Any) -> None:
        logger.debug(format, *args)


class InferenceServer(socketserver.ThreadingUnixStreamServer):
    """Listens on a Unix socket that nobody but this user may open."""

    daemon_threads = True

    def __init__(self, path: Path, warm: WarmDetector) -> None:
        self.warm = warm
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            super().__init__(str(path), Handler)
        finally:
            os.umask(before)
