"""Dates and ranges <-> text: EDTF, BibTeX's `year` and `month`, and what people write.

Sources: ISO 8601-2:2019 (EDTF) levels 0 and 1; biblatex manual 3.20, 2.3.8 and table 3; RIS specification, tag `Y1`;
BibTeX's documentation `btxdoc`, field `month`. Nothing here raises because of a text, and nothing is guessed: what is
not understood is `Date.literal`, whole.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from functools import lru_cache

from bibkit.record import Date, replace

Parts = tuple[int, ...]

# ------------------------------------------------------------------------------------------------ facts

MONTHS = ("", *"jan feb mar apr may jun jul aug sep oct nov dec".split())  # BibTeX's macros, by number

_ENGLISH = "January February March April May June July August September October November December".split()

_MONTH_NAMES = """
    january february march april may june july august september october november december
    januar februar marz april mai juni juli august september oktober november dezember
    janner feber maerz april mai juno julei august september oktober november dezember
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
    janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
    januari februari maart april mei juni juli augustus september oktober november december
    januari februari mars april maj juni juli augusti september oktober november december
    gener febrer marc abril maig juny juliol agost setembre octubre novembre desembre
"""

# Seasons by number (EDTF level 1), in the same languages, each with its short form where one is in use.
_SEASON_NAMES = {
    21: "spring spr fruhjahr fruhling printemps primavera voorjaar lente var",
    22: "summer sum sommer ete verano estate verao zomer sommar estiu",
    23: "autumn aut fall fal herbst automne otono autunno outono herfst host tardor",
    24: "winter win hiver invierno inverno vinter hivern",
}
_WORDS = dict(enumerate(_ENGLISH, start=1)) | dict(enumerate(("Spring", "Summer", "Autumn", "Winter"), start=21))

# Words between the parts of a date that say nothing.
_FILLERS = frozenset("of the de del di d den der le".split())
_UNTIL = frozenset("to until bis and und et".split())


def _folded(word: str) -> str:
    """Small letters without accents."""
    return "".join(char for char in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(char))


def _month_table() -> dict[str, int]:
    """Each name and each beginning of three letters or more that only one month has."""
    found: dict[str, set[int]] = {}
    for language in _MONTH_NAMES.strip().splitlines():
        for number, name in enumerate(language.split(), start=1):
            for length in range(3, len(name) + 1):
                found.setdefault(name[:length], set()).add(number)
    return {word: numbers.pop() for word, numbers in found.items() if len(numbers) == 1}


_MONTH_NUMBERS = _month_table()
_SEASON_NUMBERS = {word: number for number, words in _SEASON_NAMES.items() for word in words.split()}


def month_number(text: str) -> int:
    """1 to 12 for a month's number, name or abbreviation (three letters or more) in nine languages of Europe; or 0."""
    word = _folded(text.strip(" .{}~\xa0"))
    if word.isdecimal() and len(word) < 3:
        return int(word) if 1 <= int(word) <= 12 else 0
    return _MONTH_NUMBERS.get(word, 0)


# ------------------------------------------------------------------------------------------------ what is a date


def is_real(parts: Parts) -> bool:
    """Whether the calendar has this day, month, season or year (Gregorian, also before its time, as in ISO 8601)."""
    year, month, day = (*parts, 0, 0)[:3] if parts else (0, 0, 0)
    if not parts or len(parts) > 3:
        return False
    if len(parts) == 3:
        return 1 <= month <= 12 and 1 <= day <= monthrange(2000 + year % 400, month)[1]
    return len(parts) == 1 or 1 <= month <= 12 or 21 <= month <= 24


def _in_order(start: Parts, end: Parts) -> bool:
    """Whether a range can run so, as far as both sides say. A season is compared with a season only."""
    depth = min(len(start), len(end))
    if depth > 1 and (start[1] > 12) != (end[1] > 12):
        depth = 1
    return start[:depth] <= end[:depth]


def _range(start: Parts, end: Parts | None) -> Date | None:
    """The date, if there is such a day and the range runs forward."""
    if not start and not end:
        return None
    if any(not is_real(parts) for parts in (start, end) if parts):
        return None
    if start and end and not _in_order(start, end):
        return None
    return Date(start=start, end=end)


# ------------------------------------------------------------------------------------------------ EDTF

_EDTF_SIDE = re.compile(
    r"""(?:(?P<year>-?\d{4})|[yY](?P<long>-?\d{5,18}))
        (?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T(?P<time>[\d:.]{5,20}(?:Z|[+-]\d\d(?::?\d\d)?)?))?)?)?
        (?P<qualifier>[?~%]|\?~)?""",
    re.VERBOSE | re.ASCII,
)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)?", re.ASCII)
_OPEN = frozenset(("", "..", "open", "unknown"))
_UNSPECIFIED = re.compile(r"\d\d(?:\d|[XuU])[XuU]|\d{4}(?:-\d\d|-[XuU]{2})?-[XuU]{2}", re.ASCII)
_DIGITS = {digit: str.maketrans("XuU", digit * 3) for digit in "09"}


@lru_cache(maxsize=1 << 14)
def parse_edtf(text: str) -> Date | None:
    """The date that this is in EDTF, levels 0 and 1, as BibLaTeX takes it, or None.

    Ranges that are open and ranges whose end is unknown are one: `2004/..`, `2004/`. Days that do not exist and ranges
    that run backward are no dates. What is unspecified (`199X`, `2004-XX`) is a range of years, or the part that is
    known, and the text stays in `literal`. `T` and a time follow only a whole date.
    """
    text = text.strip()
    if _UNSPECIFIED.fullmatch(text):
        return _parse_unspecified(text)
    left, slash, right = text.partition("/")
    if not slash:
        return _parse_side(text)
    start = Date() if left in _OPEN else _parse_side(left)
    end = Date() if right in _OPEN else _parse_side(right)
    if start is None or end is None:
        return None
    date = _range(start.start, end.start)
    return date and replace(
        date, qualifier=start.qualifier, end_qualifier=end.qualifier, time=start.time, end_time=end.time
    )


def _parse_unspecified(text: str) -> Date | None:
    """By table 3 of biblatex's manual; where a month or day is not specified, the date without it."""
    if "-" not in text:
        low, high = (int(text.translate(digits)) for digits in _DIGITS.values())
        return Date(start=(low,), end=(high,), literal=text)
    parts = tuple(int(part) for part in text.split("-") if part.isdecimal())
    return Date(start=parts, literal=text) if is_real(parts) else None


def _parse_side(text: str) -> Date | None:
    found = _EDTF_SIDE.fullmatch(text)
    if not found or found["year"] == "-0000":
        return None
    year, long, month, day, time, qualifier = found.groups(default="")
    parts = tuple(int(part) for part in (year or long, month, day) if part)
    if not is_real(parts) or (time and not _TIME.fullmatch(time)) or (long and abs(parts[0]) < 10000):
        return None
    return Date(start=parts, time=time, qualifier="%" if qualifier == "?~" else qualifier)


def format_edtf(date: Date) -> str:
    """The date in EDTF, so that `parse_edtf` gives it back; empty where it is text only.

    A literal beside the parts is lost, unless it is the EDTF that they come from.
    """
    if date.literal and parse_edtf(date.literal) == date:
        return date.literal
    start = _format_side(date.start, date.time, date.qualifier)
    if date.end is None:
        return start
    end = _format_side(date.end, date.end_time, date.end_qualifier)
    return f"{start or '..'}/{end or '..'}" if start or end else ""


def _format_side(parts: Parts, time: str, qualifier: str) -> str:
    if not parts:
        return ""
    year = f"{parts[0]:0{4 + (parts[0] < 0)}d}" if abs(parts[0]) < 10000 else f"y{parts[0]}"
    rest = "".join(f"-{part:02d}" for part in parts[1:])
    return f"{year}{rest}{f'T{time}' if time and len(parts) == 3 else ''}{qualifier}"


# ------------------------------------------------------------------------------------------------ what people write

# A text as a shape, and which of its values make up the date: Y a year, M a month's name, S a season's, D one or two
# digits; blanks and commas are left out. `320>321` is a range. Where the readings that exist differ, there is none.
_SHAPES = {
    "Y": "0", "MY": "10", "YM": "01", "SY": "10", "YS": "01", "M-Y": "10", "M/Y": "10",
    "Y-D": "01", "Y/D": "01", "D/Y": "10", "D.Y": "10", "D-Y": "10",
    "DMY": "210", "MDY": "201", "YMD": "012", "D-M-Y": "210", "D/M/Y": "210", "Y-M-D": "012",
    "Y-D-D": "012", "Y/D/D": "012", "Y.D.D": "012", "D.D.Y": "210", "D-D-Y": "210 201", "D/D/Y": "210 201",
    "Y-Y": "0>1", "Y/Y": "0>1", "MY-MY": "10>32", "MY/MY": "10>32", "YM-YM": "01>23", "SY-SY": "10>32",
    "M-MY": "20>21", "M/MY": "20>21", "MMY": "20>21", "YM-M": "01>02", "YM/M": "01>02",
    "S-SY": "20>21", "S/SY": "20>21", "YS-S": "01>02", "YS/S": "01>02",
    "D-DMY": "320>321", "D/DMY": "320>321", "MD-DY": "301>302", "MD/DY": "301>302", "MDDY": "301>302",
    "YMD-D": "012>013", "DM-DMY": "410>432", "DM/DMY": "410>432", "MD-MDY": "401>423", "MD/MDY": "401>423",
    "YMD-MD": "012>034", "DMY-DMY": "210>543", "DMY/DMY": "210>543", "MDY-MDY": "201>534", "YMD-YMD": "012>345",
}  # fmt: skip

_TOKEN = re.compile(
    r"""(?P<era>\d{1,4})\s*(?:(?P<before>b\.?\s?c\.?(?:\s?e\.?)?)|(?:a\.?\s?d|c\.?\s?e)\.?)(?![^\W\d_])
      | (?P<digits>\d+)(?:(?:st|nd|rd|th|er|[ºª])(?![^\W\d_])|\.(?=\s*(?:[^\W\d_]|[-–])))?
      | (?P<word>[^\W\d_]+)[.'’]?
      | (?P<dash>[-‐‑‒–—−]+)
      | (?P<mark>[./])
      | [\s,]+
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_LONGEST = 200  # characters: what is longer is no date, and need not be searched
_ANNO = re.compile(r"\ba\.?d\.?\s+(\d{1,4})(?!\d)", re.IGNORECASE)
_CIRCA = re.compile(r"(?:~|c\.|(?:ca|circa|approx|approximately|about|around|um|vers|env)\b\.?)\s*", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"\b(\d\d)(\d\d)(\s?(?:[-‐‑‒–—−]+|/)\s?)(\d\d)(?![\d/.‐‑-]|\s*[^\W\d_])")
_IDEOGRAPHS = re.compile(r"(\d{4})\s?年(?:\s?(\d\d?)\s?月(?:\s?(\d\d?)\s?日)?)?")
_ZEROS = re.compile(r"(\d{4}(?:[-/](?:0?[1-9]|1[0-2]))?)(?:[-/]00?){1,2}")
_RIS = re.compile(r"(\d{4})/(\d{0,2})(?:/(\d{0,2})(?:/(.*))?)?", re.DOTALL)
_BASIC = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)")
_TIME_APART = re.compile(r"(\d{4}-\d\d-\d\d) +(\d\d:\d\d.*)")


@lru_cache(maxsize=1 << 14)
def parse_text(text: str) -> Date:
    """A date as people write it: `27 July 2022`, `Jul 27-30, 2022`, `27.07.2022`, `c. 1850`, `Spring 2019`, `1998-99`.

    - Months and seasons are known in nine languages; EDTF and RIS's `2022/07/27/` are understood as well.
    - Years have three or four digits, or an era: `30 BC`, where year 0 is 1 BCE.
    - Of two numbers with slashes or hyphens before a year, the one above 12 is the day; where neither is, and they are
      not the same, it is no date (`07/12/2022`). With points the day comes first (`07.12.2022`).
    - `2021-22` are two years, not the summer of 2021; `1998-09` is a month.
    - A date in square brackets keeps its text as `literal`, as what they say cannot be said otherwise.
    - What is not understood is `literal`, whole. An empty text is an empty Date.
    """
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        return Date(literal=text)
    if text[0] == "[" and text[-1] == "]":
        return replace(parse_text(text[1:-1]), literal=text)
    return _parse_exact(text) or _parse_loose(text) or Date(literal=text)


def _parse_exact(text: str) -> Date | None:
    """The forms that programs write."""
    if found := _ZEROS.fullmatch(text):
        text = found[1].replace("/", "-")
    elif found := _TIME_APART.fullmatch(text):
        text = f"{found[1]}T{found[2]}"
    elif found := _BASIC.fullmatch(text):
        text = "-".join(found.groups())
    elif found := _RIS.fullmatch(text):
        return _parse_ris(text, *found.groups(default=""))
    date = parse_edtf(text)
    return None if date and date.end is None and date.start[1:2] > (20,) else date


def _parse_ris(text: str, year: str, month: str, day: str, other: str) -> Date | None:
    """`YYYY/MM/DD/other`, each but the year may be missing. `other` is a season, or stays in `literal`."""
    other = other.strip(" /")
    season = _SEASON_NUMBERS.get(_folded(other), 0)
    if season and not month and not day:
        return Date(start=(int(year), season))
    if int(month or 0) > 12 or (day and not month):
        return None
    parts = tuple(int(part) for part in (year, month, day) if part)
    return Date(start=parts, literal=text if other else "") if is_real(parts) else None


def _parse_loose(text: str) -> Date | None:
    """Words and numbers in one of the known shapes; `c.` before it and `?` behind it are qualifiers."""
    circa = _CIRCA.match(text)
    body = text[circa.end() :] if circa else text
    bare = body.rstrip("?~ .,;")
    first = "~" if circa or "~" in body[len(bare) :] else ""
    last = "?" if "?" in body[len(bare) :] else ""
    date = _parse_shape(_normal(bare))
    if date is None:
        return None
    if date.end is None:
        return replace(date, qualifier="%" if first and last else first or last)
    return replace(date, qualifier=first, end_qualifier=last)


def _normal(text: str) -> str:
    """The text with eras, short years and ideographs in the one form that the shapes know."""
    text = _ANNO.sub(lambda found: found[1].zfill(4), text.replace("{", "").replace("}", ""))
    text = _IDEOGRAPHS.sub(lambda found: "-".join(filter(None, found.groups())), text)
    return _SHORT_YEAR.sub(_full_year, text)


def _full_year(found: re.Match[str]) -> str:
    """`1998-99` is `1998-1999`; `1998-09` is a month, but with a dash or two hyphens it is two years."""
    century, year, mark, end = found.groups()
    is_month = int(end) <= 12 and mark.strip() in ("-", "/")
    return found[0] if is_month or int(end) <= int(year) else f"{century}{year}{mark}{century}{end}"


def _parse_shape(text: str) -> Date | None:
    tokens = [token for token in map(_token, _TOKEN.finditer(text)) if token[0]]
    values = [value for kind, value in tokens if kind.isalpha()]
    readings = _SHAPES.get("".join(kind for kind, _ in tokens), "").split()
    dates = {date for reading in readings if (date := _read(reading, values))}
    return dates.pop() if len(dates) == 1 else None


def _token(found: re.Match[str]) -> tuple[str, int]:
    """Its letter in a shape and its value; no letter for what says nothing."""
    if found["era"]:
        return "Y", 1 - int(found["era"]) if found["before"] else int(found["era"])
    if digits := found["digits"]:
        return ("Y" if len(digits) in (3, 4) else "D" if len(digits) < 3 else "#"), int(digits[:4])
    if found["word"]:
        return _word(_folded(found["word"]))
    return ("-" if found["dash"] else found["mark"] or found["other"] or ""), 0


def _word(word: str) -> tuple[str, int]:
    if word in _UNTIL:
        return "-", 0
    if word in _FILLERS:
        return "", 0
    if number := _MONTH_NUMBERS.get(word, 0):
        return "M", number
    number = _SEASON_NUMBERS.get(word, 0)
    return ("S" if number else "#"), number


def _read(reading: str, values: list[int]) -> Date | None:
    start, between, end = reading.partition(">")
    first = tuple(values[int(place)] for place in start)
    last = tuple(values[int(place)] for place in end) if between else None
    if last and first[0] > 0 >= last[0]:
        first = (1 - first[0], *first[1:])  # 1000-900 BCE: the era is said once
    return _range(first, last)


def parse_fields(year: str, month: str = "", day: str = "") -> Date:
    """BibTeX's fields `year`, `month` and `day`, their macros resolved (`jan # "~10"` is `January~10` or `jan~10`).

    The month may hold a number, names, days (`May 12-15`), a season, a range, or the whole date. Where only the year is
    understood, the date is the year and `literal` all of the text; where not even that, `literal` alone.
    """
    year, month, day = (" ".join(text.replace("~", " ").split()) for text in (year, month, day))
    if not month and not day:
        return parse_text(year)
    whole = " ".join(filter(None, (day, month, year)))
    if len(whole) > _LONGEST:
        return replace(parse_text(year), literal=whole)
    if not any(map(str.isalpha, month)):
        month = re.sub(r"\d+", _macro, month)
    text = month if year in month and year else f"{day} {month} {year}"
    return _parse_loose(text.strip()) or replace(parse_text(year), literal=whole)


def _macro(number: re.Match[str]) -> str:
    return MONTHS[month_number(number[0])] or number[0]


# ------------------------------------------------------------------------------------------------ text, order


def format_text(date: Date) -> str:
    """For people: `27 July 2022`, `Spring 2019`, `c. 1850`, `1999?`, `877 BCE`, `27 July 2022 – 3 August 2022`."""
    if date.literal:
        return date.literal
    start = _format_words(date.start, date.time, date.qualifier)
    if date.end is None:
        return start
    end = _format_words(date.end, date.end_time, date.end_qualifier)
    gap = "–" if len(date.start) < 2 and len(date.end) < 2 else " – "
    return f"{start}{gap}{end}".strip()


def _format_words(parts: Parts, time: str, qualifier: str) -> str:
    if not parts:
        return ""
    year = f"{1 - parts[0]} BCE" if parts[0] < 1 else f"{parts[0]} CE" if parts[0] < 100 else str(parts[0])
    month = _WORDS.get(parts[1], str(parts[1])) if len(parts) > 1 else ""
    day = str(parts[2]) if len(parts) > 2 else ""
    text = " ".join(filter(None, (day, month, year)))
    circa, mark = ("c. " if qualifier in ("~", "%") else ""), ("?" if qualifier in ("?", "%") else "")
    return f"{circa}{text}{f', {time}' if time else ''}{mark}"


def sort_key(date: Date | None) -> tuple[int, int, int, int]:
    """Orders by time, what is not known first: no date or text only, then by year, month and day.

    A season counts as the month in which it begins in the north. A range is where it starts, or ends where it is open.
    """
    parts = (date.start or date.end or ()) if date else ()
    if not parts:
        return (0, 0, 0, 0)
    year, month, day = (*parts, 0, 0)[:3]
    return (1, year, month if month <= 12 else 3 * (month - 20), day)


def covers(ours: Date, theirs: Date) -> bool:
    """Whether ours says all that theirs says: it is the same, or more precise (2022-07-27 of 2022-07 of 2022).

    A sure date covers the uncertain one, not the other way round. Texts cover only what is equal, or nothing at all.
    """
    if ours == theirs or theirs == Date():
        return True
    if theirs.literal or not theirs.start or (ours.end is None) != (theirs.end is None):
        return False
    sides = (
        (ours.start, theirs.start, ours.qualifier, theirs.qualifier, ours.time, theirs.time),
        (ours.end or (), theirs.end or (), ours.end_qualifier, theirs.end_qualifier, ours.end_time, theirs.end_time),
    )
    return all(_covers_side(*side) for side in sides)


def _covers_side(ours: Parts, theirs: Parts, sure: str, unsure: str, time: str, their_time: str) -> bool:
    agrees = ours[: len(theirs)] == theirs and bool(ours) == bool(theirs)
    return agrees and sure in ("", unsure) and their_time in ("", time)
