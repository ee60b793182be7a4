"""Store a second OpenVINO network beside a first one, without storing again what both hold.

An IR is an XML file whose constants are named by offset and size in a file of weights. Here the second one's offsets
count in the first one's weights followed by an extra file, which holds only what the first lacks.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import numpy as np
from defusedxml.ElementTree import tostring

from yolo.quiet_openvino import ov
from yolo.stored_weights import constants, root_of

ALIGNED: Final = 64  # bytes; constants are read where they lie, so they begin where processors like it


def save_shared(network: ov.Model, *, first: Path, first_weights: Path, xml: Path, extra: Path) -> None:
    """Write `network` as `xml` and `extra`, beside the IR `first` with `first_weights`."""
    shared = first_weights.read_bytes()
    known = {shared[start:end]: start for _, start, end in constants(root_of(first))}
    with tempfile.TemporaryDirectory() as scratch:
        plain, weights = Path(scratch) / "network.xml", Path(scratch) / "network.bin"
        ov.serialize(network, str(plain), str(weights))
        root, content = root_of(plain), weights.read_bytes()
    base = _aligned(len(shared))
    added = bytearray()
    for data, start, end in constants(root):
        values = content[start:end]
        if values not in known:
            added.extend(bytes(_aligned(len(added)) - len(added)))
            known[values] = base + len(added)
            added.extend(values)
        data.set("offset", str(known[values]))
    extra.write_bytes(bytes(added))
    xml.write_bytes(tostring(root, encoding="utf-8"))


def read_shared(core: ov.Core, *, first_weights: Path, xml: Path, extra: Path) -> ov.Model:
    """Read back what `save_shared` wrote. Raises RuntimeError where OpenVINO cannot read it, OSError without a file."""
    shared = first_weights.read_bytes()
    weights = b"".join((shared, bytes(_aligned(len(shared)) - len(shared)), extra.read_bytes()))
    return core.read_model(xml.read_bytes(), ov.Tensor(np.frombuffer(weights, np.uint8)))


def _aligned(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED
