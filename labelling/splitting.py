"""Splits a dataset into train, validation and test so that no picture has its twin in another part.

Plain NumPy: no Django. Near-duplicates are pictures whose 64-bit difference hashes (dHash, N. Krawetz
2013) differ in few bits; whatever is linked by such pairs, or by one content, stays together. The
groups are dealt out in the spirit of iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011),
greedily and the weightiest first, so that each part holds its share of the pictures, of the pictures that
show a class, and of the boxes of each class: a picture of twenty faces weighs more than one of a single face.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelling.alike import components_of_alike, joined

NEAR_BITS: Final = 8
"""Hashes that differ in at most this many of 64 bits are near-duplicates. On the 706 photographs used here all
pairs up to 9 bits show one scene, those from 11 bits on do not; on 3,960 single faces a larger limit would chain
ever more strangers into one group."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """What the split looks at of one picture. `key` tells it from all others and does not depend on row ids.

    `boxes` counts the boxes of each class; `part` is the part that it was put into by hand, None where it was not.
    """

    key: str
    sha256: str
    perceptual_hash: str
    boxes: Mapping[str, int] = field(default_factory=dict)
    part: int | None = None


class SplitConflict(ValueError):
    """Near-duplicates were put into different parts by hand; `keys` names one picture of each of two parts."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second} are near-duplicates, but were put into different parts.")
        self.keys = (first, second)


def split_of_each(
    candidates: Sequence[Candidate], *, shares: Sequence[float], seed: int, near_bits: int = NEAR_BITS
) -> list[int]:
    """The part (index into `shares`) of each candidate. The same candidates, shares and seed give the same parts.

    A candidate with a part of its own takes its near-duplicates there.
    Raises ValueError when the shares are negative or do not add up to 1, SplitConflict when twins would be parted.
    """
    if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise ValueError(f"Shares must not be negative and must add up to 1; these are {list(shares)}.")
    if not candidates:
        return []
    groups = groups_of_alike(candidates, near_bits)
    order = sorted(groups, key=lambda group: min(candidates[i].key for i in group))
    np.random.default_rng(seed).shuffle(order)
    fixed = [_fixed_part([candidates[i] for i in group]) for group in order]
    dealt = _dealt(_weights(order, candidates), fixed, np.asarray(shares, np.float64))
    parts = [0] * len(candidates)
    for group, part in zip(order, dealt, strict=True):
        for index in group:
            parts[index] = part
    return parts


def groups_of_alike(candidates: Sequence[Candidate], near_bits: int = NEAR_BITS) -> list[list[int]]:
    """Indices of pictures that belong together: of one content, or near-duplicates, also through others."""
    hashed = np.array([i for i, each in enumerate(candidates) if each.perceptual_hash], np.int64)
    hashes = np.array([int(candidates[i].perceptual_hash, 16) for i in hashed], np.uint64)
    labels = np.arange(len(candidates))
    labels[hashed] = hashed[components_of_alike(hashes, near_bits)]
    by_content: dict[str, int] = {}
    same = [(by_content.setdefault(each.sha256, i), i) for i, each in enumerate(candidates) if each.sha256]
    pairs = np.array(same, np.int64).reshape(-1, 2)
    groups: dict[int, list[int]] = {}
    for index, label in enumerate(joined(labels, pairs[:, 0], pairs[:, 1]).tolist()):
        groups.setdefault(label, []).append(index)
    return list(groups.values())


def _fixed_part(group: Sequence[Candidate]) -> int | None:
    """The part that a group was put into by hand, None where nobody did."""
    named: dict[int, str] = {}
    for each in sorted(group, key=lambda candidate: candidate.key):
        if each.part is not None:
            named.setdefault(each.part, each.key)
    if len(named) > 1:
        first, second, *_others = named.values()
        raise SplitConflict(first, second)
    return next(iter(named), None)


def _weights(groups: Sequence[Sequence[int]], candidates: Sequence[Candidate]) -> Floats:
    """(groups, measures): the share that each group has of all pictures, and of each class's pictures and boxes."""
    names = sorted({name for each in candidates for name in each.boxes})
    pictures = np.array([[1, *(each.boxes.get(name, 0) > 0 for name in names)] for each in candidates], np.float64)
    boxes = np.array([[each.boxes.get(name, 0) for name in names] for each in candidates], np.float64)
    of_each = np.hstack([pictures.reshape(len(candidates), -1), boxes.reshape(len(candidates), len(names))])
    counts = np.array([of_each[group].sum(axis=0) for group in groups], np.float64).reshape(len(groups), -1)
    weights: Floats = counts / np.maximum(counts.sum(axis=0), 1)
    return weights


def _dealt(weights: Floats, fixed: Sequence[int | None], shares: Floats) -> list[int]:
    """The part of each group: the fixed ones first, then the weightiest, each to where it brings all nearest its due.

    How far a part p is from its due is the sum over all measures of share[p] * (held[p] / share[p] - 1) squared.
    """
    held = np.zeros((len(shares), weights.shape[1]))
    parts = [0 if part is None else part for part in fixed]
    for group, part in enumerate(fixed):
        if part is not None:
            held[part] += weights[group]
    due = np.flatnonzero(shares > 0)
    share = shares[due, None]
    order = sorted(range(len(fixed)), key=lambda group: -round(float(weights[group].sum()), 12))
    for group in (each for each in order if fixed[each] is None):
        after = share * ((held[due] + weights[group]) / share - 1) ** 2
        before = share * (held[due] / share - 1) ** 2
        parts[group] = int(due[np.argmin((after - before).sum(axis=1).round(12))])
        held[parts[group]] += weights[group]
    return parts
