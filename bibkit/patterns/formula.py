"""Better BibTeX's formulas, read: `auth.lower + shorttitle(3,3) + year | title`.

The grammar is that of JavaScript's expressions, as far as formulas use it: functions, filters behind points, arguments
by place and name, texts, regular expressions, `+`, and for choices `|`, `;` or a new line (the next formula where one
skips or gives nothing), `a || b` and `a ? b : c`. A name with a capital is a field of Zotero's.
Source: Better BibTeX's documentation, "Citation keys / formulas".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from bibkit.patterns.filters import FILTERS
from bibkit.patterns.functions import FUNCTIONS, ITEM_TYPES, known_field, no_such_field
from bibkit.patterns.matching import Regex, RegexError
from bibkit.patterns.operations import Operation, ReadError, Written, bind, near
from bibkit.patterns.tree import Argument, Call, Choice, Filter, Filtered, FirstOf, Node, Text, joined

DEEPEST = 40  # brackets in each other

# ------------------------------------------------------------------------------------------------ tokens


class Token(msgspec.Struct, frozen=True):
    """A piece of a formula; `value` is what it says without its dress."""

    kind: Literal["name", "number", "text", "regex", "sign", "end"]
    value: Argument
    place: int
    line_before: bool = False


_TOKEN = re.compile(
    r"""(?P<name>[A-Za-z_$][\w$]*)
      | (?P<number>\d+)
      | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<regex>/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)
      | (?P<sign>\|\||[+|?:;(),.=\[\]-])""",
    re.VERBOSE | re.DOTALL,
)
_BLANK = re.compile(r"(?:\s|//[^\n]*(?:\n|$))+")  # a formula may have comments, as JavaScript has
_NUMBER_LENGTH = 6


def tokens(source: str) -> Iterator[Token]:
    """The pieces of a formula, and an `end`. Raises ReadError."""
    place = 0
    line = False
    while place < len(source):
        if blank := _BLANK.match(source, place):
            line = "\n" in blank[0]
            place = blank.end()
            continue
        found = _TOKEN.match(source, place)
        if not found:
            raise ReadError(_unreadable(source[place]), place)
        yield Token(found.lastgroup, _value(found), place, line)  # type: ignore[arg-type]
        place, line = found.end(), False
    yield Token("end", "", len(source))


def _unreadable(sign: str) -> str:
    if sign in "\"'":
        return "this text is not closed"
    return "this regular expression is not closed" if sign == "/" else f"{sign} means nothing here"


def _value(found: re.Match[str]) -> Argument:
    if found["number"]:
        if len(found[0]) > _NUMBER_LENGTH:
            raise ReadError("this number is too large", found.start())
        return int(found[0])
    if found["text"]:
        return _ESCAPE.sub(_unescaped, found[0][1:-1])
    return _regex(found) if found["regex"] else found[0]


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


def _unescaped(found: re.Match[str]) -> str:
    if found[3] is not None:
        return _ESCAPED.get(found[3], found[3])
    char = chr(int(found[1] or found[2], 16))
    return char if char.isprintable() else ""


def _regex(found: re.Match[str]) -> Regex:
    body, _, flags = found[0][1:].rpartition("/")
    try:
        regex = Regex(body, ignore_case="i" in flags)
    except RegexError as error:
        raise ReadError(error.message, found.start() + 1 + error.place) from error
    return regex if "g" in flags else Once(regex)


class Once(Regex):
    """An expression without JavaScript's flag g: its first match alone is replaced."""

    def __init__(self, regex: Regex) -> None:
        self.ops, self.groups = regex.ops, regex.groups

    def replace(self, text: str, by: str, *, once: bool = True) -> str:
        """The text with its first match replaced."""
        return super().replace(text, by, once=once)


# ------------------------------------------------------------------------------------------------ the parser


def parse(source: str) -> list[Node]:
    """The formulas, in the order in which they are tried. Raises ReadError."""
    return _Parser(source).whole()


class _Parser:
    """Recursive descent: each method reads what its name says and leaves the place behind it."""

    def __init__(self, source: str) -> None:
        self.tokens = list(tokens(source))
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    @property
    def at_end(self) -> bool:
        return self.next.kind == "end"

    def take(self) -> Token:
        token = self.next
        self.at += token.kind != "end"
        return token

    def sees(self, sign: str) -> bool:
        return self.next.kind == "sign" and self.next.value == sign

    def accept(self, sign: str) -> bool:
        found = self.sees(sign)
        self.at += found
        return found

    def expect(self, sign: str, why: str) -> None:
        if not self.accept(sign):
            raise ReadError(f"a {sign} is missing here: {why}", self.next.place)

    def whole(self) -> list[Node]:
        found: list[Node] = []
        while not self.at_end:
            if self.accept(";"):
                continue
            found += self.options()
            if not (self.at_end or self.sees(";") or self.next.line_before):
                raise ReadError(self.astray(), self.next.place)
        if not found:
            raise ReadError("there is nothing here", 0)
        return found

    def astray(self) -> str:
        if self.next.kind in ("name", "text"):
            return "a + is missing before this"
        if self.next.kind == "sign" and self.next.value == ")":
            return "this ) closes nothing"
        return f"{self.next.value} means nothing here"

    def options(self) -> list[Node]:
        """Formulas between `|`; where `||` or `?` follow, they are one."""
        found = [self.sum()]
        while self.accept("|"):
            found.append(self.sum())
        if not self.sees("||") and not self.sees("?"):
            return found
        return [self.choice(self.first_of(_first(found)))]

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ReadError("too many brackets in each other", self.next.place)
        found = _first(self.options())
        self.depth -= 1
        return found

    def first_of(self, first: Node) -> Node:
        found = [first]
        while self.accept("||"):
            found.append(_first(self.between()))
        return _first(found)

    def between(self) -> list[Node]:
        found = [self.sum()]
        while self.accept("|"):
            found.append(self.sum())
        return found

    def choice(self, test: Node) -> Node:
        if not self.accept("?"):
            return test
        then = self.expression()
        self.expect(":", "a condition is test ? one : other")
        return Choice(test, then, self.expression())

    def sum(self) -> Node:
        parts = [self.term()]
        while self.accept("+"):
            parts.append(self.term())
        return joined(parts)

    def term(self) -> Node:
        source = self.primary()
        filters = []
        while self.accept("."):
            token = self.take()
            if token.kind != "name":
                raise ReadError("a filter is missing behind the point", token.place)
            filters.append(self.filter(token))
        return Filtered(source, tuple(filters)) if filters else source

    def filter(self, token: Token) -> Filter:
        operation = FILTERS.get(token.value.lower())
        if operation is None:
            raise ReadError(f"there is no filter {token.value}{near(token.value, _names(FILTERS))}", token.place)
        return operation.function, self.arguments(operation, token.place)

    def primary(self) -> Node:
        token = self.take()
        if token.kind == "text":
            return Text(token.value)
        if token.kind == "name":
            return self.field(token) if token.value[0].isupper() else self.function(token)
        if token.kind == "sign" and token.value == "(":
            found = self.expression()
            self.expect(")", "it closes the bracket before")
            return found
        raise ReadError(_instead(token), token.place)

    def field(self, token: Token) -> Node:
        name = known_field(token.value)
        if not name:
            raise ReadError(no_such_field(token.value), token.place)
        if self.sees("("):
            raise ReadError(f"{token.value} is a field and takes no arguments", self.next.place)
        return Call(FUNCTIONS["field"].function, (name,))

    def function(self, token: Token) -> Node:
        operation = FUNCTIONS.get(token.value.lower())
        if operation is None:
            raise ReadError(f"there is no function {token.value}{near(token.value, _names(FUNCTIONS))}", token.place)
        return Call(operation.function, self.arguments(operation, token.place))

    def arguments(self, operation: Operation, place: int) -> tuple[Argument, ...]:
        written = self.written() if self.accept("(") else []
        values = bind(operation, written, place)
        _check(operation, values, written)
        return values

    def written(self) -> list[Written]:
        found: list[Written] = []
        while not self.accept(")"):
            if found:
                self.expect(",", "it stands between arguments, and a ) behind them")
                if self.accept(")"):
                    break
            one = self.argument()
            if found and found[-1].name and not one.name:
                raise ReadError("an argument without a name cannot follow one with a name", one.place)
            found.append(one)
        return found

    def argument(self) -> Written:
        token = self.next
        name = ""
        if token.kind == "name" and self.tokens[self.at + 1].value == "=":
            self.at += 2
            name = token.value
        return Written(self.value(), token.place, name)

    def value(self) -> Argument:
        token = self.take()
        if token.kind == "sign" and token.value == "-" and self.next.kind == "number":
            return -self.take().value
        if token.kind == "sign" and token.value == "[":
            return self.listed(token)
        if token.kind not in ("name", "number", "text", "regex"):
            raise ReadError("a value is missing here", token.place)
        return _WORDS.get(token.value, token.value) if token.kind == "name" else token.value

    def listed(self, opening: Token) -> Argument:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ReadError("too many brackets in each other", opening.place)
        found: list[Argument] = []
        while not self.accept("]"):
            if found:
                self.expect(",", "it stands between the values of a list, and a ] behind them")
            found.append(self.value())
        self.depth -= 1
        return tuple(found)


_WORDS: dict[str, Argument] = {"true": True, "false": False}


def _instead(token: Token) -> str:
    if token.kind == "end":
        return "something is missing at the end"
    if token.kind == "number":
        return "a number is no text; put it in quotation marks"
    if token.kind == "regex":
        return "a regular expression can only be an argument"
    return "a function or a text is missing here"


def _names(table: dict[str, Operation]) -> list[str]:
    return [operation.name for operation in table.values()]


def _first(options: list[Node]) -> Node:
    return options[0] if len(options) == 1 else FirstOf(tuple(options))


def _check(operation: Operation, values: tuple[Argument, ...], written: list[Written]) -> None:
    """What only the operation knows of its values: names of types and fields."""
    if operation.name == "type":
        for one in written:
            if one.value.lower() not in ITEM_TYPES:
                raise ReadError(
                    f"there is no item type {one.value}{near(one.value, sorted(ITEM_TYPES.values()))}", one.place
                )
    if operation.name in ("field", "getField") and not known_field(values[0]):
        raise ReadError(no_such_field(values[0]), written[0].place)
