"""The values of RIS: names, dates, pages and numbers, as its writers spell them, to our values and back.

Sources: "RIS Format Specifications" (2001 and 2011) for dates and names; what Zotero's exporter makes of dates; exports
of Embase and PubMed, which put initials behind a family name without a comma.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import compress

from bibkit import dates, names, text
from bibkit.record import Date, Name, replace

# ------------------------------------------------------------------------------------------------ names

# Lines of capitalised words on both sides of a comma: neither particles nor a suffix in them, nor a second name.
_WORD = r"[A-ZÀ-ÖØ-Þ][^\s,;\"]*"
_COMPANY = r"(?:(?:Inc|Ltd|LLC|GmbH|Corp|PLC)\.?|Co\.)"  # Apple, Inc.
_PLAIN_NAME = re.compile(rf"^({_WORD}), (?!{_COMPANY}$)({_WORD}(?: {_WORD})*)$", re.MULTILINE)
_ORGANISATION = re.compile(rf"[^,]+, {_COMPANY}")
_INITIALS = re.compile(r"(?:[A-Z]\.-?)+")  # Embase: Adler D.G.
_CAPITALS = re.compile(r"[A-Z]{1,3}")  # PubMed: Adler DG


def plain_people(values: list[str]) -> tuple[Name, ...]:
    """The names in these values where each is one name with nothing to find in it, or none: the hot path."""
    found = _PLAIN_NAME.findall("\n".join(values))
    return tuple([Name(family, given) for family, given in found]) if len(found) == len(values) else ()


def all_people(values: list[str]) -> tuple[Name, ...]:
    """The names in these values."""
    listed = [name for value in values for name in people(value)]
    return tuple(with_initials(listed) if any(name.literal for name in listed) else listed)


@lru_cache(maxsize=1 << 14)
def people(value: str) -> tuple[Name, ...]:
    """The names in a value: one, or several between semicolons."""
    parts = (part.strip() for part in value.split(";"))
    return plain_people([value]) or tuple(_sorted(part) for part in parts if part)


def _sorted(written: str) -> Name:
    """A sorted name, or an organisation with a comma in its name ("Department of Physics, University of X").

    Particles behind the given name stay with it, as in Zotero and BibTeX: "Lei, Johan van der".
    """
    if "," in written and _is_organisation(written):
        return Name(literal=written)
    name = names.parse_sorted(written)
    given = " ".join(filter(None, (name.given, name.dropping_particle)))
    return replace(name, given=given, dropping_particle="") if name.dropping_particle else name


def _is_organisation(written: str) -> bool:
    """Whether these are no two parts of a person's name: the first has several words, and both say what they are."""
    if _ORGANISATION.fullmatch(written):
        return True
    parts = [part.split() for part in written.lower().split(",")]
    return len(parts[0]) > 1 and all(not names.ORGANISATIONS.isdisjoint(part) for part in parts)


def with_initials(listed: list[Name]) -> list[Name]:
    """Names without a comma whose last word is initials; bare capitals only where everyone has them: `Volvo AB`."""
    capitals = len(listed) > 1 and all(_is_initialled(name.literal, _CAPITALS) for name in listed)
    pattern = _CAPITALS if capitals else _INITIALS
    return [_comma_put(name.literal) if _is_initialled(name.literal, pattern) else name for name in listed]


def _is_initialled(literal: str, pattern: re.Pattern[str]) -> bool:
    family, _, last = literal.rpartition(" ")
    return bool(family) and "," not in literal and bool(pattern.fullmatch(last))


def _comma_put(literal: str) -> Name:
    family, _, initials = literal.rpartition(" ")
    return _sorted(f"{family}, {initials}")


# ------------------------------------------------------------------------------------------------ identifiers

_ISBN = re.compile(r"(?:97[89])?\d{9}[\dXx]")
_ISSN = re.compile(r"\d{7}[\dXx]")
_LETTER = re.compile(r"[^\W\d_]")
_PLAIN_DOI = re.compile(r"10\.[0-9]{4,9}/[A-Za-z0-9_./:-]*[A-Za-z0-9]")


def doi(value: str) -> str:
    """The DOI without what is before it, or the value."""
    return value if _PLAIN_DOI.fullmatch(value) else text.doi(value) or value


def number(value: str, variable: str) -> str:
    """The number alone, where it stands among words: `0306-4530 (ISSN)`."""
    if not _LETTER.search(value.rstrip("Xx")):
        return value
    return (text.issn(value) if variable == "ISSN" else text.isbn(value) if variable == "ISBN" else "") or value


@lru_cache(maxsize=1 << 12)
def serials(variable: str, *values: str) -> tuple[list[str], list[str]]:
    """The numbers in these values that may be of this kind, each once, and the values that are not."""
    fits = [serial(value, strict=variable == "number") in (variable, "") for value in values]
    found = dict.fromkeys(number(value, variable) for value in compress(values, fits))
    return list(found), [value for value, fit in zip(values, fits, strict=True) if not fit]


def serial(value: str, *, strict: bool) -> str:
    """ISBN or ISSN by its check digit or, unless that is asked for, its length; empty where it is neither."""
    if text.isbn(value):
        return "ISBN"
    if text.issn(value):
        return "ISSN"
    digits = "" if strict else re.sub(r"[\s‐‑–-]", "", value)
    return "ISBN" if _ISBN.fullmatch(digits) else "ISSN" if _ISSN.fullmatch(digits) else ""


# ------------------------------------------------------------------------------------------------ dates

_SLASHED = re.compile(r"(\d{4})(?:/(\d{0,2})(?:/(\d{0,2})(?:[/ ](.*))?)?)?/*")
_PLAIN_DATE = re.compile(r"([1-9]\d{3})(?:/(0[1-9]|1[0-2])(?:/(0[1-9]|1\d|2[0-8]))?)?/*")  # days of every month
_CLOCK = re.compile(r"\d\d:\d\d(?::\d\d)?Z?")
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_SEASON_NAMES = {21: "Spring", 22: "Summer", 23: "Autumn", 24: "Winter"}


def read_date(value: str) -> Date:
    """A date as RIS has it (`2022/07/27/`, `2022//`, `2022///Spring`), or any other way."""
    plain = _PLAIN_DATE.fullmatch(value)
    return Date(tuple([int(part) for part in plain.groups() if part])) if plain else _other_date(value)


def _other_date(value: str) -> Date:
    found = _SLASHED.fullmatch(value.strip())
    if not found or not int(found[1]):
        return dates.parse_text(value)
    year, month, day = (int(part) if part else 0 for part in found.group(1, 2, 3))
    start = (year, month, day) if month and day else (year, month) if month else (year,)
    if month > 12 or not dates.is_real(start):
        return dates.parse_text(value)
    return _with_rest(start, (found[4] or "").strip("/ "))


def _with_rest(start: tuple[int, ...], rest: str) -> Date:
    """The date with what stands behind its last slash: a season, a time, a fuller form of itself, or other words."""
    plain = Date(start=start)
    if not rest:
        return plain
    season = _SEASONS.get(rest.casefold())
    if season and len(start) == 1:
        return Date(start=(*start, season))
    if _CLOCK.fullmatch(rest):
        return Date(start=start, time=rest)
    fuller = dates.parse_text(rest.replace("--", "/"))
    if fuller.start and (dates.covers(fuller, plain) or fuller.start[: len(start)] == start):
        return fuller
    return plain if dates.covers(plain, fuller) else Date(start=start, literal=rest)


def write_date(date: Date) -> str:
    """A date as Zotero writes it; what the three numbers cannot say is behind the last slash."""
    if not date.start or not 1 <= date.start[0] <= 9999:
        return date.literal or dates.format_edtf(date)
    season = _SEASON_NAMES.get(date.start[1], "") if len(date.start) > 1 else ""
    numbers = [f"{date.start[0]:04}", *(f"{part:02}" for part in date.start[1:] if not season), "", ""][:3]
    plain = Date(start=date.start, time=date.time, literal=date.literal)
    rest = season or date.time or date.literal
    if date != plain:
        rest = dates.format_edtf(date).replace("/", "--")
    return "/".join([*numbers, rest])


@lru_cache(maxsize=1 << 14)
def with_date(known: Date | None, value: str) -> Date | None:
    """The fuller of a date and the one in a value, where one says all that the other does; None where they differ."""
    if not value.strip("0/- "):  # 0000: no year
        return None
    parsed = read_date(value)
    if known is None:
        return parsed
    if known.year and not parsed.start:
        parsed = read_date(f"{value} {known.year}")  # `DA  - JUN 13` beside `PY  - 2019`
    if refines(parsed, known):
        return parsed
    return known if refines(known, parsed) else None


def refines(one: Date, other: Date) -> bool:
    """Whether the first date says all that the second does; a range of months says its year."""
    if _is_plain(one) and _is_plain(other):
        return one.start[: len(other.start)] == other.start
    if dates.covers(one, other) or (other.start and replace(one, literal="") == other):
        return True
    length = len(other.start)
    inside = one.end is not None and one.start[:length] == one.end[:length] == other.start
    return inside and other.end is None and not other.literal


def _is_plain(date: Date) -> bool:
    return bool(date.start) and date.end is None and not (date.qualifier or date.time or date.literal)


# ------------------------------------------------------------------------------------------------ pages

SPAN = re.compile(r"([^\s,;–—-]+)\s*[–—-]+\s*([^\s,;–—-]+)")  # from one page to another, and nothing else
RANGE = re.compile(r"\d\s*[-–—]+\s*\w")  # somewhere in it
