"""The line that begins an entry of a paper listing: `78.0LGMar 19`, `CLFeb 18, 2025Code`: score, class, date, flags."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import msgspec

from bibkit.record import Date

# ------------------------------------------------------------------------------------------------ classes

# The classes with two letters in arXiv's archives (https://arxiv.org/category_taxonomy, 2025).
_CLASSES = {
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO SC "
    "SD SE SI SY",
    "astro-ph": "CO EP GA HE IM SR",
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    "nlin": "AO CD CG PS SI",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "stat": "AP CO ME ML OT TH",
}
_ARCHIVES = (
    "astro-ph|cond-mat|cs|econ|eess|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|math|nlin|nucl-(?:ex|th)|physics|q-bio|q-fin"
    "|quant-ph|stat"
)


@lru_cache(maxsize=1024)
def full_class(text: str) -> str:
    """An arXiv class in full. Two letters mean computer science, else the only archive that has such a class.

    The empty string where it cannot be known: there is no class `XX`, and `SP` is in eess and in math.
    """
    if len(text) != 2:
        return text
    archives = [archive for archive, classes in _CLASSES.items() if text in classes.split()]
    return f"{archives[0]}.{text}" if archives and (archives[0] == "cs" or len(archives) == 1) else ""


# ------------------------------------------------------------------------------------------------ the line

# All patterns here work on a text whose lines end in LF, and begin at the beginning of a line.
# The quantifier is possessive: a blank is never given back, so a line of blanks costs its length only.
BLANK = r"[ \t\f\v\x00\x1c-\x1f\x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*+"
BLANKS = " \t\n\r\f\v\0\x1c\x1d\x1e\x1f\x85\xa0\u200b\u2028\u2029\u3000\ufeff"
END = rf"{BLANK}(?=\n|\Z)"
CLASS = rf"(?:[A-Z]{{2}}|(?:{_ARCHIVES})(?:\.[A-Za-z-]{{2,12}}?)?)"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DAY = r"(?P<day>[0-9]{1,2}(?![0-9]))?"
_YEAR = rf"(?:{BLANK},?{BLANK}(?P<year>[0-9]{{4}})(?![0-9]))?"
HEADER = re.compile(
    rf"{BLANK}(?P<score>[0-9]{{1,4}}(?:\.[0-9]{{1,4}})?)?{BLANK}(?P<category>{CLASS})?{BLANK}"
    rf"(?P<date>{_MONTH}\.?{BLANK}(?=[0-9]){_DAY}{_YEAR})"
    rf"(?P<flags>(?:{BLANK}[A-Z][A-Za-z]{{2,15}}){{0,3}}){END}"
)
FLAGS = {"Code": "listing:code"}


def is_header(found: re.Match[str]) -> bool:
    """Whether a match of `HEADER` is one. Without a class, it must not be a line that prose could have."""
    if found["category"]:
        return True
    return found["flags"].strip(BLANKS) in ("", *FLAGS) and (not found["score"] or "." in found["score"])


# ------------------------------------------------------------------------------------------------ its date


class Dated(msgspec.Struct, frozen=True):
    """A date, how its year came about if it does not stand in the text, and whether one is still missing."""

    date: Date
    inferred: str = ""
    undated: bool = False


def day(text: str) -> date | None:
    """The day that an ISO date names, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def issued(header: re.Match[str], latest: int, as_of: date | None) -> Dated:
    """The date of a header. `latest` is the latest year that its listing gives (0: none).

    A date without a year is in the year after the latest; where the day of the copy is known, in the latest year in
    which it is not after that day. A date that does not exist, or whose year nothing tells, stays text.
    """
    month, number = _MONTHS.index(header["month"][:3].lower()) + 1, int(header["day"] or 0)
    literal = Date(literal=header["date"])
    if header["year"]:
        parts = (int(header["year"]), month, number) if header["day"] else (int(header["year"]), month)
        return Dated(Date(start=parts) if not header["day"] or _exists(*parts) else literal)
    if not _exists(2000, month, number):
        return Dated(literal)
    for year, why in _years(latest, as_of, month, number):
        if _exists(year, month, number):
            return Dated(Date(start=(year, month, number)), f"{year} is {why}")
    return Dated(literal, undated=True)


def _exists(year: int, month: int, number: int = 1) -> bool:
    return 1 <= number <= monthrange(year, month)[1]


def _years(latest: int, as_of: date | None, month: int, number: int) -> Iterator[tuple[int, str]]:
    """The years that a date without one may mean, the first ones first. Only 29 February needs more than one."""
    if as_of:
        last = as_of.year - ((month, number) > (as_of.month, as_of.day))
        why = f"the latest year in which this day is not after {as_of}, the day of the copy"
        yield from ((year, why) for year in range(last, max(last - 9, 0), -1))
    elif latest:
        why = f"the first year that has this day after {latest}, the latest year in this listing"
        yield from ((year, why) for year in range(latest + 1, min(latest + 10, 10_000)))
