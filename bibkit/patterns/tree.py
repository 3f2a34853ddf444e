"""The expression that both languages of patterns are read into, and how it gives a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from bibkit.patterns.work import Work

Argument = Any  # str | int | bool | Regex | tuple of int | None: what a parameter takes


Filter = tuple[Callable[..., str], tuple[Argument, ...]]  # called with the text, the work and these


class Skip(Exception):
    """The alternative is not for this work; the next one is tried."""


class Text(msgspec.Struct, frozen=True):
    """The same text for every work."""

    value: str

    def evaluate(self, _work: Work) -> str:
        """The text."""
        return self.value


class Call(msgspec.Struct, frozen=True):
    """A function of the work: `year`, `auth(n=3)`, `[auth3]`."""

    function: Callable[..., str]
    arguments: tuple[Argument, ...] = ()

    def evaluate(self, work: Work) -> str:
        """What the function gives."""
        return self.function(work, *self.arguments)


class Filtered(msgspec.Struct, frozen=True):
    """An expression, and the filters that its text goes through."""

    source: Node
    filters: tuple[Filter, ...]

    def evaluate(self, work: Work) -> str:
        """The text that the last filter gives."""
        text = self.source.evaluate(work)
        for function, arguments in self.filters:
            text = function(text, work, *arguments)
        return text


class Joined(msgspec.Struct, frozen=True):
    """Expressions one behind the other; none where one of them skips."""

    parts: tuple[Node, ...]

    def evaluate(self, work: Work) -> str:
        """Their texts as one."""
        return "".join([part.evaluate(work) for part in self.parts])


class FirstOf(msgspec.Struct, frozen=True):
    """The first expression that gives a text, `a || b`; what skips gives none."""

    options: tuple[Node, ...]

    def evaluate(self, work: Work) -> str:
        """Its text, or the empty text."""
        return next(filter(None, (attempt(option, work) for option in self.options)), "")


class Choice(msgspec.Struct, frozen=True):
    """`test ? then : otherwise`."""

    test: Node
    then: Node
    otherwise: Node

    def evaluate(self, work: Work) -> str:
        """`then` where the test gives a text, else `otherwise`."""
        return attempt(self.then if attempt(self.test, work) else self.otherwise, work)


Node = Text | Call | Filtered | Joined | FirstOf | Choice


def attempt(node: Node, work: Work) -> str:
    """The text of an expression; the empty text where it skips."""
    try:
        return node.evaluate(work)
    except Skip:
        return ""


def joined(parts: list[Node]) -> Node:
    """The parts as one expression."""
    return parts[0] if len(parts) == 1 else Joined(tuple(parts))
