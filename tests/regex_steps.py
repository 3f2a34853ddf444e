"""A regular expression engine that counts its steps, as Python's own does not: how far a pattern can blow up.

It walks the tree that `re` itself parses, by backtracking as `re` does, and gives up at a limit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Ends = Iterator[int]


class TooManySteps(Exception):
    """The limit was reached."""


class Counter:
    """A pattern, its flags, and how many steps the searches so far have taken."""

    def __init__(self, pattern: re.Pattern[str], limit: int) -> None:
        tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
        self.nodes = list(tree)
        self.flags = pattern.flags
        self.limit = limit
        self.steps = 0
        self.text = ""
        self.groups: dict[int, tuple[int, int]] = {}

    def search(self, text: str) -> int:
        """The steps of finding everything in a text, as `finditer` goes about it."""
        self.text, self.steps = text, 0
        start = 0
        while start <= len(text):
            self.groups = {}
            end = next(self.sequence(self.nodes, 0, start), start)
            start = max(end, start + 1)
        return self.steps

    def match(self, text: str) -> int:
        """The steps of a match from the beginning that tries to reach the end."""
        self.text, self.steps, self.groups = text, 0, {}
        for end in self.sequence(self.nodes, 0, 0):
            if end == len(text):
                break
        return self.steps

    def step(self) -> None:
        self.steps += 1
        if self.steps > self.limit:
            raise TooManySteps

    def sequence(self, nodes: list[Any], index: int, pos: int) -> Ends:
        if index == len(nodes):
            yield pos
            return
        for end in self.node(nodes[index], pos):
            yield from self.sequence(nodes, index + 1, end)

    def node(self, node: Any, pos: int) -> Ends:
        self.step()
        code, argument = node
        return _RULES[code](self, argument, pos)

    # ------------------------------------------------------------------------------------------------ one character

    def literal(self, argument: int, pos: int) -> Ends:
        if pos < len(self.text) and self.same(self.text[pos], chr(argument)):
            yield pos + 1

    def not_literal(self, argument: int, pos: int) -> Ends:
        if pos < len(self.text) and not self.same(self.text[pos], chr(argument)):
            yield pos + 1

    def any(self, _argument: None, pos: int) -> Ends:
        if pos < len(self.text) and (self.flags & re.DOTALL or self.text[pos] != "\n"):
            yield pos + 1

    def members(self, argument: list[Any], pos: int) -> Ends:
        if pos >= len(self.text):
            return
        negated = bool(argument) and argument[0][0] is op.NEGATE
        if self.is_in(argument[negated:], self.text[pos]) != negated:
            yield pos + 1

    def same(self, one: str, other: str) -> bool:
        return one.lower() == other.lower() if self.flags & re.IGNORECASE else one == other

    def is_in(self, members: list[Any], char: str) -> bool:
        shapes = {char, char.lower(), char.upper()} if self.flags & re.IGNORECASE else {char}
        return any(self.fits(member, shape) for member in members for shape in shapes if len(shape) == 1)

    def fits(self, member: Any, char: str) -> bool:
        code, argument = member
        if code is op.LITERAL:
            return ord(char) == argument
        if code is op.RANGE:
            return bool(argument[0] <= ord(char) <= argument[1])
        return self.category(argument, char)

    def category(self, name: Any, char: str) -> bool:
        plain = not self.flags & re.ASCII or char.isascii()
        kinds: dict[str, bool] = {
            "DIGIT": unicodedata.category(char) == "Nd" and plain,
            "SPACE": char.isspace() and plain,
            "WORD": (char.isalnum() or char == "_") and plain,
        }
        words = str(name).split("_")
        return kinds[words[-1]] != ("NOT" in words)

    # ------------------------------------------------------------------------------------------------ structure

    def branch(self, argument: Any, pos: int) -> Ends:
        for nodes in argument[1]:
            yield from self.sequence(list(nodes), 0, pos)

    def subpattern(self, argument: Any, pos: int) -> Ends:
        group, added, removed, nodes = argument
        flags, self.flags = self.flags, (self.flags | added) & ~removed
        for end in self.sequence(list(nodes), 0, pos):
            if group is not None:
                self.groups[group] = (pos, end)
            yield end
        self.flags = flags

    def repeat(self, argument: Any, pos: int) -> Ends:
        least, most, nodes = argument
        yield from self.greedily(list(nodes), least, most, pos, 0)

    def greedily(self, nodes: list[Any], least: int, most: Any, pos: int, done: int) -> Ends:
        """Depth first by a stack of its own: a repeat may be longer than Python's."""
        stack: list[tuple[int, int, Ends]] = [(pos, done, self.more(nodes, most, pos, done))]
        while stack:
            at, number, ends = stack[-1]
            end = next(ends, None)
            if end is not None and (end > at or number < least):
                stack.append((end, number + 1, self.more(nodes, most, end, number + 1)))
            elif end is None:
                stack.pop()
                if number >= least:
                    yield at

    def more(self, nodes: list[Any], most: Any, pos: int, done: int) -> Ends:
        return self.sequence(nodes, 0, pos) if most is op.MAXREPEAT or done < most else iter(())

    def lazily(self, argument: Any, pos: int) -> Ends:
        least, most, nodes = argument
        queue = [(pos, 0)]
        while queue:
            at, number = queue.pop(0)
            if number >= least:
                yield at
            queue += [
                (end, number + 1) for end in self.more(list(nodes), most, at, number) if end > at or number < least
            ]

    def possessive(self, argument: Any, pos: int) -> Ends:
        least, most, nodes = argument
        number = 0
        while most is op.MAXREPEAT or number < most:
            end = next(self.sequence(list(nodes), 0, pos), None)
            if end is None or (end == pos and number >= least):
                break
            pos, number = end, number + 1
        if number >= least:
            yield pos

    def atomic(self, argument: Any, pos: int) -> Ends:
        end = next(self.sequence(list(argument), 0, pos), None)
        if end is not None:
            yield end

    def look(self, argument: Any, pos: int) -> Ends:
        if self.looks(argument, pos):
            yield pos

    def look_not(self, argument: Any, pos: int) -> Ends:
        if not self.looks(argument, pos):
            yield pos

    def looks(self, argument: Any, pos: int) -> bool:
        direction, nodes = argument
        if direction > 0:
            return next(self.sequence(list(nodes), 0, pos), None) is not None
        least, most = nodes.getwidth()
        starts = range(max(pos - most, 0), pos - least + 1)
        return any(pos in self.sequence(list(nodes), 0, start) for start in starts)

    def at(self, argument: Any, pos: int) -> Ends:
        text, end = self.text, len(self.text)
        lines = bool(self.flags & re.MULTILINE)
        name = str(argument)
        holds = {
            "AT_BEGINNING": pos == 0 or (lines and text[pos - 1] == "\n"),
            "AT_BEGINNING_STRING": pos == 0,
            "AT_END": pos == end or (pos == end - 1 and text[pos] == "\n") or (lines and text[pos : pos + 1] == "\n"),
            "AT_END_STRING": pos == end,
            "AT_BOUNDARY": self.boundary(pos),
            "AT_NON_BOUNDARY": not self.boundary(pos),
        }[name]
        if holds:
            yield pos

    def boundary(self, pos: int) -> bool:
        before, after = self.text[pos - 1 : pos] if pos else "", self.text[pos : pos + 1]
        return bool(before and self.category("WORD", before)) != bool(after and self.category("WORD", after))

    def back(self, argument: int, pos: int) -> Ends:
        start, end = self.groups.get(argument, (0, -1))
        if end >= start and self.text.startswith(self.text[start:end], pos):
            yield pos + end - start

    def conditional(self, argument: Any, pos: int) -> Ends:
        group, yes, no = argument
        nodes = yes if group in self.groups else no
        yield from self.sequence(list(nodes or ()), 0, pos)


_RULES: dict[Any, Callable[[Counter, Any, int], Ends]] = {
    op.LITERAL: Counter.literal,
    op.NOT_LITERAL: Counter.not_literal,
    op.ANY: Counter.any,
    op.IN: Counter.members,
    op.BRANCH: Counter.branch,
    op.SUBPATTERN: Counter.subpattern,
    op.MAX_REPEAT: Counter.repeat,
    op.MIN_REPEAT: Counter.lazily,
    op.POSSESSIVE_REPEAT: Counter.possessive,
    op.ATOMIC_GROUP: Counter.atomic,
    op.ASSERT: Counter.look,
    op.ASSERT_NOT: Counter.look_not,
    op.AT: Counter.at,
    op.GROUPREF: Counter.back,
    op.GROUPREF_EXISTS: Counter.conditional,
}


def attacks(pattern: re.Pattern[str], matching: str, length: int) -> Iterator[str]:
    """Texts that a careless pattern takes long for: each piece of a text that it matches, over and over."""
    del pattern
    pieces = {matching[start : start + size] for size in (1, 2, 3, 5, len(matching)) for start in range(len(matching))}
    for piece in sorted(filter(None, pieces))[:20]:
        pumped = piece * (length // len(piece) + 1)
        yield pumped[:length]
        yield matching[: len(matching) // 2] + pumped[:length] + "\x01"
