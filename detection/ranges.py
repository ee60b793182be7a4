"""HTTP range requests (RFC 9110, section 14): what lets a browser seek in a video. Plain Python, no Django."""

import re
from dataclasses import dataclass

_SINGLE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII)


class RangeNotSatisfiableError(Exception):
    """The range begins behind the end of the file: the answer is 416."""


@dataclass(frozen=True)
class ByteRange:
    """Bytes first to last, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def parse_range(header: str, size: int) -> ByteRange | None:
    """The single byte range that a Range header asks for in a file of `size` bytes.

    None means that the header is to be ignored, as RFC 9110 allows for another unit, nonsense or several
    ranges: the whole file is sent with 200.

    Raises:
        RangeNotSatisfiableError: when no byte of the file lies in the range.
    """
    match = _SINGLE.fullmatch(header)
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return _suffix(int(last), size)
    begin, end = int(first), int(last) if last else size - 1
    if last and end < begin:
        return None
    if begin >= size:
        raise RangeNotSatisfiableError
    return ByteRange(begin, min(end, size - 1))


def _suffix(length: int, size: int) -> ByteRange:
    """The last `length` bytes."""
    if length == 0 or size == 0:
        raise RangeNotSatisfiableError
    return ByteRange(max(0, size - length), size - 1)
