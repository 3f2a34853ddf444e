r"""The arguments of LaTeX commands: where they begin and end, and the keys in them.

Nothing here looks further than `REACH` characters for the end of an argument, nor past an empty line for the end of a
list of keys, so that a text full of open braces is read in linear time.
"""

from __future__ import annotations

import re
from typing import NamedTuple

REACH = 4000

_COMMENT = r"%[^\r\n]*+[\r\n]?"
_DEPTH = 8  # of braces within an argument


def _group(depth: int) -> str:
    inner = f"|{_group(depth - 1)}" if depth else ""
    return rf"\{{(?:[^{{}}\\%]++|\\.|{_COMMENT}{inner})*+\}}"


GROUP = re.compile(_group(_DEPTH), re.DOTALL)
_BRACKET = re.compile(rf"\[(?:[^\]{{}}\\%]++|\\.|{_COMMENT}|{_group(4)})*+\]", re.DOTALL)
_MORE_BRACKET = re.compile(rf"(?:[^\]{{}}\\%]++|\\.|{_COMMENT}|{_group(4)})*+\]", re.DOTALL)
_ANGLE = re.compile(r"<[^<>{}\\\r\n]*+>(?=[\[{<])")
_PAREN = re.compile(rf"\((?:[^){{}}\\%]++|\\.|{_COMMENT}|{_group(4)})*+\)", re.DOTALL)
_GAP = re.compile(rf"[ \t]*+(?:(?:{_COMMENT}|[\r\n])[ \t]*+)*+")
_FOLLOWS = re.compile(rf"[ \t]*+(?:(?:{_COMMENT}|\r?\n)[ \t]*+)*+[\[{{(]")
_PARAGRAPH = re.compile(r"\r?\n[ \t]*+\r?\n|\r[ \t]*+\r")

# Keys stop at the next command, brace or parameter: each character is looked at once, however many are not closed.
_KEYS = re.compile(rf"((?:[^{{}}\\#%]++|{_COMMENT})*+)\}}")
_MIXED = re.compile(rf"((?:[^{{}}\\%]++|\\.|{_COMMENT}|{_group(2)})*+)\}}", re.DOTALL)
_LINE = re.compile(r"([^{}\r\n]*+)\}")
_COMMENTS = re.compile(_COMMENT)
_ODD = re.compile(r"[\\{}#]")


class Key(NamedTuple):
    """A word where a key is expected, without the white space around it."""

    text: str
    start: int
    end: int


class Keys(NamedTuple):
    """The keys of one argument, and what is wrong with it: `fault` is "" or one of FAULTS, at `at`."""

    keys: list[Key]
    fault: str = ""
    at: int = 0


Span = tuple[str, int, int]  # the letter of an argument, and where its content begins and ends


def gap(text: str, pos: int) -> int:
    """Past white space and comments."""
    found = _GAP.match(text, pos)
    return found.end() if found else pos


def spans(text: str, pos: int, letters: str) -> tuple[list[Span], int]:
    """The arguments from `pos` on, by these letters (see `tex_tables`), and where they end.

    An argument of keys is not closed here: its span begins at the brace. What does not fit ends the list.
    """
    found: list[Span] = []
    for letter in letters:
        start = gap(text, pos)
        end = _END[letter](text, start) if text[start : start + 1] == _OPENS[letter] else 0
        if end:
            found.append((letter, start + 1, end - 1))
            pos = end
        elif letter in "{k":
            break
    return found, pos


def _star(_text: str, start: int) -> int:
    return start + 1


def _angle(text: str, start: int) -> int:
    found = _ANGLE.match(text, start, start + REACH)
    return found.end() if found else 0


def _bracket(text: str, start: int) -> int:
    """LaTeX takes the first bracket outside braces; a later one, where an argument follows that alone."""
    found = within(_BRACKET, text, start, "]")
    first = found.end() if found else 0
    for _ in range(2):
        if not found or _FOLLOWS.match(text, found.end()):
            break
        found = within(_MORE_BRACKET, text, found.end(), "]")
    return found.end() if found and not _PARAGRAPH.search(text, first, found.end()) else first


def _paren(text: str, start: int) -> int:
    found = within(_PAREN, text, start, ")")
    return found.end() if found else 0


def _braces(text: str, start: int) -> int:
    found = within(GROUP, text, start, "}")
    return found.end() if found else 0


def within(pattern: re.Pattern[str], text: str, start: int, closer: str) -> re.Match[str] | None:
    """The match of something that ends with this sign, if that is near enough to look at all."""
    end = start + REACH
    return pattern.match(text, start, end) if text.find(closer, start, end) >= 0 else None


def _key_braces(text: str, start: int) -> int:
    """The end of a list of keys; where it is not closed, only the opening brace."""
    found = _KEYS.match(text, start + 1)
    return found.end() if found else start + 2


_OPENS = {"*": "*", "<": "<", "[": "[", "(": "(", "{": "{", "k": "{"}
_END = {"*": _star, "<": _angle, "[": _bracket, "(": _paren, "{": _braces, "k": _key_braces}

# ------------------------------------------------------------------------------------------------ keys

UNCLOSED, MACRO, PERCENT = "unclosed", "macro", "percent"


def keys(text: str, start: int) -> Keys:
    """The keys of the argument whose content begins at `start`, after its brace."""
    found = _KEYS.match(text, start)
    if not found or _PARAGRAPH.search(text, start, found.end()):
        found = within(_MIXED, text, start, "}")
    if not found or _PARAGRAPH.search(text, start, found.end()):
        return _broken(text, start)
    words = _split(_COMMENTS.sub(_blank, found[1]) if "%" in found[1] else found[1], start)
    if "%" in found[1] and any(" " in word.text for word in words):
        return _broken(text, start)
    sure = [word for word in words if not _ODD.search(word.text)]
    odd = any(_ODD.search(word.text) and "#" not in word.text for word in words)
    return Keys(sure, MACRO if odd else "", start)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _split(content: str, start: int) -> list[Key]:
    """What stands between commas; `start` is where the content begins."""
    found, pos = [], start
    for word in content.split(","):
        if bare := word.strip():
            at = pos + word.index(bare)
            found.append(Key(bare, at, at + len(bare)))
        pos += len(word) + 1
    return found


def _broken(text: str, start: int) -> Keys:
    """An argument that is not closed, or only in what TeX takes for a comment."""
    found = _LINE.match(text, start, start + REACH)
    if found and "%" in found[1]:
        return Keys(_split(found[1], start), PERCENT, start + found[1].index("%"))
    return Keys([], UNCLOSED, start - 1)
