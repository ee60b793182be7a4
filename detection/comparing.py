"""What two analyses of one clip say differently: passages matched by time and place. Plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass

from detection.verdicts import LEAST_OVERLAP, Point, fit


@dataclass(frozen=True)
class Seen:
    """A passage as it is compared; `path` holds time and box of each detection."""

    number: int
    begins: float
    verdict: str
    path: Sequence[Point]


@dataclass(frozen=True)
class Difference:
    """A face that two analyses judge differently, or that only one of them has; then the other's fields are None."""

    begins: float
    before: str | None
    after: str | None
    before_number: int | None
    after_number: int | None


def differences(before: Sequence[Seen], after: Sequence[Seen]) -> list[Difference]:
    """The passages that differ, in order of time; each is matched with one other at most, the best fit first."""
    pairs = _matched(before, after)
    found = [
        Difference(old.begins, old.verdict, new.verdict, old.number, new.number)
        for old, new in pairs
        if old.verdict != new.verdict
    ]
    kept, same = {old.number for old, _new in pairs}, {new.number for _old, new in pairs}
    found += [Difference(old.begins, old.verdict, None, old.number, None) for old in before if old.number not in kept]
    found += [Difference(new.begins, None, new.verdict, None, new.number) for new in after if new.number not in same]
    return sorted(found, key=lambda one: (one.begins, one.before_number or 0, one.after_number or 0))


def _matched(before: Sequence[Seen], after: Sequence[Seen]) -> list[tuple[Seen, Seen]]:
    """Pairs of one face. The shorter path decides: one analysis may have lost the face for a while."""
    fits = [(max(fit(old.path, new.path), fit(new.path, old.path)), old, new) for old in before for new in after]
    good = sorted((one for one in fits if one[0] >= LEAST_OVERLAP), key=lambda one: (-one[0], one[1].number))
    pairs: list[tuple[Seen, Seen]] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for _fit, old, new in good:
        if old.number not in taken[0] and new.number not in taken[1]:
            pairs.append((old, new))
            taken[0].add(old.number)
            taken[1].add(new.number)
    return pairs
