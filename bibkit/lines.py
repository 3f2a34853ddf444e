"""Lines and columns of a text, and offsets into it."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Lines:
    """Lines and columns of a text, counted from 1. A line ends with LF, CR LF or CR."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: array[int] | None = None  # found when a place is first asked for
        self._bare = "\r" in text  # then LF alone does not count
        self._offset, self._line = 0, 1

    def line(self, offset: int) -> int:
        """The line of an offset; quick where each is asked for after the one before it in the text."""
        if self._bare:
            return self.place(offset)[0]
        if offset < self._offset:
            self._offset, self._line = 0, 1
        self._line += self.text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        starts = self._all()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def offset(self, line: int, column: int = 1) -> int:
        """The inverse of `place`; what lies outside the text is moved to its edge, or to that of the line."""
        starts = self._all()
        if line > len(starts):
            return len(self.text)
        start = starts[max(line, 1) - 1]
        return min(start + max(column - 1, 0), self.line_end(start))

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends, without what ends it."""
        return self._end(bisect_right(self._all(), offset), offset)

    def span(self, line: int, last: int = 0) -> tuple[int, int]:
        """Where the line, or all up to the last one, stands, without what ends it; clipped to the text."""
        starts = self._all()
        first = min(max(line, 1), len(starts))
        last = min(max(last, first), len(starts))
        return starts[first - 1], self._end(last, starts[last - 1])

    def _end(self, line: int, least: int) -> int:
        starts = self._all()
        if line == len(starts):
            return len(self.text)
        end = starts[line]
        while end > least and self.text[end - 1] in "\r\n":
            end -= 1
        return end

    def _all(self) -> array[int]:
        if self._starts is None:
            starts = array("q", _line_starts(self.text))
            if starts[-1] > len(self.text):
                starts.pop()
            self._starts = starts  # whole at once: another thread may ask
        return self._starts


def _line_starts(text: str) -> Iterable[int]:
    if "\r" in text:
        return [0, *[newline.end() for newline in re.finditer(r"\r\n?|\n", text)]]
    return accumulate(map(len, text.split("\n")), lambda start, size: start + size + 1, initial=0)
