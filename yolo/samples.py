"""One annotated picture on disk."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


class SampleError(Exception):
    """A picture cannot be used; the message is a sentence for people."""


@dataclass(frozen=True, eq=False)
class Sample:
    """A picture file with its boxes.

    `boxes`: float32 (n, 4), `xyxy` in pixels of the upright picture; `labels`: int64 (n,),
    indices of classes. A sample without boxes is a negative: nothing is to be found on it.
    `name` is what people call the picture, by default that of its file. Where `sha256` is known, a
    file with another content is refused.
    """

    path: Path
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    name: str = ""
    sha256: str = ""

    def __post_init__(self) -> None:
        boxes = np.asarray(self.boxes, np.float32).reshape(-1, 4)
        labels = np.asarray(self.labels, np.int64).reshape(-1)
        if len(boxes) != len(labels):
            raise ValueError(f"{self.path.name}: {len(boxes)} boxes but {len(labels)} labels.")
        object.__setattr__(self, "name", self.name or self.path.name)
        object.__setattr__(self, "boxes", boxes)
        object.__setattr__(self, "labels", labels)

    def read(self) -> NDArray[np.uint8]:
        """The picture as uint8 (h, w, 3) BGR, turned upright.

        Raises SampleError, which names it, if it is gone, none, or another than it was.
        """
        try:
            content = np.fromfile(self.path, np.uint8)
        except OSError as error:
            reason = error.strerror or str(error)
            raise SampleError(f"The picture {self.name} cannot be read: {reason}.") from error
        if self.sha256 and hashlib.sha256(content.data).hexdigest() != self.sha256:
            raise SampleError(f"The picture {self.name} is no longer as it was: its file is damaged or was changed.")
        try:
            image = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
        except cv2.error as error:
            raise SampleError(f"{self.name} is not a picture we can decode.") from error
        if image is None:
            raise SampleError(f"{self.name} is not a picture we can decode.")
        return np.asarray(image, np.uint8)


def check_labels(samples: Sequence[Sample], classes: int) -> None:
    """Raises ValueError where a label is none of so many classes."""
    for sample in samples:
        if len(sample.labels) and not 0 <= sample.labels.min() <= sample.labels.max() < classes:
            raise ValueError(f"{sample.path.name} has a label beyond the {classes} classes.")
