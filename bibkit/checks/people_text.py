"""Lists of names as they are written in BibTeX: where each name stands, its pieces, and what they look like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from bibkit import latex, names
from bibkit.checks.model import Bibliography
from bibkit.checks.people_words import may_be_organisation
from bibkit.written import Written

_CUT = re.compile(r"[{}]|(?<=\s)and(?=\s)", re.IGNORECASE)


class Listed(msgspec.Struct, frozen=True):
    """One name of a list: where it stands, and its text as written, white space made single."""

    start: int
    end: int
    text: str


def listed(text: str) -> list[Listed]:
    """The names of a list with their places, cut as BibTeX does; an empty one is left out."""
    found: list[Listed] = []
    start = depth = 0
    for cut in _CUT.finditer(text):
        if cut[0] in "{}":
            depth = max(0, depth + (1 if cut[0] == "{" else -1))
        elif not depth:
            _add(found, text, start, cut.start())
            start = cut.end()
    _add(found, text, start, len(text))
    return found


def _add(found: list[Listed], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    bare = piece.strip()
    if bare:
        start += len(piece) - len(piece.lstrip())
        found.append(Listed(start, start + len(bare), " ".join(bare.split())))


def with_names(text: str, changed: list[tuple[Listed, str]]) -> str:
    """The list with other names in some places, which are in order."""
    done, parts = 0, []
    for name, new in changed:
        parts += [text[done : name.start], new]
        done = name.end
    return "".join([*parts, text[done:]])


def lists(found: Bibliography) -> Iterator[tuple[Written, str, str]]:
    """Every list of names in BibTeX's way, as `Bibliography.written`."""
    if found.dialect:
        for item, _, field, text in found.people:
            yield item, field, text


def pieces(text: str, separators: str) -> list[str]:
    """A text that is cut at some signs outside of braces; not where one is escaped."""
    parts: list[str] = []
    start = depth = 0
    for place, sign in enumerate(text):
        if sign in "{}":
            depth = max(0, depth + (1 if sign == "{" else -1))
        elif sign in separators and not depth and text[place - 1 : place] != "\\":
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()]


@lru_cache(maxsize=1 << 13)
def plain(text: str) -> str:
    """A piece of a name as it is printed."""
    return latex.decode(text).replace("\xa0", " ").strip()


# ------------------------------------------------------------------------------------------------ shapes

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞİŁŃŇŌŐŘŚŞŠŢŤŪŮŰŹŻŽ"
_INITIALS = re.compile(rf"(?:[{_UPPER}][a-z]?\.[ -]?){{1,4}}")
_BARE_INITIALS = re.compile(rf"[{_UPPER}]{{1,3}}")
_WORD = re.compile(rf"[{_UPPER}][^\W\d_]+(?:['’-][^\W\d_]+)*|(?:[ODLdl]['’]|Mc|Mac|St\. )[{_UPPER}][^\W\d_]+")


def is_initials(text: str) -> bool:
    """`J.`, `J. R.`, `J.-P.`."""
    return bool(_INITIALS.fullmatch(text))


def is_family(text: str) -> bool:
    """One to three capitalised words, with particles before or between them."""
    words = [word for word in text.split() if word not in names.PARTICLES]
    return (
        0 < len(words) < 4 and all(map(_WORD.fullmatch, words)) and text.endswith(words[-1]) and not _is_suffix(words)
    )


def _is_suffix(words: list[str]) -> bool:
    return words[-1] in names.SUFFIXES


def has_initials_first(text: str) -> bool:
    """`J. R. Smith`, `J. van den Berg`: initials, then a family name."""
    found = _INITIALS.match(text)
    return bool(found) and is_family(text[found.end() :].strip()) if found else False


def has_initials_last(text: str) -> bool:
    """`Smith J`, `van den Berg JR`: how medical databases write names."""
    family, _, initials = text.rpartition(" ")
    return bool(_BARE_INITIALS.fullmatch(initials)) and is_family(family) and not may_be_organisation(family.split())


def is_full(text: str) -> bool:
    """`John Smith`, `John R. van den Berg`: given name or initials, then a family name."""
    words = text.split()
    if len(words) < 2 or len(words) > 6 or may_be_organisation(words) or words[-1] in names.SUFFIXES:
        return False
    given = [word for word in words[:-1] if word not in names.PARTICLES]
    inner = all(_WORD.fullmatch(word) or is_initials(word) or _BARE_INITIALS.fullmatch(word) for word in given)
    return bool(given) and words[0] not in names.PARTICLES and inner and bool(_WORD.fullmatch(words[-1]))
