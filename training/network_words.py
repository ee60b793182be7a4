"""What each network is for, in words of people who choose between them."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yolo.config import NETWORKS

NETWORK_WORDS: Final[Mapping[str, Promise]] = {
    "yolov3-slim": _(
        "The usual choice: 2.3 million weights, 9 MB. Learns and judges fastest of all, in 1.2 GB of memory."
    ),
    "yolov3-slim-p2": _(
        "The same with a fourth, finer scale for faces of a dozen pixels: 2.4 million weights, 10 MB; "
        "a little slower, in 1.4 GB."
    ),
    "yolov3-slim-p2-p6": _(
        "The same with a fifth, coarser scale for faces that fill the frame, as before a door's camera: 2.7 million "
        "weights, 11 MB. The model that ships is one."
    ),
    "yolov3": _(
        "Darknet-53 as its paper has it: 62 million weights, 250 MB. Learns some fifteen times slower than the "
        "slim one, and takes 5 GB of memory to do so; worth it with a strong machine and "
        "Darknet's weights to start from."
    ),
    "yolov3-tiny": _(
        "Darknet's small one: 8.7 million weights, 35 MB, two coarse scales; 1.5 GB while it learns. "
        "Misses small faces; for large faces near the camera."
    ),
}


def network_choices() -> list[tuple[str, str | Promise]]:
    return [(name, NETWORK_WORDS.get(name, name)) for name in NETWORKS]
