"""A pattern's text, read: which language it is in, what is wrong with it, and the function of a record that it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from bibkit.patterns import brackets, filters, formula
from bibkit.patterns.operations import ReadError
from bibkit.patterns.presets import PRESETS
from bibkit.patterns.tree import Node, attempt
from bibkit.patterns.work import Work
from bibkit.problems import UsageError
from bibkit.record import Record

LONGEST = 10_000  # characters of a pattern
WIDEST = 80  # columns of a pattern that are shown with a fault


class Compiled:
    """A pattern that was read: called with a record, it gives a key, empty where nothing fits. Never raises."""

    def __init__(self, options: list[Node], finish: Callable[[str, Work], str]) -> None:
        self.options = options
        self.finish = finish

    def __call__(self, record: Record) -> str:
        """The key of a record: that of the first option that gives one."""
        work = Work(record)
        for option in self.options:
            if key := self.finish(attempt(option, work), work):
                return key
        return ""


@lru_cache(maxsize=64)
def compiled(pattern: str) -> Compiled:
    """The pattern, or preset, of this text. Raises UsageError with a caret under what cannot be read."""
    text = PRESETS[pattern.strip()].pattern if pattern.strip() in PRESETS else pattern
    try:
        if len(text) > LONGEST:
            raise ReadError(f"a pattern has {LONGEST} characters at most", 0)
        if is_brackets(text):
            return Compiled([brackets.parse(text)], brackets.safe)
        return Compiled(formula.parse(text), filters.safe)
    except ReadError as error:
        raise UsageError(_shown(text, error)) from error


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'', re.DOTALL)
_IN_CALL = re.compile(r"\w\s*\([^()]*$")


def is_brackets(text: str) -> bool:
    """Whether this is JabRef's language: its brackets stand anywhere but between the arguments of a function."""
    bare = _QUOTED.sub("", text)
    opening = bare.find("[")
    return opening >= 0 and not _IN_CALL.search(bare[max(opening - LONGEST, 0) : opening])


def _shown(text: str, error: ReadError) -> str:
    """What is wrong, the line where it is, and a caret under the spot."""
    place = min(max(error.place, 0), len(text))
    start = text.rfind("\n", 0, place) + 1
    line = text[start:].split("\n", 1)[0]
    column = place - start
    first = max(0, column - WIDEST // 2)
    shown = "".join(char if char.isprintable() else " " for char in line[first : first + WIDEST])
    return f"the pattern cannot be read: {error.message}\n  {shown}\n  {' ' * (column - first)}^"
