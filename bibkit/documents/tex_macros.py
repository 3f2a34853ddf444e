r"""Commands that a document defines itself: which of them cite, and which of their arguments are keys.

`\newcommand{\seealso}[2][]{see also~\cite[#1]{#2}}` is read as what it is: a citing command whose second argument
holds keys. A definition is looked at as far as `tex_arguments.REACH`; one that is longer cites nothing new.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from bibkit.documents.tex_arguments import GROUP, REACH, gap, spans, within

NAME = r"[A-Za-z@]++"
_CONTROL = re.compile(rf"\\({NAME})")
_COUNT = re.compile(r"\[\s*([1-9])\s*\]")
_DEFAULT = re.compile(r"\[[^\[\]{}\\\r\n]*+\]|\[(?:[^\]{}\\]|\\.)*+\]")
_PARAMETER_TEXT = re.compile(r"((?:[^{}\\%\r\n]|\\[A-Za-z]++)*+)(?=\{)")
_PARAMETER = re.compile(r"\[#\d\]|<#\d>|\(#\d\)|#\d")
_ARGUMENT_TYPES = re.compile(r"[+!>]?([a-zA-Z])")
_HOLDS = re.compile(r"#([1-9])")
_ONLY_PARAMETERS = re.compile(r"[\s,*]*+#[1-9][\s,*]*+")

# The letters of xparse's argument types, as arguments of ours; D, R, d and r are by their first sign.
_XPARSE = {"m": "{", "o": "[", "O": "[", "s": "*", "v": "{", "g": "{", "G": "{", "e": "{", "b": "{"}
_DELIMITED = {"[": "[", "(": "(", "<": "<"}


class Signature(NamedTuple):
    """How a command cites: its arguments, and those of each further citation where it takes any number."""

    letters: str
    each: str = ""


Known = Callable[[str], Signature | None]  # how a command cites, if it does


class Definition(NamedTuple):
    """A command that is being defined: its name, the letters of its arguments, and where what it does begins."""

    name: str
    letters: str
    body: int


def target(text: str, pos: int) -> tuple[str, int]:
    r"""The command that is defined, `\name` or `{\name}`, and where that ends; "" where there is none."""
    pos = gap(text, pos)
    if text.startswith("*", pos):
        pos = gap(text, pos + 1)
    braced = text.startswith("{", pos)
    found = _CONTROL.match(text, gap(text, pos + 1) if braced else pos)
    if not found:
        return "", pos
    end = gap(text, found.end()) if braced else found.end()
    return found[1], end + (braced and text.startswith("}", end))


def new_command(text: str, pos: int) -> Definition:
    r"""`\newcommand{\name}[2][default]{...}`, from after the first word."""
    name, pos = target(text, pos)
    count = _COUNT.match(text, gap(text, pos))
    if not count:
        return Definition(name, "", gap(text, pos))
    pos, letters = gap(text, count.end()), "{" * int(count[1])
    default = _DEFAULT.match(text, pos, pos + REACH)
    if default:
        pos, letters = gap(text, default.end()), f"[{letters[1:]}"
    return Definition(name, letters, pos)


def document_command(text: str, pos: int) -> Definition:
    r"""`\NewDocumentCommand{\name}{s o m}{...}`, from after the first word."""
    name, pos = target(text, pos)
    found, end = spans(text, pos, "{")
    if not found:
        return Definition(name, "", pos)
    return Definition(name, _xparse(text[found[0][1] : found[0][2]]), gap(text, end))


def _xparse(types: str) -> str:
    bare = re.sub(r"\{[^{}]*+\}", "", types)
    letters, pos = "", 0
    while found := _ARGUMENT_TYPES.search(bare, pos):
        kind, pos = found[1], found.end()
        if kind in "dDrR":
            letters += _DELIMITED.get(bare[pos : pos + 1], "{")
            pos += 2
        else:
            letters += _XPARSE.get(kind, "{")
    return letters


def plain_definition(text: str, pos: int) -> Definition:
    r"""`\def\name#1#2{...}`, from after the first word."""
    name, pos = target(text, pos)
    found = within(_PARAMETER_TEXT, text, pos, "{")
    if not found:
        return Definition(name, "", pos)
    letters = "".join("{" if word[0] == "#" else word[0] for word in _PARAMETER.findall(found[1]))
    return Definition(name, letters, found.end())


def signature(text: str, defined: Definition, known: Known) -> Signature | None:
    """How a command cites by what it does; None where it does not, or makes up its keys."""
    body = within(GROUP, text, defined.body, "}")
    if not body:
        return None
    content = body[0][1:-1]
    last = None
    holders: set[int] = set()
    for found in _CONTROL.finditer(content):
        last = known(found[1])
        if last and not content[found.end() :].strip(" *%\r\n\t"):
            return Signature(defined.letters + last.letters, last.each)
        if last:
            holders |= _holders(content, found.end(), last)
    letters = "".join("k" if place in holders else letter for place, letter in enumerate(defined.letters, 1))
    return Signature(letters) if holders else None


def _holders(content: str, pos: int, cites: Signature) -> set[int]:
    """The numbers of the parameters that stand where keys are expected."""
    found: set[int] = set()
    arguments, end = spans(content, pos, cites.letters)
    while cites.each and (more := spans(content, end, cites.each))[0]:
        arguments, end = arguments + more[0], more[1]
    for letter, start, _ in arguments:
        if letter == "k" and (group := within(GROUP, content, start - 1, "}")):
            words = group[0][1:-1].split(",")
            found |= {int(word.strip(" *")[1]) for word in words if _ONLY_PARAMETERS.fullmatch(word)}
    return found
