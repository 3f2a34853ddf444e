"""The layouts of paper listings: how title, authors and abstract follow the header of an entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import msgspec

from bibkit.formats.listing_header import BLANKS, HEADER
from bibkit.formats.listing_split import (
    Known,
    Split,
    could_be_name,
    has_glue,
    is_name_list,
    name_list,
    read_credits,
    reading_in_words,
    split,
)

WRAPPED = 200  # characters; a longer line is not one of a wrapped title
HEAD_LINES = 6  # lines over which title and authors may be wrapped
_NAME_LINES = 60  # lines of authors
_CLEARLY = 1.0  # more weight than the words of a shorter abstract can make


class Body(msgspec.Struct, frozen=True):
    """What follows the header of an entry: paragraphs of lines. `listing` is the layout of most entries around it."""

    paragraphs: list[list[str]]
    listing: str = ""


class Parts(msgspec.Struct, frozen=True):
    """What a layout makes of a body. `second` is another reading in words, if `confidence` is less than 1."""

    title: str
    authors: tuple[str, ...] = ()
    et_al: bool = False
    affiliation: str = ""
    abstract: str = ""
    confidence: float = 1.0
    second: str = ""


class Layout(msgspec.Struct, frozen=True):
    """A layout: its name, what it looks like, how an entry starts, and its parts (None: it is not this layout)."""

    name: str
    title: str
    start: re.Pattern[str]
    parts: Callable[[Body, Known], Parts | None]


def stripped(line: str) -> str:
    """A line without blanks and control characters at its ends."""
    return line.strip(BLANKS)


def joined(lines: Iterable[str]) -> str:
    """Lines as one, with one blank where they met."""
    return " ".join(lines)


def _text(paragraphs: Iterable[list[str]]) -> str:
    return "\n\n".join(joined(lines) for lines in paragraphs if lines)


def paragraphs_of(body: str) -> list[list[str]]:
    """The paragraphs of a text as lists of lines; blank lines divide them."""
    found: list[list[str]] = [[]]
    for line in map(stripped, body.split("\n")):
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return found if found[-1] else found[:-1]


def _credited(title: str, line: str, abstract: str) -> Parts:
    found = read_credits(line)
    return Parts(title, name_list(found.text), found.et_al, found.affiliation, abstract)


def _spaced(body: Body, known: Known) -> Parts | None:
    """Authors in a paragraph or in lines of their own."""
    first, rest = body.paragraphs[0], body.paragraphs[1:]
    if rest and is_name_list(joined(rest[0])):
        return _credited(joined(first), joined(rest[0]), _text(rest[1:]))
    for at in range(1, min(HEAD_LINES, len(first))):
        if is_name_list(first[at]):
            if _is_glued(first, at, known, body.listing):
                return None
            end = _names_end(first, at)
            return _credited(joined(first[:at]), joined(first[at:end]), _text([first[end:], *rest]))
    return _without_names(body, known)


def _names_end(lines: list[str], at: int) -> int:
    end, last = at + 1, min(len(lines), at + _NAME_LINES)
    while end < last and is_name_list(lines[end]) and not read_credits(lines[end - 1]).et_al:
        end += 1
    return end


# How much must speak for authors that begin inside a word, by the layout of most entries: where the names in a line of
# their own begin with such a word (`DetectionYang Liu, Bo Li`), and where nothing is odd about them.
_GLUED_FROM = {"compact": (0.0, 3.0), "": (4.0, 7.0), "spaced": (7.5, 9.0)}
_COMPLETE = 6.0  # as much for title and several authors in the lines before


def _is_glued(lines: list[str], at: int, known: Known, listing: str) -> bool:
    """Whether a line that looks like names is the end of a wrapped line with title and authors, or comes after one."""
    alone = split(joined(lines[:at]), joined(lines[at:]), known)
    if alone.weight > _COMPLETE and (alone.et_al or alone.affiliation or len(alone.authors) > 1):
        return True
    end = _names_end(lines, at)
    found = split(joined(lines[:end]), joined(lines[end:]), known)
    if not found.authors:
        return False
    first = name_list(read_credits(lines[at]).text)[0]
    if lines[at - 1].endswith(",") or " " not in first or found.authors[0] in joined(lines[:at]):
        return found.weight > _GLUED_FROM["compact"][0]
    return found.weight > _GLUED_FROM[listing][not has_glue(first)]


def _without_names(body: Body, known: Known) -> Parts | None:
    """A profile page's entry whose authors are missing or look like none; None where the title has them in it."""
    first, rest = body.paragraphs[0], body.paragraphs[1:]
    title = joined(first)
    if len(first) > 1 and body.listing != "spaced":
        return None
    if not rest:
        return Parts(title) if body.listing == "spaced" else None
    if len(first[0]) > WRAPPED or _compact(body, known).authors:
        return None
    if len(rest) > 1 and len(rest[0]) == 1 and _could_be_credits(rest[0][0]):
        second = f"{reading_in_words(title, '')}, abstract {rest[0][0]!r} …"
        return msgspec.structs.replace(_credited(title, rest[0][0], _text(rest[1:])), confidence=0.8, second=second)
    return Parts(title, abstract=_text(rest))


def _could_be_credits(line: str) -> bool:
    return line.count(" ") < 10 and not line.endswith((".", ":", "?", "!"))


def _compact(body: Body, known: Known) -> Parts:
    """Title and authors in one line, or over the first lines, without a space between them."""
    first, rest = body.paragraphs[0], body.paragraphs[1:]
    (best, abstract), size = _head(first, 1, rest, known), 1
    for longer in range(2, _head_lines(first) + 1):
        if best.authors and (best.et_al or best.affiliation):
            break
        found, after = _head(first, longer, rest, known)
        goes_on = best.authors and size == longer - 1 and _continues(first, size)
        if found.authors and (not best.authors or goes_on or found.weight > best.weight + _CLEARLY):
            best, abstract, size = found, after, longer
    return Parts(best.title, best.authors, best.et_al, best.affiliation, abstract, best.confidence, best.second)


def _head(first: list[str], size: int, rest: list[list[str]], known: Known) -> tuple[Split, str]:
    abstract = _text([first[size:], *rest])
    return split(joined(first[:size]), abstract, known), abstract


def _head_lines(lines: list[str]) -> int:
    """Over how many lines title and authors may run: only lines that are no longer than a page is wide."""
    size = 1
    while size < min(HEAD_LINES, len(lines)) and len(lines[size - 1]) <= WRAPPED and len(lines[size]) <= WRAPPED:
        size += 1
    return size


def _continues(lines: list[str], size: int) -> bool:
    """Whether the authors go on in the line after this many: after a comma, with names, with `et al.`, with a name."""
    before, line = lines[size - 1], lines[size]
    if before.endswith(",") or is_name_list(line) or _AL.match(line):
        return True
    full = len(before) + 1 + len(line.partition(" ")[0]) > max(map(len, lines))  # the next word had no room
    return full and " " not in line and could_be_name(line)


_AL = re.compile(r"(?:et )?al\.?(?= ·|$)")


def leaning(paragraphs: list[list[str]], known: Known) -> str:
    """The layout that an entry seems to be in by its shape alone, or the empty string."""
    first, rest = paragraphs[0], paragraphs[1:]
    if rest and is_name_list(joined(rest[0])):
        return "spaced"
    if len(first) > 1:
        return "spaced" if is_name_list(first[1]) and not _is_glued(first, 1, known, "") else "compact"
    return ""


LAYOUTS = (
    Layout("spaced", "profile page: header, title, blank line, authors, blank line, abstract", HEADER, _spaced),
    Layout("compact", "search page: header, title and authors in one line without a space, abstract", HEADER, _compact),
)


def parts_of(body: Body, known: Known) -> tuple[str, Parts]:
    """The first layout that fits. The last one takes everything."""
    for layout in LAYOUTS:
        if parts := layout.parts(body, known):
            return layout.name, parts
    return LAYOUTS[-1].name, Parts(joined(body.paragraphs[0]), abstract=_text(body.paragraphs[1:]))
