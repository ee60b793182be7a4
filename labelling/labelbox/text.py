"""The text of an export file, in pieces or lines, from whatever encoding it begins with."""

import codecs
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from labelling.labelbox.records import ExportError

PIECE: Final = 1024 * 1024
LONGEST_LINE: Final = 64 * 1024 * 1024
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before that of UTF-16, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ZEROS: Final[
    Mapping[tuple[bool, ...], str]
] = {  # which of the first four bytes are zero, where the first letters are plain ones
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}

MARKED: Final = re.compile("[\udc80-\udcff\ufffd]")


@dataclass(frozen=True)
class Encoding:
    """The encoding of a file, and how many bytes its byte order mark takes."""

    name: str
    mark: int = 0

    def decode_start(self, start: bytes) -> str:
        """The first bytes of the file as text without spaces before it; what cannot be read is replaced."""
        return start[self.mark :].decode(self.name, "replace").lstrip()


def encoding_of(start: bytes) -> Encoding:
    """UTF-8, or UTF-16 or UTF-32 where a mark or the zero bytes of plain letters tell so."""
    for mark, name in MARKS:
        if start.startswith(mark):
            return Encoding(name, len(mark))
    zeros = tuple(byte == 0 for byte in start[:4])
    return Encoding(ZEROS.get(zeros, "utf-8"))


def text_pieces(file: BinaryIO, encoding: Encoding) -> Iterator[str]:
    """The text in pieces. Raises ExportError at the first byte that cannot be read."""
    decoder = codecs.getincrementaldecoder(encoding.name)()
    position = len(file.read(encoding.mark))
    while True:
        piece = file.read(PIECE)
        waiting = len(decoder.getstate()[0])
        try:
            yield decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            place = position - waiting + error.start
            name = encoding.name.upper()[:6].rstrip("-")
            raise ExportError(f"The file is not {name} text: byte {place} cannot be read.") from error
        if not piece:
            return
        position += len(piece)


def lines_of(file: BinaryIO, encoding: Encoding) -> Iterator[str]:
    """The lines with their ends. Bytes that are no text are marked, so that they spoil only what they stand in."""
    file.read(encoding.mark)
    errors = "surrogateescape" if encoding.name == "utf-8" else "replace"
    wrapper = io.TextIOWrapper(file, encoding.name, errors=errors, newline="")
    try:
        while line := wrapper.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise ExportError(f"A line of the file is longer than {LONGEST_LINE // 2**20} MB.")
            yield line
    finally:
        if not file.closed:
            wrapper.detach()


def is_damaged(text: str) -> bool:
    """Whether text from `lines_of` holds bytes that could not be read."""
    return not text.isascii() and MARKED.search(text) is not None
