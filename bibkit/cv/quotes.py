"""Straight quotation marks of titles as typographic ones, double or, within others, single: as citeproc-js has them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bibkit.cv.runs import Run, from_letters, letters, plain

OPEN, SHUT = "\ue010", "\ue011"  # a straight quotation mark of a title, until its depth is known
_STRAIGHT = re.compile(r'"')
_APOSTROPHE = re.compile(r"(?<=[^\W_])'|'(?=\d\ds\b)")
_DOUBLE, _SINGLE = ("“", "”"), ("‘", "’")


def opened(plain_text: str) -> str:
    """The text with its straight double quotation marks as marks that open or shut, and with curved apostrophes."""
    if '"' in plain_text:
        plain_text = _STRAIGHT.sub(lambda found: _side(plain_text, found.start()), plain_text)
    return _APOSTROPHE.sub("’", plain_text) if "'" in plain_text else plain_text


def _side(whole: str, place: int) -> str:
    """It opens before a letter, where none stands before it."""
    before = whole[place - 1] if place else " "
    after = whole[place + 1] if place + 1 < len(whole) else " "
    opens = (before.isspace() or before in "([{-–—/‘“") and not after.isspace()
    return OPEN if opens else SHUT


def resolved(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Every mark as a double one, or as a single one between double ones."""
    if OPEN not in (whole := plain(runs)) and SHUT not in whole:
        return tuple(runs)
    depth, made = 0, []
    for char, look in letters(runs):
        if char in (OPEN, SHUT):
            pair = _SINGLE if depth % 2 else _DOUBLE
            made.append((pair[char == SHUT], look))
            continue
        depth += (char == "“") - (char == "”")
        made.append((char, look))
    return from_letters(made)
