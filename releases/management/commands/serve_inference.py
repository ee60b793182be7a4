"""`manage.py serve_inference`: the warm inference process, a child of `manage.py up`."""

import contextlib
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from releases.warm import socket_path
from yolo.release import ReleaseError


class Command(BaseCommand):
    help = "Keeps the active model loaded and looks at single pictures for the pages and the API, until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        from releases.serving import InferenceServer, WarmDetector

        warm = WarmDetector()
        path = socket_path()
        with InferenceServer(path, warm) as server:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
            with contextlib.suppress(ReleaseError):  # nothing active yet: told to whoever asks
                warm.current()
            self.stdout.write(f"Looking at pictures at {path}.")
            server.serve_forever()
        path.unlink(missing_ok=True)
