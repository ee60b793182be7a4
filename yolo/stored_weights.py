"""The weights of a release: each stored once, in the file in which OpenVINO reads it if it has the same bytes.

A kernel is (height, width, inputs, outputs) for Keras and (outputs, inputs, height, width) in OpenVINO's IR; both
hold it as float16. So `network.bin` has every kernel already, and `weights.npz` only what it lacks: normalisations
and biases. Neither Keras nor OpenVINO is needed here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
from defusedxml.ElementTree import parse
from numpy.typing import NDArray

Halves = NDArray[np.float16]
Places = dict[str, int]
"""Where the file of the IR's weights holds a kernel: the offset of its first byte, by path of the Keras variable."""


def root_of(xml: Path) -> Element:
    """The root of an IR. Raises ValueError where it is empty, ParseError where it is no XML."""
    root = parse(xml).getroot()
    if root is None:
        raise ValueError(f"{xml} is empty.")
    return root


def constants(root: Element) -> Iterator[tuple[Any, int, int]]:
    """The data element of each constant, with begin and end of its values."""
    for layer in root.iter("layer"):
        data = layer.find("data")
        if layer.get("type") == "Const" and data is not None:
            start = int(data.get("offset", "0"))
            yield data, start, start + int(data.get("size", "0"))


def places_in(xml: Path, weights: Path, arrays: Mapping[str, Halves]) -> Places:
    """Where the IR holds those of the arrays that are kernels; those that it does not hold have none."""
    content = weights.read_bytes()
    known = {content[start:end]: start for _, start, end in constants(root_of(xml))}
    kernels = {path: _outputs_first(array).tobytes() for path, array in arrays.items() if array.ndim == 4}
    return {path: known[values] for path, values in kernels.items() if values in known}


def read_arrays(npz: Path, weights: Path, places: Places, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Halves]:
    """All arrays by path: those of `npz`, and those that `places` has, of the shapes that Keras wants.

    Raises OSError, or ValueError or KeyError where the files do not hold that.
    """
    with np.load(npz, allow_pickle=False) as stored:
        arrays = {path: stored[path] for path in stored.files}
    content = weights.read_bytes() if places else b""
    for path, offset in places.items():
        height, width, inputs, outputs = shapes[path]
        values = np.frombuffer(content, np.float16, math.prod(shapes[path]), offset)
        arrays[path] = values.reshape(outputs, inputs, height, width).transpose(2, 3, 1, 0)
    return arrays


def _outputs_first(kernel: Halves) -> Halves:
    return np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
