"""The records of a JSON document, one after another, without holding the document.

The document is a list of records or one bare record. Each record is read as soon as it has come
whole. Text that is no JSON ends the reading with its place; a record that is JSON, but nested too
deep or with a number too long, is left out alone.
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import Final

from labelling.labelbox.records import ExportError, Unreadable

MOST_CHARACTERS: Final = 64 * 1024 * 1024  # of one record
LONGEST_TOKEN: Final = 16  # characters before the end within which an error may only mean that text is missing
SPACE: Final = re.compile(r"[ \t\n\r]*")
BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
SCALAR: Final = re.compile(r"[^,\]}\s]*")


def read_json(pieces: Iterator[str]) -> Iterator[object]:
    """Each record of a document, or Unreadable in its place. Raises ExportError with the place of an error."""
    document = _Document(pieces)
    if document.next_character() == "[":
        yield from document.elements()
    else:
        yield document.record()
        while document.next_character() == "{":  # bare records, one after another
            yield document.record()
    if document.next_character():
        raise document.error("Extra data")


def read_lists(
    pieces: Iterator[str], names: Collection[str], seen: set[str] | None = None
) -> Iterator[tuple[str, object]]:
    """Each element of the lists of these names that the one JSON object holds, or Unreadable in its place.

    What else the object holds is passed over; `seen` gathers the names of all. Raises ExportError with the place of
    an error.
    """
    document = _Document(pieces)
    if document.next_character() != "{":
        document.value()
        raise ExportError("The file is JSON, but not an object.")
    for name in map(str, document.members()):
        if seen is not None:
            seen.add(name)
        if document.next_character() == "[":
            for element in document.elements():
                if name in names:
                    yield name, element
        elif name in names:
            raise ExportError(f"The {name} of the file are not a list.")
        else:
            document.value()
    if document.next_character():
        raise document.error("Extra data")


class _Document:
    """A window on the text that moves on as values are read."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._decoder = json.JSONDecoder()
        self._text, self._at = "", 0
        self._ended = False
        self._line, self._column = 1, 1  # of the first character of the window

    def next_character(self) -> str:
        """The next character that is no space, "" at the end; it is not taken."""
        while True:
            space = SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def elements(self) -> Iterator[object]:
        """The elements of the list that begins here."""
        self._at += 1
        if self.next_character() == "]":
            self._at += 1
            return
        while True:
            self.next_character()
            yield self.value()
            match self.next_character():
                case ",":
                    self._at += 1
                case "]":
                    self._at += 1
                    return
                case _:
                    raise self.error("Expecting ',' delimiter")

    def members(self) -> Iterator[object]:
        """The names in the object that begins here. What follows each is to be taken before the next."""
        self._at += 1
        if self.next_character() == "}":
            self._at += 1
            return
        while True:
            if self.next_character() != '"':
                raise self.error("Expecting property name enclosed in double quotes")
            name = self.value()
            if self.next_character() != ":":
                raise self.error("Expecting ':' delimiter")
            self._at += 1
            self.next_character()
            yield name
            match self.next_character():
                case ",":
                    self._at += 1
                case "}":
                    self._at += 1
                    return
                case _:
                    raise self.error("Expecting ',' delimiter")

    def record(self) -> object:
        """The bare record that begins here."""
        value = self.value()
        if not isinstance(value, dict | Unreadable):
            raise ExportError("The file is JSON, but neither a list of records nor a record.")
        return value

    def value(self) -> object:
        """The value that begins here; it is taken."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                offset = error.pos - self._at
                if self._may_be_cut(error) and self._more():
                    continue
                raise self.error(error.msg, self._at + offset) from error
            except (ValueError, RecursionError) as error:
                too_deep = isinstance(error, RecursionError)
                value = Unreadable("it is nested too deep" if too_deep else "it holds a number too long")
                end = self._end_of_value()
            length = end - self._at
            if end < len(self._text) or not self._more():
                self._at += length
                return value

    def error(self, message: str, position: int | None = None) -> ExportError:
        """What is wrong, with its place in the file."""
        line, column = self._place(self._at if position is None else position)
        return ExportError(f"The file is not valid JSON: {message} at line {line}, column {column}.")

    def _may_be_cut(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith("Unterminated string") or error.pos >= len(self._text) - LONGEST_TOKEN

    def _end_of_value(self) -> int:
        """Where a value ends that cannot be read, found by its brackets."""
        while True:
            if self._text[self._at] not in "[{":
                scalar = SCALAR.match(self._text, self._at)
                return scalar.end() if scalar else self._at
            depth = 0
            for token in BRACKET.finditer(self._text, self._at):
                depth += (token[0] in "[{") - (token[0] in "]}")
                if depth == 0:
                    return token.end()
            if not self._more():
                raise self.error("a value that is nested too deep is not closed, it begins")

    def _more(self) -> bool:
        """Forget what was taken and double what is left; False at the end of the file."""
        if self._ended:
            return False
        self._line, self._column = self._place(self._at)
        left = self._text[self._at :]
        if len(left) > MOST_CHARACTERS:
            raise self.error(f"a record is longer than {MOST_CHARACTERS // 2**20} MB, it begins", self._at)
        parts, wanted = [left], max(len(left), 1)
        while wanted > 0 and not self._ended:
            piece = next(self._pieces, None)
            self._ended = piece is None
            parts.append(piece or "")
            wanted -= len(piece or "")
        self._text, self._at = "".join(parts), 0
        return len(self._text) > len(left)

    def _place(self, position: int) -> tuple[int, int]:
        """Line and column of a position in the window, both from 1."""
        lines = self._text.count("\n", 0, position)
        if not lines:
            return self._line, self._column + position
        return self._line + lines, position - self._text.rfind("\n", 0, position)
