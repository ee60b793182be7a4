"""Splits: deterministic, near their shares, and no twin in another part."""

from collections import Counter
from dataclasses import replace

import pytest

from labelling.splitting import Candidate, SplitConflict, split_of_each

SHARES = (0.8, 0.1, 0.1)


def candidate(number: int, *, bits: int | None = None, sha: str | None = None, classes=("mask",)) -> Candidate:
    """Hashes that are far apart unless given: a distinct 16-bit pattern, four times over."""
    pattern = (number * 40503) & 0xFFFF
    value = pattern * 0x0001_0001_0001_0001 if bits is None else bits
    return Candidate(f"{number:04}.jpg", sha or f"sha-{number}", f"{value:016x}", dict.fromkeys(classes, 1))


def test_the_shares_are_kept():
    parts = split_of_each([candidate(i) for i in range(100)], shares=SHARES, seed=0, near_bits=0)
    assert Counter(parts) == {0: 80, 1: 10, 2: 10}


def test_a_rare_class_reaches_every_part_by_its_share():
    pictures = [candidate(i, classes=("rare", "mask") if i < 20 else ("mask",)) for i in range(200)]
    parts = split_of_each(pictures, shares=SHARES, seed=3, near_bits=0)
    assert Counter(parts[:20]) == {0: 16, 1: 2, 2: 2}
    assert Counter(parts) == {0: 160, 1: 20, 2: 20}


def test_pictures_without_boxes_are_dealt_out_as_well():
    pictures = [candidate(i, classes=()) for i in range(20)]
    assert Counter(split_of_each(pictures, shares=SHARES, seed=0, near_bits=0)) == {0: 16, 1: 2, 2: 2}


def test_near_duplicates_stay_together_also_through_a_third():
    chain = [candidate(0, bits=0x0), candidate(1, bits=0xFF), candidate(2, bits=0xFFFF)]
    others = [candidate(i, bits=(0x0F0F_3333_5555_00FF * (2 * i + 1)) & 0xFFFF_FFFF_FFFF_FFFF) for i in range(3, 40)]
    for seed in range(20):
        parts = split_of_each([*chain, *others], shares=(0.5, 0.25, 0.25), seed=seed)
        assert len(set(parts[:3])) == 1


def test_pictures_one_bit_further_apart_are_no_twins():
    pair = [candidate(0, bits=0x0), candidate(1, bits=0x1FF)]
    assert sorted(split_of_each(pair, shares=(0.5, 0.5), seed=0)) == [0, 1]
    pair = [candidate(0, bits=0x0), candidate(1, bits=0xFF)]
    assert len(set(split_of_each(pair, shares=(0.5, 0.5), seed=0))) == 1


def test_one_content_under_two_names_stays_together():
    pictures = [candidate(0, sha="same"), candidate(1, sha="same")]
    assert len(set(split_of_each(pictures, shares=(0.5, 0.5), seed=0, near_bits=0))) == 1


def test_the_same_seed_gives_the_same_split_whatever_the_order():
    pictures = [candidate(i, classes=("a",) if i % 3 else ("b",)) for i in range(50)]
    there = split_of_each(pictures, shares=SHARES, seed=5, near_bits=0)
    back = split_of_each(pictures[::-1], shares=SHARES, seed=5, near_bits=0)
    assert there == back[::-1]
    assert there != split_of_each(pictures, shares=SHARES, seed=6, near_bits=0)


@pytest.mark.parametrize("shares", [(0.8, 0.1), (1.2, -0.2)])
def test_shares_that_make_no_whole_are_refused(shares):
    with pytest.raises(ValueError, match="add up to 1"):
        split_of_each([], shares=shares, seed=0)


def test_a_part_that_is_due_nothing_gets_nothing():
    assert set(split_of_each([candidate(i) for i in range(30)], shares=(0.5, 0.5, 0.0), seed=0)) == {0, 1}


def test_boxes_weigh_as_well_as_pictures():
    """Two crowds of 20 and four single faces, halved: 44 boxes make 22 for each half, in three pictures."""
    pictures = [replace(candidate(i), boxes={"mask": count}) for i, count in enumerate((20, 20, 1, 1, 1, 1))]
    for seed in range(10):
        parts = split_of_each(pictures, shares=(0.5, 0.5), seed=seed, near_bits=0)
        assert parts[0] != parts[1]
        assert Counter(parts) == {0: 3, 1: 3}


def test_a_part_given_by_hand_is_kept_and_counts_against_its_share():
    """Ten alike pictures, halved: with five of them put into the second part the first gets the other five."""
    pictures = [replace(candidate(i), part=1 if i % 2 else None) for i in range(10)]
    for seed in range(5):
        assert split_of_each(pictures, shares=(0.5, 0.5), seed=seed, near_bits=0) == [0, 1] * 5


def test_near_duplicates_follow_the_one_put_somewhere_by_hand():
    twins = [candidate(0, bits=0x0), replace(candidate(1, bits=0xFF), part=2), candidate(2, bits=0xFFFF)]
    for seed in range(5):
        assert split_of_each(twins, shares=SHARES, seed=seed) == [2, 2, 2]


def test_near_duplicates_put_apart_by_hand_are_named():
    twins = [
        replace(candidate(0, bits=0x0), part=0),
        candidate(1, bits=0xFF),
        replace(candidate(2, bits=0xFFFF), part=2),
    ]
    with pytest.raises(SplitConflict, match=r"0000\.jpg and 0002\.jpg are near-duplicates"):
        split_of_each(twins, shares=SHARES, seed=0)


def test_a_part_given_by_hand_may_be_due_nothing():
    pictures = [replace(candidate(i), part=2 if i == 3 else None) for i in range(10)]
    parts = split_of_each(pictures, shares=(0.5, 0.5, 0.0), seed=0, near_bits=0)
    assert [index for index, part in enumerate(parts) if part == 2] == [3]


def test_no_pictures_have_no_parts():
    assert split_of_each([], shares=SHARES, seed=0) == []
