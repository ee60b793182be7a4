"""Near-duplicates by their hashes, the same as if all were compared with all."""

import numpy as np
import pytest

from labelling import alike
from labelling.alike import components_of_alike, joined


def hashes_near_each_other(near_bits: int) -> np.ndarray:
    """300 hashes of random bits, and 300 that differ from one of those or of themselves in up to `near_bits` + 2."""
    rng = np.random.default_rng(near_bits)
    hashes = [int(each) for each in rng.integers(0, 2**64, 300, dtype=np.uint64)]
    for index in range(300):
        flipped = rng.choice(64, rng.integers(0, near_bits + 3), replace=False)
        hashes.append(hashes[int(rng.integers(0, 300 + index))] ^ sum(1 << int(bit) for bit in flipped))
    return np.array(hashes, np.uint64)


def components_by_comparing_all(hashes: np.ndarray, near_bits: int) -> list[int]:
    near = np.bitwise_count(hashes[:, None] ^ hashes[None, :]) <= near_bits
    labels = np.arange(len(hashes))
    for _ in range(len(hashes)):
        spread = np.where(near, labels[None, :], len(hashes)).min(axis=1)
        if np.array_equal(spread, labels):
            break
        labels = spread
    return labels.tolist()


@pytest.mark.parametrize("near_bits", [0, 1, 3, 8, 9, 14])
def test_it_finds_what_comparing_all_with_all_finds(near_bits):
    hashes = hashes_near_each_other(near_bits)
    assert components_of_alike(hashes, near_bits).tolist() == components_by_comparing_all(hashes, near_bits)


def test_pairs_in_many_blocks_are_found_as_well(monkeypatch):
    monkeypatch.setattr(alike, "MOST_PAIRS", 7)
    hashes = hashes_near_each_other(8)
    assert components_of_alike(hashes, 8).tolist() == components_by_comparing_all(hashes, 8)


def test_a_component_is_named_by_its_first_hash():
    # 0xFF is 8 bits from 0 and from 0xFFFF; 0 and 0xFFFF are 16 apart, joined by it.
    hashes = np.array([0xFFFF, 2**63 + 2**40 - 1, 0, 0xFF, 2**63 + 2**40 - 1], np.uint64)
    assert components_of_alike(hashes, 8).tolist() == [0, 1, 0, 0, 1]
    assert components_of_alike(hashes, 7).tolist() == [0, 1, 2, 3, 1]


def test_of_no_hashes_there_is_nothing_to_tell():
    assert components_of_alike(np.zeros(0, np.uint64), 8).tolist() == []


def test_pairs_join_whole_components():
    labels = np.array([0, 1, 1, 3, 3, 5])
    assert joined(labels, np.array([2, 5]), np.array([4, 5])).tolist() == [0, 1, 1, 1, 1, 5]
    assert labels.tolist() == [0, 1, 1, 3, 3, 5]
