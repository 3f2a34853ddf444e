"""What a function or filter of a pattern takes, and how written arguments become its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Literal

import msgspec

from bibkit.patterns.matching import Regex
from bibkit.patterns.tree import Argument
from bibkit.patterns.words import LANGUAGE, LISTS
from bibkit.patterns.work import Template


class ReadError(Exception):
    """A pattern that cannot be read: what is wrong, and at which character."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


Kind = Literal["text", "number", "flag", "match", "numbers", "template", "suffix", "date", "words", "texts"]


class Parameter(msgspec.Struct, frozen=True):
    """One parameter; without a default it must be given. `choices` are the texts that it may be."""

    name: str
    kind: Kind
    default: Argument = None
    required: bool = False
    choices: tuple[str, ...] = ()


class Operation(msgspec.Struct, frozen=True):
    """A function of the work, or a filter of a text. With `rest`, any number of arguments of that kind."""

    name: str
    function: Callable[..., str]
    parameters: tuple[Parameter, ...] = ()
    rest: Parameter | None = None


class Written(msgspec.Struct, frozen=True):
    """An argument as it stands in the pattern: its value, the name before it, its place."""

    value: Argument
    place: int
    name: str = ""


def near(name: str, known: Sequence[str]) -> str:
    """`; did you mean auth?`, where there is such a name."""
    folded = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), list(folded), 1)
    return f"; did you mean {folded[found[0]]}?" if found else ""


# ------------------------------------------------------------------------------------------------ binding


def bind(operation: Operation, written: Sequence[Written], place: int) -> tuple[Argument, ...]:
    """The arguments in the order of the parameters, with defaults where none is given. Raises ReadError."""
    if operation.rest:
        return tuple(_checked(one, operation.rest, operation) for one in _unnamed(operation, written))
    values = [_default(parameter) for parameter in operation.parameters]
    given: set[int] = set()
    for number, one in enumerate(written):
        where = _position(operation, one, number, given)
        if where >= 0:
            given.add(where)
            values[where] = _checked(one, operation.parameters[where], operation)
    for where, parameter in enumerate(operation.parameters):
        if parameter.required and where not in given:
            raise ReadError(f"{operation.name} needs {parameter.name}", place)
    return tuple(values)


def _default(parameter: Parameter) -> Argument:
    default = parameter.default
    return template(default) if parameter.kind == "template" and isinstance(default, str) else default


def _unnamed(operation: Operation, written: Sequence[Written]) -> Sequence[Written]:
    for one in written:
        if one.name:
            raise ReadError(f"{operation.name} takes no names of arguments", one.place)
    return written


def _position(operation: Operation, one: Written, number: int, given: set[int]) -> int:
    """Which parameter this is; -1 for one that older versions had."""
    names = [parameter.name for parameter in operation.parameters]
    if one.name == "clean" and operation.name.startswith("auth"):
        return -1  # Better BibTeX ignores it too: what it did is now a filter
    if one.name:
        if one.name not in names:
            raise ReadError(f"{operation.name} has no {one.name}{near(one.name, names)}", one.place)
        where = names.index(one.name)
    else:
        where = number
    if where >= len(names):
        raise ReadError(f"{operation.name} takes {_counted(len(names))}, not {number + 1}", one.place)
    if where in given:
        raise ReadError(f"{names[where]} is given twice", one.place)
    return where


def _counted(number: int) -> str:
    return f"{number} argument{'s' * (number != 1)}" if number else "no arguments"


# ------------------------------------------------------------------------------------------------ checking

_EXPECTED: dict[Kind, str] = {
    "text": "a text", "number": "a number", "flag": "true or false", "match": "a text or a /regular expression/",
    "numbers": "a number or two in brackets", "template": "a text", "suffix": "a text", "date": "a text",
    "words": "the name of a list of words", "texts": "a text or several in brackets",
}  # fmt: skip


def _checked(one: Written, parameter: Parameter, operation: Operation) -> Argument:
    value = one.value
    if not _fits(value, parameter.kind):
        raise ReadError(f"{parameter.name} of {operation.name} is {_EXPECTED[parameter.kind]}", one.place)
    if parameter.choices and value not in parameter.choices:
        listed = ", ".join(parameter.choices)
        raise ReadError(f"{parameter.name} of {operation.name} is one of {listed}", one.place)
    read = _READ.get(parameter.kind)
    return read(value, one.place) if read else value


def _is_number(value: Argument) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _fits(value: Argument, kind: Kind) -> bool:
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "number":
        return _is_number(value)
    if kind == "numbers":
        return _is_number(value) or (isinstance(value, tuple) and len(value) == 2 and all(map(_is_number, value)))
    if kind == "match":
        return isinstance(value, str | Regex)
    if kind == "texts" and isinstance(value, tuple):
        return all(_fits(one, "texts") for one in value)
    return isinstance(value, str)


# ------------------------------------------------------------------------------------------------ templates

_PLACE = re.compile(r"%\((\w+)\)(?:\.(\d{1,4}))?s|%%")
_PARTS = frozenset("fFgGiI")


def template(source: str, place: int = 0) -> Template:
    """`%(f).3s%(I)s` in pieces. Raises ReadError for a part that names do not have."""
    pieces: list[tuple[str, str, int]] = []
    done = 0
    for found in _PLACE.finditer(source):
        literal = source[done : found.start()]
        done = found.end()
        if found[0] == "%%":
            pieces.append((f"{literal}%", "", -1))
            continue
        if found[1] not in _PARTS:
            raise ReadError(f"names have no part {found[1]}; there are %(f)s, %(g)s, %(i)s and %(I)s", place)
        pieces.append((literal, found[1], int(found[2]) if found[2] else -1))
    if not any(part for _, part, _ in pieces):
        raise ReadError("this template has none of %(f)s, %(g)s, %(i)s and %(I)s", place)
    return (*pieces, (source[done:], "", -1))


_COUNTER = re.compile(r"%\([aAn]\)0?\d{0,2}s")


def _suffix(source: str, place: int) -> str:
    if len(_COUNTER.findall(source)) != 1 or source.count("%(") != 1:
        raise ReadError("a suffix has exactly one of %(a)s, %(A)s and %(n)s", place)
    return source


_DATE_CODE = re.compile(r"%(-?o?[ymdYHMS]|%)")


def _date_format(source: str, place: int) -> str:
    if "%" in _DATE_CODE.sub("", source):
        raise ReadError("dates are made of %Y, %y, %m, %d, %H, %M, %S, and %oY and so on for the original one", place)
    return source


def _word_list(name: str, place: int) -> str:
    if name != LANGUAGE and name not in LISTS:
        raise ReadError(f"no list of words is called {name}; there are {', '.join((*LISTS, LANGUAGE))}", place)
    return name


_READ: Mapping[Kind, Callable[[str, int], Argument]] = {
    "template": template,
    "suffix": _suffix,
    "date": _date_format,
    "words": _word_list,
}
