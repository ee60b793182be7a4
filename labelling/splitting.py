"""Splits a dataset into train, validation and test so that no picture has its twin in another part.

Plain NumPy: no Django. Near-duplicates are pictures whose 64-bit difference hashes (dHash, N. Krawetz
2013) differ in few bits; whatever is linked by such pairs, or by one content, stays together. The
groups are dealt out as in iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011): the
rarest class first, each group to the part that lacks most of it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

NEAR_BITS: Final = 8
"""Hashes that differ in at most this many of 64 bits are near-duplicates. On the 706 photographs used here all
pairs up to 9 bits show one scene, those from 11 bits on do not; on 3,960 single faces a larger limit would chain
ever more strangers into one group."""

CHUNK: Final = 1024
PICTURES: Final = ""  # stands among the names of classes for the pictures themselves


@dataclass(frozen=True)
class Candidate:
    """What the split looks at of one picture. `key` tells it from all others and does not depend on row ids."""

    key: str
    sha256: str
    perceptual_hash: str
    classes: frozenset[str]


def split_of_each(
    candidates: Sequence[Candidate], *, shares: Sequence[float], seed: int, near_bits: int = NEAR_BITS
) -> list[int]:
    """The part (index into `shares`) of each candidate. The same candidates, shares and seed give the same parts.

    Raises ValueError when the shares are negative or do not add up to 1.
    """
    if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise ValueError(f"Shares must not be negative and must add up to 1; these are {list(shares)}.")
    groups = groups_of_alike(candidates, near_bits)
    order = sorted(groups, key=lambda group: min(candidates[i].key for i in group))
    np.random.default_rng(seed).shuffle(order)
    parts = [0] * len(candidates)
    for group, part in _dealt(order, candidates, shares):
        for index in group:
            parts[index] = part
    return parts


def groups_of_alike(candidates: Sequence[Candidate], near_bits: int = NEAR_BITS) -> list[list[int]]:
    """Indices of pictures that belong together, by union-find over the near pairs."""
    parents = np.arange(len(candidates))
    for first, second in _near_pairs(candidates, near_bits):
        parents[_root(parents, first)] = _root(parents, second)
    groups: dict[int, list[int]] = {}
    for index in range(len(candidates)):
        groups.setdefault(_root(parents, index), []).append(index)
    return list(groups.values())


def _root(parents: NDArray[np.int64], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = int(parents[index])
    return index


def _near_pairs(candidates: Sequence[Candidate], near_bits: int) -> list[tuple[int, int]]:
    by_content: dict[str, int] = {}
    pairs = [(by_content.setdefault(each.sha256, i), i) for i, each in enumerate(candidates) if each.sha256]
    hashed = np.array([i for i, each in enumerate(candidates) if each.perceptual_hash], np.int64)
    hashes = np.array([int(candidates[i].perceptual_hash, 16) for i in hashed], np.uint64)
    for start in range(0, len(hashes), CHUNK):
        differing = np.bitwise_count(hashes[start : start + CHUNK, None] ^ hashes[None, start:])
        rows, columns = np.nonzero(np.triu(differing <= near_bits, k=1))
        pairs += zip(hashed[start + rows].tolist(), hashed[start + columns].tolist(), strict=True)
    return pairs


class _Parts:
    """What each part holds so far, by class and in pictures, against what it is due."""

    def __init__(self, totals: Counter[str], shares: Sequence[float]) -> None:
        self._due = {name: [total * share for share in shares] for name, total in totals.items()}
        self._held = {name: [0] * len(shares) for name in totals}
        self._shares = shares

    def neediest(self, name: str) -> int:
        """The part that lacks the largest share of a class; among equals, of pictures; then the largest part."""
        return max(
            range(len(self._shares)),
            key=lambda part: (self._lack(name, part), self._lack(PICTURES, part), self._shares[part]),
        )

    def add(self, part: int, counts: Counter[str]) -> None:
        for name, count in counts.items():
            self._held[name][part] += count

    def _lack(self, name: str, part: int) -> float:
        due = self._due[name][part]
        return round(1 - self._held[name][part] / due, 9) if due > 0 else -np.inf


def _dealt(
    groups: Sequence[list[int]], candidates: Sequence[Candidate], shares: Sequence[float]
) -> list[tuple[list[int], int]]:
    """Each group with its part: those with the rarest class first, large before small."""
    counts = [Counter([PICTURES] * len(group) + _class_names(group, candidates)) for group in groups]
    totals = sum(counts, Counter[str]())
    parts = _Parts(totals, shares)
    rarest = [min(count, key=lambda name: (name == PICTURES, totals[name], name)) for count in counts]
    order = sorted(range(len(groups)), key=lambda g: (totals[rarest[g]], rarest[g], -len(groups[g])))
    dealt = []
    for g in order:
        part = parts.neediest(rarest[g])
        parts.add(part, counts[g])
        dealt.append((groups[g], part))
    return dealt


def _class_names(group: Sequence[int], candidates: Sequence[Candidate]) -> list[str]:
    return [name for index in group for name in sorted(candidates[index].classes)]
