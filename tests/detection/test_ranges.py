import pytest

from detection.ranges import ByteRange, RangeNotSatisfiableError, parse_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", ByteRange(0, 0)),
        ("bytes=0-99", ByteRange(0, 99)),
        ("bytes=10-19", ByteRange(10, 19)),
        ("bytes=10-", ByteRange(10, 99)),
        ("bytes=99-99", ByteRange(99, 99)),
        ("bytes=90-500", ByteRange(90, 99)),
        ("bytes=-1", ByteRange(99, 99)),
        ("bytes=-30", ByteRange(70, 99)),
        ("bytes=-500", ByteRange(0, 99)),
        ("bytes= 5-6 ", ByteRange(5, 6)),
    ],
)
def test_a_single_range_of_a_hundred_bytes(header, expected):
    assert parse_range(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_satisfied(header):
    with pytest.raises(RangeNotSatisfiableError):
        parse_range(header, 100)


@pytest.mark.parametrize(
    "header", ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "items=0-5", "bytes=5-2", "bytes=0-1,5-6", "bytes=²-"]
)
def test_what_is_no_single_byte_range_is_ignored(header):
    assert parse_range(header, 100) is None


def test_an_empty_file_satisfies_no_range():
    with pytest.raises(RangeNotSatisfiableError):
        parse_range("bytes=0-", 0)


def test_the_length_counts_both_ends():
    assert ByteRange(10, 19).length == 10
