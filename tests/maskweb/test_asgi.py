"""The process that serves pages."""

import os
import subprocess
import sys

from django.conf import settings

HEAVY = ("keras", "tensorflow", "openvino")


def test_it_starts_without_the_libraries_of_the_network(tmp_path):
    program = (
        "import sys, maskweb.asgi; from django.urls import get_resolver; get_resolver().url_patterns; "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={**os.environ, "MASKWEB_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
