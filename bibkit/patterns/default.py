"""The default key: first author, year, first significant word of the title."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anyascii import anyascii

from bibkit import text
from bibkit.identity import CREATORS
from bibkit.patterns.words import ENGLISH
from bibkit.record import Date, Name, Record

NOBODY = "anon"
NO_YEAR = "nd"
WIDEST = 40  # letters of one word in a key; no title makes a key that cannot be typed

_APOSTROPHES = str.maketrans("", "", "'’ʼ`")
_ALNUM = re.compile(r"[a-z0-9]+")


def default_key(record: Record) -> str:
    """First creator's family name, year, first significant word of the title: `liu2022learning`.

    ASCII letters and digits in lower case. The family name is taken as Better BibTeX's `auth` takes it: with a
    non-dropping particle (`vanderhoeven`), without a dropping one. An organisation gives its first significant word.
    Without a creator the first word of the title stands in its place (`oxford2003dictionary`), without either `anon`;
    without a year `nd`; years before our era are `44bc`. Numbers alone are no significant words, unless there is
    nothing else. The result may be that of another record too: `keys.assign` makes it unique.
    """
    words = _significant(record.title)
    who = _who(record) or next(words, NOBODY)
    return f"{who}{_year(record.issued)}{next(words, '')}"


def _who(record: Record) -> str:
    names = next((record.names[role] for role in CREATORS if record.names.get(role)), ())
    return next(filter(None, map(_name_word, names)), "")


def _name_word(name: Name) -> str:
    personal = f"{name.non_dropping_particle} {name.family}" if name.family else name.given
    return "".join(_ascii_words(personal))[:WIDEST] or next(_significant(name.literal), "")


def _year(date: Date | None) -> str:
    start = (date.start or date.end) if date else None
    if not start:
        return NO_YEAR
    return str(start[0]) if start[0] > 0 else f"{1 - start[0]}bc"


def _ascii_words(some: str) -> list[str]:
    return _ALNUM.findall((some if some.isascii() else anyascii(some)).lower())


def _significant(rich: str) -> Iterator[str]:
    """The words that say something; all words where none does."""
    passed = []
    found = False
    for word in _title_words(rich):
        if word in ENGLISH or word.isdigit():
            passed.append(word)
        else:
            found = True
            yield word
    if not found:
        yield from passed


def _title_words(rich: str) -> Iterator[str]:
    """Words as typed in a key; the parts of a compound are words, but a letter alone joins the next: `unet`."""
    for word in text.plain(rich).translate(_APOSTROPHES).split():
        parts = _ascii_words(text.fold(word))
        if len(parts) > 1 and len(parts[0]) == 1:
            parts[:2] = [parts[0] + parts[1]]
        yield from (part[:WIDEST] for part in parts)
