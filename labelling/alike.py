"""Near-duplicates among very many pictures: all pairs of 64-bit hashes that differ in few bits, exactly.

Multi-index hashing (Norouzi, Punjani and Fleet, "Fast search in Hamming space with multi-index hashing", CVPR 2012):
hashes that differ in at most r bits, cut into r // 2 + 1 chunks or more, agree in one of the chunks but for one bit.
Only pairs with such a chunk are compared.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

BITS: Final = 64
LEAST_CHUNKS: Final = 5  # of at most 13 bits: tables of 8,192 entries
MOST_PAIRS: Final = 1 << 20  # compared at once: some 50 MB

Keys = NDArray[np.int64]
Hashes = NDArray[np.uint64]


def components_of_alike(hashes: Hashes, near_bits: int) -> Keys:
    """The component (n,) of each hash (n,) where hashes up to `near_bits` apart are joined, also through others.

    A component is named by the index of its first hash.
    """
    distinct, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    labels = np.arange(len(distinct))
    if near_bits:
        for ones, others in _candidates(distinct, near_bits):
            apart = labels[ones] != labels[others]
            ones, others = ones[apart], others[apart]
            near = np.bitwise_count(distinct[ones] ^ distinct[others]) <= near_bits
            labels = joined(labels, ones[near], others[near])
    firsts = np.full(len(distinct), len(hashes), np.int64)
    np.minimum.at(firsts, labels, first)
    return np.asarray(firsts[labels][inverse], np.int64)


def joined(labels: Keys, ones: Keys, others: Keys) -> Keys:
    """Components (n,), each named by its smallest member, once the pairs (m,), (m,) of members are joined to them."""
    labels = labels.copy()
    while True:
        one, other = labels[ones], labels[others]
        apart = one != other
        if not apart.any():
            return labels
        ones, others, one, other = ones[apart], others[apart], one[apart], other[apart]
        np.minimum.at(labels, np.maximum(one, other), np.minimum(one, other))
        while not np.array_equal(labels, labels[labels]):
            labels = labels[labels]


def _candidates(hashes: Hashes, near_bits: int) -> Iterator[tuple[Keys, Keys]]:
    """Pairs of indices, in blocks, among which all pairs up to `near_bits` apart are."""
    chunks = max(LEAST_CHUNKS, near_bits // 2 + 1)
    for chunk in range(min(chunks, BITS)):
        taken = range(chunk, BITS, chunks)  # not side by side: neighbouring bits of a picture's hash are often alike
        bits = len(taken)
        values = np.zeros(len(hashes), np.int64)
        for place, bit in enumerate(taken):
            values |= ((hashes >> np.uint64(bit)) & np.uint64(1)).astype(np.int64) << place
        order = np.argsort(values, kind="stable")
        starts = np.searchsorted(values[order], np.arange((1 << bits) + 1))
        yield from _pairs_between(order, np.arange(len(order)) + 1, starts[values[order] + 1])
        for bit in range(bits):
            lower = np.flatnonzero(values[order] & (1 << bit) == 0)
            partner = values[order[lower]] | (1 << bit)
            yield from _pairs_between(order, starts[partner], starts[partner + 1], of=lower)


def _pairs_between(order: Keys, begins: Keys, ends: Keys, of: Keys | None = None) -> Iterator[tuple[Keys, Keys]]:
    """Each entry of `order` (or those at the places `of`) with the entries from `begins` to before `ends`."""
    places = np.arange(len(order)) if of is None else of
    totals = np.concatenate([[0], np.cumsum(ends - begins)])
    done = 0
    while done < len(places):
        upto = max(done + 1, int(np.searchsorted(totals, totals[done] + MOST_PAIRS, "right")) - 1)
        counts = ends[done:upto] - begins[done:upto]
        steps = np.arange(counts.sum()) - np.repeat(totals[done:upto] - totals[done], counts)
        yield np.repeat(order[places[done:upto]], counts), order[np.repeat(begins[done:upto], counts) + steps]
        done = upto
