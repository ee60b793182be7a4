"""The int8 form of a release on disk: two files beside the float network, sealed with what it costs and gains.

int8.json          figures on the validation split beside those in float, its speed, what it was calibrated on
network.int8.xml   OpenVINO IR; its weights are network.bin followed by network.int8.bin
network.int8.bin   the constants that network.bin does not hold: ranges, factors and corrected biases

Reading needs no OpenVINO. `yolo.quantise` makes the network, `yolo.detector` runs it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from yolo.sealed import seal_read

INT8, INT8_MODEL, INT8_EXTRA = "int8.json", "network.int8.xml", "network.int8.bin"
INT8_FILES: Final = (INT8_MODEL, INT8_EXTRA)
MOST_LOSS: Final = 0.01
"""The mAP@.5 over the judged classes that int8 may cost on the validation split: one point."""


def read_int8(folder: Path, *, verify: bool = True) -> dict[str, Any] | None:
    """What int8.json tells, None for a release without an int8 form. Raises ReleaseError when it is not whole."""
    return seal_read(folder, INT8, verify=verify)
