"""Places as the protocol has them: lines and columns from 0, columns in units of the encoding that was agreed on.

Source: Language Server Protocol 3.17, "Position" (a line ends with LF, CR LF or CR; UTF-16 counts a letter beyond
U+FFFF twice; a column behind the end of its line is the end of the line).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from bibkit.lines import Lines

UTF16 = "utf-16"

# How many units a text has that is not plain ASCII; a lone half of a surrogate pair is one in UTF-16.
_UNITS: Mapping[str, Callable[[str], int]] = {
    UTF16: lambda text: len(text) + sum(char > "\uffff" for char in text),
    "utf-8": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "utf-32": len,
}


class Place(NamedTuple):
    """A place in a text: its line, and how many units stand before it in that line."""

    line: int
    character: int


class Places:
    """Places and offsets of one text."""

    def __init__(self, text: str, encoding: str = UTF16, lines: Lines | None = None) -> None:
        self.text = text
        self.lines = lines or Lines(text)
        self.units = _UNITS.get(encoding, _UNITS[UTF16])

    def at(self, offset: int) -> Place:
        """The place of an offset."""
        line, column = self.lines.place(offset)
        before = self.text[offset - column + 1 : offset]
        return Place(line - 1, len(before) if before.isascii() else self.units(before))

    def offset(self, place: tuple[int, int]) -> int:
        """The offset of a place; one within a letter of several units is that of the letter."""
        line, character = place
        start = self.lines.offset(line + 1)
        content = self.text[start : self.lines.line_end(start)]
        if content.isascii() or self.units is len:
            return start + min(max(character, 0), len(content))
        return start + self._letters(content, character)

    def _letters(self, content: str, units: int) -> int:
        """How many whole letters there are in the first units of a line."""
        for number, char in enumerate(content):
            units -= 1 if char.isascii() else self.units(char)
            if units < 0:
                return number
        return len(content)


class Change(NamedTuple):
    """What the editor says was typed: a new text for a stretch, or for everything where `start` is None."""

    text: str
    start: tuple[int, int] | None = None
    end: tuple[int, int] | None = None


def changed(text: str, change: Change, encoding: str = UTF16) -> str:
    """The text after a change."""
    if change.start is None or change.end is None:
        return change.text
    places = Places(text, encoding)
    start, end = places.offset(change.start), places.offset(change.end)
    return text[:start] + change.text + text[max(start, end) :]
