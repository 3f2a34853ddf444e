r"""What is being typed: the beginning of a citation key before the cursor, in `\cite{...}`, after `@` and their like.

A text that is being typed is broken most of the time, so only what stands just before the cursor is looked at, and not
whether that is in a comment: it is better to offer a key too many than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from bibkit.documents import markdown, typst
from bibkit.documents.tex_tables import CITING, MULTIPLE

_REACH = 1000  # characters before the cursor
_TRIED = 6  # commands before the brace: one in a note is not the one that the brace belongs to
_COMMAND = re.compile(r"\\([A-Za-z@]++)\*?")
_ARGUMENTS = re.compile(r"(?:\s*+(?:\[[^\[\]]*+\]|\([^()]*+\)|<[^<>]*+>))*+\s*+\Z")
_GROUPS = re.compile(r"(?:\s*+(?:\[[^\[\]]*+\]|\([^()]*+\)|<[^<>]*+>|\{[^{}]*+\}))*+\s*+\Z")
_CITES = re.compile(r"(?i)cite")
_AT = re.compile(r"(?<![\w@\\])@(\{?)([^\s{}@,;\[\]()\"'`<>]*)\Z")
_TYPST_CALL = re.compile(r"#?(?:cite|ref)\(\s*(?:label\(\s*\"|<)([^\s\">]*)\Z")
_ORG_CITE = re.compile(r"\[cite(?:/[\w/-]*)?:[^\[\]]*@([^\s;@\]]*)\Z")
_ORG_REF = re.compile(r"(?<!\w)cite[a-zA-Z*]*:(?:[^\s\[\]]*[,;&])?([^\s,;&\[\]]*)\Z")


class Partial(NamedTuple):
    """Where the key begins that is being typed, what stands of it, and what it is written in."""

    start: int
    words: str
    kind: str  # latex, markdown, typst, org
    braced: bool = False  # it stands in braces, or in a string, where every key can stand


def partial(kind: str, text: str, offset: int, commands: Collection[str] = ()) -> Partial | None:
    """What is being typed before this offset; `commands` are those by which the document cites."""
    before = text[max(0, offset - _REACH) : offset]
    found = _FINDERS[kind](before, commands) if kind in _FINDERS else None
    return found._replace(start=offset - (len(before) - found.start)) if found else None


def _latex(before: str, commands: Collection[str]) -> Partial | None:
    brace = before.rfind("{")
    if brace < 0 or before.find("}", brace) >= 0 or "\n\n" in before[brace:]:
        return None
    name = _command(before, brace)
    if not (name in CITING or name in MULTIPLE or name in commands or _CITES.search(name)):
        return None
    comma = max(before.rfind(",", brace), before.rfind("\n", brace), brace)
    words = before[comma + 1 :].lstrip()
    return Partial(len(before) - len(words), words, "latex", braced=True)


def _command(before: str, brace: int) -> str:
    """The command whose argument begins at this brace."""
    for found in [*_COMMAND.finditer(before, 0, brace)][: -_TRIED - 1 : -1]:
        many = found[1] in MULTIPLE or "{" in CITING.get(found[1], "")
        if (_GROUPS if many else _ARGUMENTS).match(before, found.end(), brace):
            return found[1]
    return ""


def _markdown(before: str, commands: Collection[str]) -> Partial | None:
    found = _AT.search(before)
    if found:
        return Partial(found.start(2), found[2], "markdown", braced=bool(found[1]))
    return _latex(before, commands)


def _typst(before: str, _commands: Collection[str]) -> Partial | None:
    call = _TYPST_CALL.search(before)
    if call:
        return Partial(call.start(1), call[1], "typst", braced=before[call.start(1) - 1] == '"')
    found = _AT.search(before)
    return Partial(found.start(2), found[2], "typst") if found and not found[1] else None


def _org(before: str, commands: Collection[str]) -> Partial | None:
    found = _ORG_CITE.search(before) or _ORG_REF.search(before)
    return Partial(found.start(1), found[1], "org") if found else _latex(before, commands)


_FINDERS: Mapping[str, Callable[[str, Collection[str]], Partial | None]] = {
    "latex": _latex,
    "markdown": _markdown,
    "quarto": _markdown,
    "typst": _typst,
    "org": _org,
}


def spelled(key: str, typed: Partial) -> str:
    """A key as it can stand there, or "" where it cannot."""
    if typed.braced or typed.kind == "latex":
        return key
    if typed.kind == "typst":
        return key if typst.KEY.fullmatch(key) else ""
    if typed.kind == "markdown" and not markdown.KEY.fullmatch(key):
        return f"{{{key}}}"
    return key
