"""ISBN and ISSN: length, form and check digit. A field may hold several, each with words beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bibkit import text
from bibkit.checks.model import BIBTEX, Bibliography, Change, Check, Mend, Remark

Fault = tuple[str, str, str]  # the number as written, what is wrong with it, and how it ought to be, if that is known

_ASIDE = re.compile(r"\([^()]*\)|\[[^\][]*\]")
_BETWEEN = re.compile(r"[,;/|]|\band\b")
_LABEL = re.compile(r"(?:e-?|p-?)?IS[BS]N(?:[- ]?1[03](?![0-9-]))?\s*+:?|^\s*+1[03]:?\s(?=[0-9])", re.IGNORECASE)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


_NONE = re.compile(r"n\.?/?a\.?|none|unknown|not available|tbd|\?+|-+", re.IGNORECASE)  # said instead of a number


@lru_cache(maxsize=1 << 12)
def _numbers(written: str) -> tuple[str, ...]:
    """The numbers of a field as written; none of a part that is not understood."""
    if written.isdecimal() or "\\" in written:
        return (written,) if written.isdecimal() else ()
    plain = _LABEL.sub(" ", _ASIDE.sub(" ; ", written.translate(_DASHES)))
    return tuple(number for part in _BETWEEN.split(plain) for number in _of_part(part.strip(" \t\r\n{}~.:")))


def _of_part(part: str) -> Iterator[str]:
    """`978 3 16 148410 0` is one number, `316148410X 9783161484100` are two; words beside numbers make it unclear."""
    words = part.split()
    if not words or any(not _is_number(word) for word in words):
        yield from (word for word in words if _is_number(word) and _length(word) in (8, 10, 13))
    elif len(words) > 1 and all(_length(word) in (8, 10, 13) for word in words):
        yield from words
    else:
        yield part


def _is_number(word: str) -> bool:
    return not word.strip("0123456789Xx-") and any(map(str.isdecimal, word))


def _bare(number: str) -> str:
    return number.replace("-", "").replace(" ", "").upper()


def _length(number: str) -> int:
    return len(_bare(number))


# ------------------------------------------------------------------------------------------------ ISBN


@lru_cache(maxsize=1 << 12)
def _isbn_faults(written: str) -> tuple[Fault, ...]:
    if text.isbn(written) == written.replace("-", ""):
        return ()
    return tuple((number, said, "") for number in _numbers(written) if (said := _isbn_fault(number)))


def _isbn_fault(number: str) -> str:
    digits = _bare(number)
    if "X" in digits[:-1] or (len(digits) == 13 and digits[-1] == "X"):
        return f"the ISBN {number} has an X where only digits can be"
    if len(digits) == 13 and not digits.startswith(("978", "979")):
        return f"the ISBN {number} begins with neither 978 nor 979"
    if len(digits) in (10, 13):
        return "" if text.isbn(digits) else f"the check digit of the ISBN {number} is wrong"
    if text.issn(number):
        return f"{number} is an ISSN, no ISBN"
    return f"the ISBN {number} has {len(digits)} digits; there are ISBNs of 10 and of 13"


def isbn_check(found: Bibliography) -> Iterator[Remark]:
    """An ISBN of another length than 10 or 13, or whose check digit is wrong."""
    for item, field, written in found.values("ISBN"):
        for number, said, _ in _isbn_faults(written):
            yield Remark(item, said, field, number)
        if _NONE.fullmatch(written.strip()):
            yield Remark(item, f"{written.strip()} is no ISBN", field)


# ------------------------------------------------------------------------------------------------ ISSN


@lru_cache(maxsize=1 << 12)
def _issn_faults(written: str) -> tuple[Fault, ...]:
    if text.issn(written) == written:
        return ()
    return tuple(fault for number in _numbers(written) if (fault := _issn_fault(number))[1])


def _issn_fault(number: str) -> Fault:
    digits = _bare(number)
    if known := text.issn(number):
        return number, "", known
    if len(digits) == 8:
        return number, f"the check digit of the ISSN {number} is wrong", ""
    if 5 <= len(digits) < 8 and number.isdecimal() and (known := text.issn(digits.zfill(8))):
        return number, f"the ISSN {number} has lost a zero at its beginning", known
    if text.isbn(digits):
        return number, f"{number} is an ISBN, no ISSN", ""
    return number, f"the ISSN {number} has {len(digits)} digits instead of 8", ""


def issn_check(found: Bibliography) -> Iterator[Remark]:
    """An ISSN of another length than 8, or whose check digit is wrong."""
    for item, field, written in found.values("ISSN"):
        if _NONE.fullmatch(written.strip()):
            yield Remark(item, f"{written.strip()} is no ISSN", field)
        for number, said, known in _issn_faults(written):
            mend = Mend(f"write {known}", (Change(field, written.replace(number, known)),)) if known else None
            yield Remark(item, said, field, number, mend=mend)


@lru_cache(maxsize=1 << 12)
def _issn_in_form(written: str) -> str:
    """The field with each valid ISSN as ISO 3297 writes it."""
    if text.issn(written) == written:
        return written
    for number in _numbers(written):
        written = written.replace(number, text.issn(number) or number)
    return written


def issn_form(found: Bibliography) -> Iterator[Remark]:
    """`00189448` and `1476-467x`."""
    for item, field, written in found.values("ISSN"):
        if (new := _issn_in_form(written)) != written:
            mend = Mend(f"write {new}", (Change(field, new),))
            yield Remark(item, f"the ISSN {written} is written {new}", field, mend=mend)


CHECKS = (
    Check(
        "isbn-check",
        "ISBN with a wrong check digit or length",
        isbn_check,
        severity="error",
        why="A digit is wrong or missing, or two have changed places: no library and no shop finds the book.",
        bad="isbn = {978-3-16-148410-1}",
        good="isbn = {978-3-16-148410-0}",
        rule="ISO 2108",
    ),
    Check(
        "issn-check",
        "ISSN with a wrong check digit or length",
        issn_check,
        severity="error",
        fix="unsafe",
        why="A digit is wrong or missing; where spreadsheets made a number of it, the zeros before it.",
        bad="issn = {189448}",
        good="issn = {0018-9448}",
        rule="ISO 3297",
    ),
    Check(
        "issn-form",
        "ISSN without its hyphen",
        issn_form,
        severity="note",
        fix="safe",
        why="An ISSN is two groups of four signs with a hyphen between; styles print it as it stands.",
        bad="issn = {00189448}",
        good="issn = {0018-9448}",
        rule="ISO 3297, 4.1",
        formats=BIBTEX,
    ),
)
