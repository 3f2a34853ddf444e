"""Regular expressions in patterns, in time linear in the text: no expression of a user can blow up.

The expression is read into a small program, and all its threads advance through the text side by side (Pike's machine:
R. Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009), so that nothing is ever tried twice. What
is found is what Java and JavaScript find, the leftmost match with the usual priorities. References to groups within
the expression, and looking ahead or behind, need trying, and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from bibkit.patterns.classes import ANY, ESCAPES, Test, char_class, either_case, one_of, unicode_class

LARGEST = 2000  # instructions of one expression


class RegexError(Exception):
    """An expression that cannot be used: what is wrong, and where in it."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


# ------------------------------------------------------------------------------------------------ what it is made of


class _Char(msgspec.Struct, frozen=True):
    test: Test


class _Edge(msgspec.Struct, frozen=True):
    """A place between characters: `test(text, place)`."""

    test: Callable[[str, int], bool]


class _Group(msgspec.Struct, frozen=True):
    body: _Node
    number: int  # 0 for one that is not counted


class _Sequence(msgspec.Struct, frozen=True):
    parts: tuple[_Node, ...]


class _Either(msgspec.Struct, frozen=True):
    options: tuple[_Node, ...]


class _Repeat(msgspec.Struct, frozen=True):
    body: _Node
    least: int
    most: int | None
    lazy: bool


_Node = _Char | _Edge | _Group | _Sequence | _Either | _Repeat


def _is_word(text: str, place: int) -> bool:
    return 0 <= place < len(text) and (text[place] == "_" or text[place].isalnum())


_EDGES: dict[str, Callable[[str, int], bool]] = {
    "^": lambda text, place: place == 0,
    "$": lambda text, place: place == len(text),
    "b": lambda text, place: _is_word(text, place - 1) != _is_word(text, place),
    "B": lambda text, place: _is_word(text, place - 1) == _is_word(text, place),
    "A": lambda text, place: place == 0,
    "z": lambda text, place: place == len(text),
    "Z": lambda text, place: place == len(text),
}

# ------------------------------------------------------------------------------------------------ reading it

_COUNTS = re.compile(r"\{(\d{1,3})(?:(,)(\d{1,3})?)?\}")
_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_OPENINGS = re.compile(r"\?(?::|<[A-Za-z]\w*>)")


class _Reader:
    """Recursive descent over the expression; groups may lie in each other 20 deep."""

    def __init__(self, source: str, ignore_case: bool) -> None:
        self.source = source
        self.place = 0
        self.groups = 0
        self.depth = 0
        self.ignore_case = ignore_case

    def whole(self) -> _Node:
        if self.source.startswith("(?i)"):
            self.place, self.ignore_case = 4, True
        found = self.either()
        if self.place < len(self.source):
            raise RegexError("this ) closes nothing", self.place)
        return found

    def either(self) -> _Node:
        options = [self.sequence()]
        while self.source[self.place : self.place + 1] == "|":
            self.place += 1
            options.append(self.sequence())
        return options[0] if len(options) == 1 else _Either(tuple(options))

    def sequence(self) -> _Node:
        parts: list[_Node] = []
        while self.place < len(self.source) and self.source[self.place] not in "|)":
            parts.append(self.repeated())
        return _Sequence(tuple(parts))

    def repeated(self) -> _Node:
        body = self.atom()
        limits = self.quantifier()
        if limits is None:
            return body
        mark = self.source[self.place : self.place + 1]
        if mark == "+":
            raise RegexError("possessive repetition is not supported", self.place)
        self.place += mark == "?"
        return _Repeat(body, *limits, mark == "?")

    def quantifier(self) -> tuple[int, int | None] | None:
        mark = self.source[self.place : self.place + 1]
        if mark in _QUANTIFIERS:
            self.place += 1
            return _QUANTIFIERS[mark]
        found = _COUNTS.match(self.source, self.place)
        if not found:
            return None
        self.place = found.end()
        least = int(found[1])
        most = least if not found[2] else int(found[3]) if found[3] else None
        if most is not None and most < least:
            raise RegexError("the smaller number comes first", found.start())
        return least, most

    def atom(self) -> _Node:
        start = self.place
        sign = self.source[start]
        self.place += 1
        if sign == "(":
            return self.group(start)
        if sign == "[":
            return self.bracketed(start)
        if sign == "\\":
            return self.escaped(start)
        if sign in "^$":
            return _Edge(_EDGES[sign])
        if sign in "*+?" or _COUNTS.match(self.source, start):
            raise RegexError(f"there is nothing before this {sign} to repeat", start)
        return self.char(ANY if sign == "." else one_of(sign))

    def char(self, test: Test) -> _Node:
        return _Char(either_case(test) if self.ignore_case else test)

    def group(self, start: int) -> _Node:
        number = 0
        opening = _OPENINGS.match(self.source, self.place)
        if opening:
            self.place = opening.end()
        elif self.source[self.place : self.place + 1] == "?":
            raise RegexError("looking ahead or behind, and flags within, are not supported", start)
        if not opening or opening[0] != "?:":
            self.groups += 1
            number = self.groups
        self.depth += 1
        if self.depth > 20:
            raise RegexError("too many groups in each other", start)
        body = self.either()
        self.depth -= 1
        if self.source[self.place : self.place + 1] != ")":
            raise RegexError("this ( is not closed", start)
        self.place += 1
        return _Group(body, number)

    def bracketed(self, start: int) -> _Node:
        found = char_class(self.source, start)
        if found is None:
            raise RegexError("this set of characters cannot be read", start)
        test, self.place = found
        return self.char(test)

    def escaped(self, start: int) -> _Node:
        sign = self.source[self.place : self.place + 1]
        if sign and sign in _EDGES and sign not in "^$":
            self.place += 1
            return _Edge(_EDGES[sign])
        if sign in ("p", "P"):
            found = unicode_class(self.source, start)
            if found is None:
                raise RegexError("this class of characters is not known", start)
            test, self.place = found
            return self.char(test)
        self.place += 1
        if not sign:
            raise RegexError("a \\ stands for nothing at the end", start)
        if sign.isdigit() or sign == "k":
            raise RegexError("references to groups are not supported", start)
        return self.char(ESCAPES.get(sign) or one_of(sign))


# ------------------------------------------------------------------------------------------------ the program


class _Op(msgspec.Struct):
    """One instruction; `first` and `second` are where it goes on, or the slot that `keep` fills."""

    kind: Literal["char", "edge", "jump", "keep", "match", "split"]
    first: int = 0
    second: int = 0
    test: Test = ANY
    edge: Callable[[str, int], bool] = _is_word


class _Compiler:
    def __init__(self) -> None:
        self.ops: list[_Op] = []
        self.visits = 0

    def put(self, op: _Op) -> _Op:
        self.ops.append(op)
        return op

    def node(self, node: _Node) -> None:
        self.visits += 1
        if self.visits > LARGEST:
            raise RegexError("this expression is too large", 0)
        if isinstance(node, _Char):
            self.put(_Op("char", test=node.test))
        elif isinstance(node, _Edge):
            self.put(_Op("edge", edge=node.test))
        elif isinstance(node, _Sequence):
            for part in node.parts:
                self.node(part)
        elif isinstance(node, _Group):
            self.group(node)
        elif isinstance(node, _Either):
            self.either(node)
        else:
            self.repeat(node)

    def group(self, node: _Group) -> None:
        if node.number:
            self.put(_Op("keep", 2 * node.number))
        self.node(node.body)
        if node.number:
            self.put(_Op("keep", 2 * node.number + 1))

    def either(self, node: _Either) -> None:
        ends = []
        for option in node.options[:-1]:
            split = self.put(_Op("split", len(self.ops) + 1))
            self.node(option)
            ends.append(self.put(_Op("jump")))
            split.second = len(self.ops)
        self.node(node.options[-1])
        for end in ends:
            end.first = len(self.ops)

    def repeat(self, node: _Repeat) -> None:
        for _ in range(node.least):
            self.node(node.body)
        splits = []
        for _ in range(1 if node.most is None else node.most - node.least):
            start = len(self.ops)
            splits.append(self.put(_Op("split", start + 1)))
            self.node(node.body)
            if node.most is None:
                self.put(_Op("jump", start))
        for split in splits:
            split.second = len(self.ops)
            if node.lazy:
                split.first, split.second = split.second, split.first


_Slots = tuple[int, ...]
_Thread = tuple[int, _Slots]


class Regex:
    """A compiled expression. Raises RegexError where the source cannot be used."""

    def __init__(self, source: str, *, ignore_case: bool = False) -> None:
        reader = _Reader(source, ignore_case)
        tree = reader.whole()
        compiler = _Compiler()
        compiler.node(tree)
        compiler.put(_Op("match"))
        self.ops = compiler.ops
        self.groups = reader.groups

    def search(self, text: str, start: int = 0) -> list[tuple[int, int]] | None:
        """The leftmost match from a place on: begin and end of the whole and of each group, (-1, -1) for none."""
        empty = (-1,) * (2 * self.groups + 2)
        threads: list[_Thread] = []
        best: _Slots | None = None
        for place in range(start, len(text) + 1):
            seen: set[int] = set()
            current: list[_Thread] = []
            for op, slots in threads:
                self._add(op, slots, text, place, seen, current)
            if best is None:
                self._add(0, (place, *empty[1:]), text, place, seen, current)
            elif not current:
                break
            threads, found = self._step(current, text, place)
            best = found or best
        return None if best is None else list(zip(best[::2], best[1::2], strict=True))

    def _add(self, op: int, slots: _Slots, text: str, place: int, seen: set[int], out: list[_Thread]) -> None:
        """The threads that this one is before it takes a character, in the order of their priority."""
        stack = [(op, slots)]
        while stack:
            number, slots = stack.pop()
            if number in seen:
                continue
            seen.add(number)
            this = self.ops[number]
            if this.kind == "jump":
                stack.append((this.first, slots))
            elif this.kind == "split":
                stack += [(this.second, slots), (this.first, slots)]
            elif this.kind == "keep":
                stack.append((number + 1, (*slots[: this.first], place, *slots[this.first + 1 :])))
            elif this.kind == "edge":
                stack += [(number + 1, slots)] if this.edge(text, place) else []
            else:
                out.append((number, slots))

    def _step(self, threads: list[_Thread], text: str, place: int) -> tuple[list[_Thread], _Slots | None]:
        """One character further: the threads that live on, and the match that those before it did not prevent."""
        alive: list[_Thread] = []
        for number, slots in threads:
            op = self.ops[number]
            if op.kind == "match":
                return alive, (slots[0], place, *slots[2:])
            if place < len(text) and op.test(text[place]):
                alive.append((number + 1, slots))
        return alive, None

    def _all(self, text: str, once: bool) -> Iterator[list[tuple[int, int]]]:
        place = 0
        while place <= len(text) and (found := self.search(text, place)):
            yield found
            begin, end = found[0]
            place = end + (begin == end)
            if once:
                return

    def replace(self, text: str, by: str, *, once: bool = False) -> str:
        """The text with its matches replaced; in `by`, `$1` is what the first group holds, `$&` and `$0` the whole."""
        done, out = 0, []
        for spans in self._all(text, once):
            out += [text[done : spans[0][0]], _filled(by, text, spans)]
            done = spans[0][1]
        return "".join(out) + text[done:]


_REFERENCE = re.compile(r"\$([0-9&$])|\\(.)", re.DOTALL)


def _filled(by: str, text: str, spans: list[tuple[int, int]]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[2] is not None:
            return found[2]
        if found[1] == "$":
            return "$"
        number = 0 if found[1] == "&" else int(found[1])
        if number >= len(spans):
            return found[0]
        begin, end = spans[number]
        return text[begin:end] if begin >= 0 else ""

    return _REFERENCE.sub(value, by) if "$" in by or "\\" in by else by
