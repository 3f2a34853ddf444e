"""The difference of two texts as a unified diff, in a time that stays short for texts of any length.

`difflib` looks for the longest stretch that two texts share, again and again: the time grows with the square of the
number of entries. Here the lines that stand once in either text hold them together first (patience diff), and `difflib`
is asked only about what lies between.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher

_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")  # str.splitlines knows more ends of lines than a file has
_MARKS = {"delete": "-", "insert": "+", "equal": " "}

Change = tuple[str, int, int, int, int]  # as `SequenceMatcher.get_opcodes` has it


def unified(old: str, new: str, old_name: str, new_name: str) -> Iterator[str]:
    """The lines of a diff that `patch` takes, with their ends; none where the texts are the same."""
    if old == new:
        return
    before, after = _LINE.findall(old), _LINE.findall(new)
    yield f"--- {old_name}\n"
    yield f"+++ {new_name}\n"
    for hunk in _Matcher(before, after).get_grouped_opcodes():
        first, last = hunk[0], hunk[-1]
        yield f"@@ -{_span(first[1], last[2])} +{_span(first[3], last[4])} @@\n"
        for change in hunk:
            yield from _lines(change, before, after)


def _span(start: int, end: int) -> str:
    """Lines from `start` up to `end` as a diff writes them: counted from 1, and an empty span from the line before."""
    count = end - start
    return f"{start + 1}" if count == 1 else f"{start + (count > 0)},{count}"


def _lines(change: Change, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    kind, start, end, new_start, new_end = change
    if kind == "replace":
        yield from _lines(("delete", start, end, 0, 0), before, after)
        kind = "insert"
    for line in after[new_start:new_end] if kind == "insert" else before[start:end]:
        yield _MARKS[kind] + line if line[-1] in "\r\n" else f"{_MARKS[kind]}{line}\n\\ No newline at end of file\n"


class _Matcher(SequenceMatcher[str]):
    """Matches the lines that stand once in either text before all others."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(None, old, new)
        self.size = len(old)
        self.anchors = _anchors(old, new)
        self.starts = [place for place, _ in self.anchors]

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """The anchor in the middle of these lines, so that both halves are small; else what `difflib` finds."""
        first, last = bisect_left(self.starts, alo), bisect_left(self.starts, self.size if ahi is None else ahi)
        if first == last:
            return super().find_longest_match(alo, ahi, blo, bhi)
        return Match(*self.anchors[(first + last) // 2], 1)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The places of lines that stand once in each text, as many as come in the same order in both."""
    often, often_new = Counter(old), Counter(new)
    places = {line: place for place, line in enumerate(new) if often_new[line] == 1}
    pairs = [(place, places[line]) for place, line in enumerate(old) if often[line] == 1 and line in places]
    ends: list[int] = []  # the least place in `new` in which a rising series of each length can end
    last: list[int] = []  # which pair that is
    previous: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        previous.append(last[length - 1] if length else -1)
        ends[length : length + 1], last[length : length + 1] = [place], [number]
    return _walked(pairs, previous, last[-1]) if pairs else []


def _walked(pairs: Sequence[tuple[int, int]], previous: Sequence[int], number: int) -> list[tuple[int, int]]:
    """The series that ends with the pair of this number."""
    found = []
    while number >= 0:
        found.append(pairs[number])
        number = previous[number]
    return found[::-1]
