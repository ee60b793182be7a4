"""OpenVINO without its telemetry: `from yolo.quiet_openvino import ov`.

On import OpenVINO writes into the home folder and starts a thread and a process that report the
use to Intel by way of Google Analytics. Cameras of a work place must not make anybody call home.
Where the package `openvino_telemetry` cannot be imported, OpenVINO puts a stub in its place; so
here it cannot be imported.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any, cast


def _openvino() -> Any:
    modules = cast(dict[str, ModuleType | None], sys.modules)
    modules.setdefault("openvino_telemetry", None)
    return importlib.import_module("openvino")


ov = _openvino()
