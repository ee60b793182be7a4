"""Real pictures to try a release on. Apps that have some say so in `AppConfig.ready()`: this app knows none of them."""

from collections.abc import Callable
from typing import cast

import numpy as np
from django.utils.module_loading import import_string
from numpy.typing import NDArray

from releases.models import ModelRelease

Picture = NDArray[np.uint8]
Source = Callable[[ModelRelease, int], list[Picture]]

_sources: dict[str, tuple[int, str]] = {}


def offer(origin: str, dotted_name: str, *, rank: int) -> None:
    """Name a function of a release and a number: at most so many pictures, (h, w, 3) uint8 BGR. Low ranks go first."""
    _sources[origin] = (rank, dotted_name)


def real_pictures(release: ModelRelease, *, most: int) -> tuple[str, list[Picture]]:
    """The origin of the best pictures there are, and up to `most` of them; no pictures where nobody has any."""
    for origin, (_rank, dotted_name) in sorted(_sources.items(), key=lambda source: source[1]):
        pictures = cast(Source, import_string(dotted_name))(release, most)
        if pictures:
            return origin, pictures
    return "", []
