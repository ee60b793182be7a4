"""Colours of classes: ours have those of the verdicts, further ones of a dataset get six others, dealt in turn.

A class keeps its colour whatever becomes of the classes beside it. Names are always shown with it.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from labelling.class_names import OUR_CLASSES

COLOURS: Final = 6
OUR_STYLES: Final = dict(zip(OUR_CLASSES, ("with", "without", "incorrect"), strict=True))


def next_colour(taken: Iterable[int]) -> int:
    """The colour, from 1, that the fewest of the further classes of a dataset have; `taken` are theirs."""
    counts = Counter(taken)
    return min(range(1, COLOURS + 1), key=lambda colour: (counts[colour], colour))


def class_style(name: str, colour: int) -> str:
    """The suffix of the CSS classes and tokens of a class: with, without, incorrect, other-1 to other-6."""
    return OUR_STYLES.get(name, f"other-{colour}")
