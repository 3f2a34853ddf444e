"""Dates: whether there is such a day, whether it can be, whether the fields of an entry agree on it, and its form."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from bibkit import dates, latex
from bibkit.checks.model import BIBTEX, Bibliography, Change, Check, Mend, Remark
from bibkit.record import Date
from bibkit.written import Written

# ------------------------------------------------------------------------------------------------ what cannot be

_NUMBERS = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:T.*)?|(\d{4})/(\d{1,2})/(\d{0,2})/?", re.ASCII)
_LONG_YEAR = re.compile(r"[1-9]\d{4,6}", re.ASCII)
_WORDS = re.compile(r"(\d{1,2})\.? ([^\W\d_]{3,12})\.?,? (\d{4})|([^\W\d_]{3,12})\.? (\d{1,2}),? (\d{4})")


def unreal(found: Bibliography) -> Iterator[Remark]:
    """31 February, month 13, year 20011. What is uncertain, unknown or only words is none of these."""
    for item in found.items:
        for variable, date in item.record.dates.items():
            said = _unreal(date.literal) if date.literal else _ends_early(date)
            if said and _is_own(item, variable):
                yield Remark(item, said, variable)
        month = item.fields.get("month") if found.dialect else None
        if month and month.isdecimal() and not 1 <= int(month[:9]) <= 12:
            yield Remark(item, f"there is no month {month}", "month")


def _is_own(item: Written, variable: str) -> bool:
    return bool(item.field_of(variable)) or not item.editable


@lru_cache(maxsize=1 << 12)
def _unreal(literal: str) -> str:
    if _LONG_YEAR.fullmatch(literal):
        return f"the year {literal} has {len(literal)} digits"
    sides = literal.split("/") if "/" in literal and ("-" in literal or literal.count("/") == 1) else [literal]
    said = next((said for side in sides if (said := _unreal_side(side.strip()))), "")
    return said or (f"{literal} ends before it begins" if len(sides) == 2 and _is_reversed(*sides) else "")


def _ends_early(date: Date) -> str:
    """What is wrong with a range whose end is before its start, which JSON can say."""
    if not date.end or not date.start or date.end[:1] >= date.start[:1]:
        return ""
    return f"the range from {date.start[0]} ends before it begins, in {date.end[0]}"


def _is_reversed(first: str, last: str) -> bool:
    """Whether both are dates and the second one is before the first."""
    one, other = dates.parse_edtf(first.strip()), dates.parse_edtf(last.strip())
    if one is None or other is None or not one.start or not other.start:
        return False
    shared = min(len(one.start), len(other.start))
    return other.start[:shared] < one.start[:shared]


def _unreal_side(text: str) -> str:
    parts = _parts(text)
    if len(parts) > 1 and not 1 <= parts[1] <= 12 and not 21 <= parts[1] <= 41:
        return f"{text}: there is no month {parts[1]}"
    if len(parts) > 2 and not dates.is_real(parts):
        return f"{text}: there is no such day"
    return ""


def _parts(text: str) -> tuple[int, ...]:
    """Year, month and day as they are written, whether they can be or not."""
    if found := _NUMBERS.fullmatch(text):
        return tuple(int(part) for part in found.groups() if part and int(part))
    if (found := _WORDS.fullmatch(text)) and (month := dates.month_number(found[2] or found[4])):
        return int(found[3] or found[6]), month, int(found[1] or found[5])
    return ()


_AHEAD = datetime.timedelta(days=400)  # what appears next year is announced this year


def future(found: Bibliography) -> Iterator[Remark]:
    """A date that no one can know yet: an issue of the year after next, a visit of tomorrow."""
    limits = {"issued": found.today + _AHEAD, "accessed": found.today + datetime.timedelta(days=2)}
    latest = found.today.year
    for item in found.items:
        for variable, date in item.record.dates.items():
            if not date.start or date.start[0] < latest or variable not in limits or date.start[0] > 9999:
                continue
            if _first_day(date) > limits[variable] and _is_own(item, variable):
                yield Remark(item, f"{dates.format_text(date)} is in the future", variable)


def _first_day(date: Date) -> datetime.date:
    year, month, day = (*date.start, 1, 1)[:3]
    return datetime.date(year, month if month <= 12 else 1, day)


# ------------------------------------------------------------------------------------------------ contradictions


def contradiction(found: Bibliography) -> Iterator[Remark]:
    """Dates of an entry that cannot all be right."""
    for item in found.items:
        known = item.record.dates
        if "date" in item.fields and found.dialect:
            yield from _beside_date(item)
        issued = known["issued"].year if len(known) > 1 and "issued" in known else None
        if issued is not None:
            yield from _against(item, issued, known)


def _beside_date(item: Written) -> Iterator[Remark]:
    date, year, month = (item.fields.get(name, "").strip() for name in ("date", "year", "month"))
    whole = dates.parse_edtf(date)
    if whole is None or not whole.start or whole.end is not None:
        return
    if _is_year(year) and int(year) != whole.start[0]:
        yield Remark(item, f"the date is {date}, the year {year}", "year")
    elif (number := dates.month_number(month)) and len(whole.start) > 1 and number != whole.start[1]:
        yield Remark(item, f"the date is {date}, the month {month}", "month")


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdecimal()


_EVENT_BEFORE = 10  # years: proceedings appear late


def _against(item: Written, issued: int, known: Mapping[str, Date]) -> Iterator[Remark]:
    years = {name: date.year for name, date in known.items() if date.year is not None}
    for name, earliest, latest, said in (
        ("accessed", issued - 1, 9999, "was visited in {}, long before it appeared in {}"),
        ("original-date", -9999, issued, "appeared in {} first, and is of {}"),
        ("event-date", issued - _EVENT_BEFORE, issued + 1, "is of an event of {}, and appeared in {}"),
    ):
        year = years.get(name)
        if year is not None and not earliest <= year <= latest and item.field_of(name) and item.field_of("issued"):
            yield Remark(item, said.format(year, issued), name)


# ------------------------------------------------------------------------------------------------ form

_LETTER = re.compile(r"(\d{4})[a-f]", re.ASCII)
_MONTH_BEFORE = re.compile(r"([^\W\d_]{3,12})[.,~]*+\s*+(\d{4})")
_MONTH_BEHIND = re.compile(r"(\d{4})[.,~]*+\s*+([^\W\d_]{3,12})\.?")
_DAYS_BEFORE = re.compile(
    r"\d{1,2}(?:[./]?\s{0,3}-{0,3}[–]?\s{0,3}\d{1,2})?[.,~]?\s{0,3}([^\W\d_]{3,12})[.,~]{0,3}\s{0,3}\d{4}"
)
_DAYS_BETWEEN = re.compile(r"([^\W\d_]{3,12})[.~]?\s*\d{1,2}(?:\s*-{1,3}\s*\d{1,2}|\s*–\s*\d{1,2})?[,~]?\s+\d{4}")
_WHOLE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}", re.ASCII)
_MORE = re.compile(r"\d{4}\s*[,;:]\s*(?:no|nr|vol|pp?|issue|number|volume)\b.*", re.IGNORECASE | re.DOTALL)


def year_form(found: Bibliography) -> Iterator[Remark]:
    """A field `year` with more or less than a year, and in BibLaTeX a date that is no EDTF."""
    for item in found.items:
        fields = item.fields
        year = fields.get("year", "")
        if year and not _is_year(year) and (remark := _year_remark(item, year.strip(), found.dialect)):
            yield remark
        if found.dialect == "biblatex":
            yield from _edtf_remarks(item)


def _year_remark(item: Written, year: str, dialect: str) -> Remark | None:
    if letter := _LETTER.fullmatch(year):
        mend = Mend(f"write {letter[1]}", (Change("year", letter[1]),), safe=False)
        return Remark(item, f"a letter in the year {year}; styles add it where it is needed", "year", mend=mend)
    if year.isdecimal() and len(year) < 4 and "date" not in item.fields and (said := _short_year(item, year)):
        return Remark(item, said, "year")
    if (plain := _plain_year(year)) != year:
        mend = Mend(f"write {plain}", (Change("year", plain),), safe=not any(map(str.isalpha, year)))
        return Remark(item, f"there is something else than digits in the year {year}", "year", mend=mend)
    if _WHOLE_DATE.fullmatch(year):
        return Remark(item, f"the year is a whole date: {year}", "year", mend=_as_date(item, year, dialect))
    if month := _month_in(year):
        return Remark(item, f"the year has a month in it: {year}", "year", mend=_parted(item, year, month))
    return Remark(item, f"there is more than a year in {year}", "year") if _MORE.fullmatch(year) else None


_PRINTED = frozenset(
    {"article-journal", "article-magazine", "article-newspaper", "paper-conference", "thesis", "report"}
)


def _short_year(item: Written, year: str) -> str:
    """What is wrong with a year of up to three digits; antique works have those, articles and papers have not."""
    if len(year) < 3:
        return f"the year {year} has no century"
    return f"the year {year} has three digits" if item.record.type in _PRINTED else ""


_DRESSED = re.compile(r"[(\[]?(\d{4})[)\].,;:]{1,3}", re.ASCII)
_LOOKALIKE = re.compile(r"[12lI][0-9OolI]{3}")
_DIGITS = str.maketrans("OolI", "0011")


def _plain_year(year: str) -> str:
    """The year without signs around it, and with digits for the letters that look like them."""
    if dressed := _DRESSED.fullmatch(year):
        return dressed[1] if year[0] not in "([" or year[5:6] in (")", "]") else year
    return year.translate(_DIGITS) if _LOOKALIKE.fullmatch(year) and sum(map(str.isdecimal, year)) > 1 else year


def _as_date(item: Written, year: str, dialect: str) -> Mend | None:
    """BibLaTeX has a field for it."""
    free = not {"date", "month", "day"} & item.fields.keys()
    if dialect == "biblatex" and free and dates.parse_edtf(year):
        return Mend("call the field date", (Change("year", name="date"),), safe=False)
    return None


def _month_in(year: str) -> int:
    for pattern in (_MONTH_BEFORE, _MONTH_BEHIND, _DAYS_BEFORE, _DAYS_BETWEEN):
        if found := pattern.fullmatch(year):
            return max(dates.month_number(part) if part.isalpha() else 0 for part in found.groups())
    return 0


def _parted(item: Written, year: str, month: int) -> Mend | None:
    """Year and month in fields of their own, where there is nothing else."""
    simple = _MONTH_BEFORE.fullmatch(year) or _MONTH_BEHIND.fullmatch(year)
    if not simple or "month" in item.fields:
        return None
    number = next(part for part in simple.groups() if part.isdecimal())
    changes = (Change("year", number), Change("month", dates.MONTHS[month]))
    return Mend(f"write year {number}, month {dates.MONTHS[month]}", changes, safe=False)


_DATE_FIELDS = ("date", "urldate", "eventdate", "origdate")


def _edtf_remarks(item: Written) -> Iterator[Remark]:
    for field in _DATE_FIELDS:
        written = item.fields.get(field, "").strip()
        if not written or dates.parse_edtf(written) is not None:
            continue
        date = dates.parse_text(latex.decode(written))
        if date.literal and _unreal(date.literal):
            continue
        words = any(map(str.isalpha, written))
        new = dates.format_edtf(date) if not date.literal and (words or date.end is None) else ""
        mend = Mend(f"write {new}", (Change(field, new),), safe=words) if new else None
        words_alone = field == "date" and written[:1].isalpha() and not any(map(str.isdecimal, written))
        hint = "" if not words_alone else "words on the state of a work belong into pubstate"
        yield Remark(item, f"{written} is no date for BibLaTeX", field, mend=mend, hint=hint)


# ------------------------------------------------------------------------------------------------ months

# As English writes them. Other languages' names are left: a macro would print English in a document without babel.
_MONTHS: Mapping[str, str] = {
    name: macro
    for number, macro in enumerate(dates.MONTHS)
    if number
    for whole in [dates.format_text(Date(start=(2000, number))).partition(" ")[0].lower()]
    for name in (whole, whole[:3], f"{whole[:3]}.", "sept" if number == 9 else whole, "sept." if number == 9 else whole)
}
_MONTH_NUMBERS = {form: dates.MONTHS[number] for number in range(1, 13) for form in (str(number), f"{number:02d}")}


def month_form(found: Bibliography) -> Iterator[Remark]:
    """A whole month as text or, for BibTeX, as a number."""
    known = _MONTHS if found.dialect == "biblatex" else {**_MONTHS, **_MONTH_NUMBERS}
    for item in found.items:
        written = item.fields.get("month")
        if written and (macro := known.get(written.strip().strip("{}").lower())) and not _is_macro(item, written):
            mend = Mend(f"write month = {macro}", (Change("month", macro),))
            said = f"the macro {macro} stands in braces or quotation marks"
            if written != macro:
                said = f"the month is written {written} instead of the macro {macro}"
            yield Remark(item, said, "month", mend=mend)


def _is_macro(item: Written, written: str) -> bool:
    """Whether it stands for itself; of a macro that does not exist, such as `sept`, the text is its name."""
    bare = not written.strip().isdecimal() and item.is_bare("month")
    return bare and (written in dates.MONTHS or not written.islower())


CHECKS = (
    Check(
        "date-unreal",
        "date that does not exist",
        unreal,
        severity="error",
        why="No calendar has this day, month or year: a digit is wrong. BibLaTeX leaves such a date out.",
        bad="year = {20011}",
        good="year = {2011}",
        rule="ISO 8601-1, 4.3",
    ),
    Check(
        "date-future",
        "date in the future",
        future,
        why="No one can know yet what appears in more than a year, nor have visited a page tomorrow.",
        bad="year = {2998}",
        good="year = {1998}",
    ),
    Check(
        "date-contradiction",
        "dates that disagree",
        contradiction,
        why="They cannot all be right. Where date and year differ, BibLaTeX takes the date, others the year.",
        bad="date = {2011-05},\n  year = {2001}",
        good="date = {2011-05},\n  year = {2011}",
        rule="biblatex manual 2.3.9",
        formats=BIBTEX,
    ),
    Check(
        "date-form",
        "date in a form that styles cannot read",
        year_form,
        fix="unsafe",
        why="Styles sort and compare by the year; BibLaTeX reads dates as EDTF (2001-05-12) and leaves out others.",
        bad="year = {May 1998}",
        good="year = {1998},\n  month = may",
        rule="btxdoc, section 3.2 (year); biblatex manual 2.3.8",
        formats=BIBTEX,
    ),
    Check(
        "month-form",
        "month that is no macro",
        month_form,
        severity="note",
        fix="safe",
        why="Of the macros jan to dec each style makes the month in its own language, long or short, and sorts by it.",
        bad="month = {January}",
        good="month = jan",
        rule="btxdoc, section 3.2 (month); biblatex manual 2.3.9",
        formats=BIBTEX,
    ),
)
