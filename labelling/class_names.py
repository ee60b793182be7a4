"""Names of classes: one class for all spellings of a name, and ours for the names that mean ours."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

OUR_CLASSES: Final = ("with_mask", "without_mask", "worn_incorrectly")
"""The classes a compliance rate is made of, in the order networks use."""

KNOWN_NAMES: Final[Mapping[str, str]] = {
    "with_mask": "with_mask",
    "without_mask": "without_mask",
    "no_mask": "without_mask",
    "worn_incorrectly": "worn_incorrectly",
    "mask_worn_incorrectly": "worn_incorrectly",
    "mask_worn_incorrect": "worn_incorrectly",
    "mask_weared_incorrect": "worn_incorrectly",
    "mask_weared_incorrectly": "worn_incorrectly",
    "incorrect_mask": "worn_incorrectly",
}
"""Keys of names that mean one of ours. A bare "mask" does not: it is as often a box around the cloth."""


def name_key(name: str) -> str:
    """What all spellings of a name have in common: no case, no spaces around, one kind of gap between words."""
    return re.sub(r"[\s_-]+", "_", name.strip()).casefold()


class ClassNames:
    """Gives each class of an export its name in a dataset.

    In this order: the mapping a person gave, the names known to mean ours, the classes that the
    dataset has, and else a new class spelled as the export first spells it. What the second and the
    last give may be the former name of a class, renamed or merged since: it is then that class.
    `former` holds the keys of such names, with the names that the classes have now.
    """

    def __init__(
        self, mapping: Mapping[str, str], existing: Iterable[str] = (), former: Mapping[str, str] | None = None
    ) -> None:
        self._mapping = {name_key(old): new.strip() for old, new in mapping.items()}
        self._names = {name_key(name): name for name in existing}
        self._former = dict(former or {})
        self._given: dict[str, tuple[str, str]] = {}

    def name_for(self, *spellings: str) -> str:
        """The name for a class that the export calls by these spellings (title first, then value)."""
        first = name_key(spellings[0])
        if first not in self._given:
            self._given[first] = spellings[0].strip(), self._found(spellings)
        return self._given[first][1]

    def given(self) -> dict[str, str]:
        """The names given so far, by what the export first called each class."""
        return dict(self._given.values())

    def _found(self, spellings: tuple[str, ...]) -> str:
        keys = [name_key(spelling) for spelling in spellings]
        for key in keys:
            if key in self._mapping:
                return self._spelled_once(self._mapping[key])
        known = next((KNOWN_NAMES[key] for key in keys if key in KNOWN_NAMES), spellings[0].strip())
        return self._spelled_once(self._former.get(name_key(known), known))

    def _spelled_once(self, name: str) -> str:
        return self._names.setdefault(name_key(name), name)
