"""The values of CSL-JSON: dates and names, as its writers spell them, to our values and back.

Sources: CSL specification 1.0.2; its JSON schema `csl-data.json`; citeproc-js manual, "CSL-JSON"; what pandoc 3 does
with open ranges (`[[2000], [0]]`) and with years before Christ, which CSL counts without a year 0.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import msgspec

from bibkit.dates import is_real, parse_text
from bibkit.names import parse_sorted, split_particles
from bibkit.record import Date, Name

SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_FALSE = (None, False, 0, "", "0", "false", "no")


def text_in(value: Any) -> str | None:
    """A text from a string or a number; None where it is neither (NaN is no number)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, float):
        return _plain_float(value) if math.isfinite(value) else None
    return str(value)


def _plain_float(value: float) -> str:
    """A number as people write it: 12, not 12.0."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)


# ------------------------------------------------------------------------------------------------ dates


def date_in(value: Any) -> Date | None:
    """A date from an object, an EDTF string or other text, a year, or bare parts; None where it is none of these."""
    if isinstance(value, dict):
        given = value.get("date-parts")
        if len(value) == 1 and type(given) is list and len(given) == 1 and type(given[0]) is list:
            return _plain_date(given[0])
        return _from_object(value)
    if isinstance(value, list):
        nested = bool(value) and isinstance(value[0], (list, dict))
        return _from_object({"date-parts": value if nested else [value]}) if value else None
    written = text_in(value)
    if not written or not written.strip():
        return None
    return parse_text(written)


def _plain_date(parts: list[Any]) -> Date | None:
    """A date of parts alone, as nearly all are."""
    try:
        return _known_date(tuple(parts))
    except TypeError:  # a part is a list or an object
        return _from_object({"date-parts": [parts]})


@lru_cache(maxsize=1 << 12, typed=True)
def _known_date(parts: tuple[Any, ...]) -> Date | None:
    return _from_object({"date-parts": [list(parts)]})


def date_out(date: Date) -> dict[str, Any]:
    """The date as CSL has it. Year 1 BCE is -1 there, an open end is `[0]`, a season in a range is month 21 to 24."""
    out: dict[str, Any] = {}
    ends = [date.start] if date.end is None else [date.start, date.end]
    if any(ends):
        out["date-parts"] = [_parts_out(end) for end in ends]
    if date.end is None and len(date.start) == 2 and date.start[1] > 20:
        out["date-parts"] = [_parts_out(date.start[:1])]
        out["season"] = date.start[1] - 20
    if date.qualifier in ("~", "%"):
        out["circa"] = True
    if date.literal:
        out["literal"] = date.literal
    return out


def _parts_out(parts: tuple[int, ...]) -> list[int]:
    if not parts:
        return [0]
    return [parts[0] if parts[0] > 0 else parts[0] - 1, *parts[1:3]]


def _from_object(value: dict[str, Any]) -> Date | None:
    given = value.get("date-parts")
    if given is None and "year" in value:  # pandoc before 1.12
        given = [[value["year"], value.get("month"), value.get("day")]]
    spans = _spans(given)
    literal = text_in(value.get("literal")) or ""
    if spans is None:
        return _from_text(value, literal, given)
    start, end = spans[0], spans[1] if len(spans) > 1 else None
    season = value.get("season")
    if season not in _FALSE and len(start) == 1:
        start, literal = _with_season(start, season, literal)
    qualifier = "~" if _is_true(value.get("circa")) else ""
    return Date(start=start, end=end, qualifier=qualifier, literal=literal or _other_raw(value, start))


def _from_text(value: dict[str, Any], literal: str, given: Any) -> Date | None:
    """A date without parts that can be used: what is written elsewhere in the object, or the parts as text."""
    raw = next((text for name in ("raw", "edtf") if (text := text_in(value.get(name)))), "")
    circa = _is_true(value.get("circa"))
    if literal:
        return Date(literal=literal, qualifier="~" if circa else "")
    raw = raw or _parts_text(given)
    if not raw.strip():
        return None
    date = parse_text(raw)
    return msgspec.structs.replace(date, qualifier="~") if circa and not date.qualifier else date


def _other_raw(value: dict[str, Any], start: tuple[int, ...]) -> str:
    """A `raw` beside the parts that says something else."""
    raw = text_in(value.get("raw")) or ""
    return raw if raw and parse_text(raw).start[: len(start)] != start else ""


def _with_season(start: tuple[int, ...], season: Any, literal: str) -> tuple[tuple[int, ...], str]:
    word = (text_in(season) or "").strip()
    if word.isdecimal():
        number = (int(word) - 1) % 4 + 21 if int(word) in {*range(1, 5), *range(13, 17), *range(21, 25)} else 0
    else:
        number = SEASONS.get(word.casefold(), 0)
    return ((*start, number), literal) if number else (start, literal or f"{word} {start[0]}")


def _is_true(value: Any) -> bool:
    return (value.strip().lower() if isinstance(value, str) else value) not in _FALSE


def _spans(given: Any) -> list[tuple[int, ...]] | None:
    """One or two lists of numbers as year, month, day; None where they are not."""
    if not isinstance(given, list) or not given:
        return None
    if not isinstance(given[0], (list, dict)):
        given = [given]
    spans: list[tuple[int, ...]] = []
    for part in given[:2]:
        span = _span([part.get(name) for name in ("year", "month", "day")] if isinstance(part, dict) else part)
        if span is None:
            return None
        spans.append(span)
    return spans if any(spans) else None


def _span(parts: Any) -> tuple[int, ...] | None:
    if not isinstance(parts, list):
        return None
    numbers: list[int] = []
    for part in parts[:3]:
        number = _integer(part)
        if number is None:
            return None
        numbers.append(number)
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return _checked(numbers)


def _checked(numbers: list[int]) -> tuple[int, ...] | None:
    if not numbers:
        return ()
    year, rest = numbers[0], numbers[1:]
    if rest and 13 <= rest[0] <= 16:  # the seasons as citeproc-js has them
        rest[0] += 8
    found = (year + 1 if year < 0 else year, *rest)
    return found if year and is_real(found) else None


def _integer(part: Any) -> int | None:
    """A part as a number; what is empty counts as 0, which is "not given"."""
    if part is None or part == "":
        return 0
    written = (text_in(part) or "").strip()
    digits = written.removeprefix("-")
    return int(written) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _parts_text(given: Any) -> str:
    flat = given if isinstance(given, list) else [given]
    ends = [part if isinstance(part, list) else [part] for part in flat[:2]]
    return "/".join(map(_end_text, ends))


def _end_text(parts: list[Any]) -> str:
    words = [word for part in parts if (word := text_in(part))]
    return ("-" if all(word.isdecimal() for word in words) else " ").join(words)


# ------------------------------------------------------------------------------------------------ names

_TEXTS = {
    "family": "family",
    "given": "given",
    "dropping-particle": "dropping_particle",
    "non-dropping-particle": "non_dropping_particle",
    "suffix": "suffix",
    "literal": "literal",
    "name": "literal",  # Crossref's organisations
}
_FLAGS = {"comma-suffix": "comma_suffix", "static-ordering": "static_ordering"}
_SILENT = frozenset({"parse-names", "sequence", "isInstitution"})  # about the writing of the name, not the name


@lru_cache(maxsize=1 << 16)
def person(family: str, given: str) -> Name:
    """One Name for all who are written so: in a large file most people stand in several records."""
    return Name(family, given)


def name_in(value: Any) -> tuple[Name | None, dict[str, Any]]:
    """A name and what else its object says. Text with a comma is a sorted name, other text a literal one."""
    if isinstance(value, dict):
        return _from_parts(value)
    written = (text_in(value) or "").strip()
    if not written:
        return None, {}
    return (parse_sorted(written) if "," in written else Name(literal=written)), {}


def _from_parts(value: dict[str, Any]) -> tuple[Name | None, dict[str, Any]]:
    fields: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for part, given in value.items():
        if part in _TEXTS and (written := text_in(given)) is not None:
            fields.setdefault(_TEXTS[part], written)
        elif part in _FLAGS:
            fields[_FLAGS[part]] = _is_true(given)
        elif part not in _SILENT and given is not None:
            rest[part] = given
    name = Name(**fields)
    if _is_true(value.get("isInstitution")) and name.family and not name.given:
        name = Name(literal=name.family)
    if _is_true(value.get("parse-names")):
        name = split_particles(name)
    return (name if name != Name() else None), rest
