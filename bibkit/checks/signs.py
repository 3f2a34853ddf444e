"""Signs that mean something to TeX in text that is printed, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from bibkit.checks.model import BIBTEX, Bibliography, Check, Remark
from bibkit.checks.prose import RIGHT_TO_LEFT, blanked, code_points, entities, listed, printed, rewriting, worded

_NO_BREAK = re.compile("[\u00a0\u202f]")


def no_break(found: Bibliography) -> Iterator[Remark]:
    """A no-break space that looks like any other; LaTeX has `~`."""
    for item, field, text in worded(found.non_ascii):
        if pieces := _NO_BREAK.findall(text):
            tie = " " if field.startswith("keyword") else "~"
            new = text.replace("\u00a0", tie).replace("\u202f", "\\,")
            yield rewriting(item, field, f"no-break spaces as characters: {code_points(pieces)}", pieces[0], new)


# ------------------------------------------------------------------------------------------------ TeX's signs

_BARE = re.compile(r"[%&#_]")
_LIKE_A_MACRO = re.compile(r"(?<!\w)[A-Za-z]{1,30}+(?:_[A-Za-z0-9]{1,30}+){1,9}+")
_TABLE = re.compile(r"\\(?:begin|halign|valign|array|matrix|cases|def)\b")


def unescaped(found: Bibliography) -> Iterator[Remark]:
    """`&`, `%`, `#` or `_` in printed text, where TeX takes each for something else."""
    for item, field, text in printed(found.written):
        if not ("&" in text or "_" in text or "%" in text or "#" in text):
            continue
        macro = _LIKE_A_MACRO.fullmatch(text)
        if macro and item.is_bare(field):  # not defined, which the reader says; no text at all
            continue
        places = frozenset(bare(text))
        if places:
            signs = listed([text[place] for place in sorted(places)])
            new = "".join([f"\\{char}" if place in places else char for place, char in enumerate(text)])
            remark = rewriting(
                item, field, f"{signs} without a backslash", _around(text, min(places)), None if macro else new
            )
            yield (
                msgspec.structs.replace(remark, hint=f"if {text} is a macro, write it without braces")
                if macro
                else remark
            )


def bare(text: str) -> list[int]:
    """Where signs stand in prose without a backslash. None are sure in a table, and where dollars do not pair up."""
    if _TABLE.search(text) or ("$" in text and _odd_dollars(text)):
        return []
    prose = blanked(text)
    inside = {place for piece in entities(text) for place in range(*piece.span())}
    return [sign.start() for sign in _BARE.finditer(prose) if sign.start() not in inside]


def _around(text: str, place: int) -> str:
    """The sign with the word that it stands in, to be found again."""
    start = max(text.rfind(" ", 0, place) + 1, place - 20)
    end = text.find(" ", place)
    return text[start : end if end >= 0 else place + 1]


def _odd_dollars(text: str) -> bool:
    return "$" in blanked(text)


def dollars(found: Bibliography) -> Iterator[Remark]:
    """A dollar that opens maths and nothing that closes it."""
    for item, field, text in printed(found.having("$")):
        if _odd_dollars(text):
            yield Remark(item, "a dollar without its partner: TeX takes it for the beginning of maths", field, "$")


_QUOTED = re.compile(r"(?<![^\s(\[{~/-])\"(?=[^\W\d_]|\\[A-Za-z`'\"^])([^\"{}]*[^\s\"{}\\(])\"(?![^\W_])")


def quotes(found: Bibliography) -> Iterator[Remark]:
    """`"word"`, which TeX prints with two closing quotation marks."""
    for item, field, text in printed(found.having('"')):
        new = curled(text)
        if new != text:
            yield rewriting(item, field, "typewriter's quotation marks", '"', new)


def curled(text: str) -> str:
    """The text with ``TeX's quotation marks'', if all typewriter's ones of its prose go around words.

    Not in scripts that run from right to left, which have others.
    """
    prose = blanked(text) if '"' in text else ""
    pairs = [piece.span() for piece in _QUOTED.finditer(prose)]
    if not pairs or len(pairs) * 2 != prose.count('"') or RIGHT_TO_LEFT.search(text):
        return text
    pieces, done = [], 0
    for start, end in pairs:
        pieces.append(f"{text[done:start]}``{text[start + 1 : end - 1]}''")
        done = end
    return "".join((*pieces, text[done:]))


CHECKS = (
    Check(
        "text-no-break",
        "no-break space as a character",
        no_break,
        severity="note",
        fix="safe",
        why="It looks like a blank, but BibTeX does not split names at it and no search for a blank finds it.",
        bad="title = {Timetables of the 19th\u00a0century}",
        good="title = {Timetables of the 19th~century}",
        rule="The TeXbook, chapter 14 (ties)",
        formats=BIBTEX,
    ),
    Check(
        "text-unescaped",
        "sign of TeX without a backslash",
        unescaped,
        fix="safe",
        why="TeX stops at a bare &, # or _ and takes the rest of the line after % for a comment.",
        bad="journal = {Trains & Rails}",
        good=r"journal = {Trains \& Rails}",
        rule="The TeXbook, chapter 7",
        formats=BIBTEX,
    ),
    Check(
        "text-dollar",
        "dollar without its partner",
        dollars,
        severity="error",
        why="A single dollar opens maths that ends nowhere: LaTeX stops in the bibliography.",
        bad="title = {Trains for 5 $ a day}",
        good=r"title = {Trains for 5 \$ a day}",
        rule="The TeXbook, chapter 16",
        formats=BIBTEX,
    ),
    Check(
        "text-quotes",
        "typewriter's quotation marks",
        quotes,
        severity="note",
        fix="safe",
        why='TeX prints " as a closing quotation mark, also where one should open.',
        bad='title = {The "best" timetable}',
        good="title = {The ``best'' timetable}",
        rule="The TeXbook, chapter 2",
        formats=BIBTEX,
    ),
)
