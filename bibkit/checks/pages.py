"""Pages: ranges, their dashes and their order, and what is no page at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import msgspec

from bibkit import dates
from bibkit.checks.model import BIBTEX, Bibliography, Change, Check, Mend, Remark
from bibkit.written import Written

_USUAL = re.compile(r"[A-Z]?[0-9]{1,6}(?:--?[A-Z]?[0-9]{1,6})?")
_SIDE = r"(?:([A-Za-z]{0,3}(?:[0-9]{1,4}:)?)([0-9]{1,7})|([ivxl]{1,8}))"
_RANGE = re.compile(rf"{_SIDE}[ \t~]{{0,3}}(-{{1,3}}|[‐‑‒–—−\xad])[ \t~]{{0,3}}{_SIDE}")


class Range(msgspec.Struct, frozen=True):
    """A page range: what both sides have before their numbers, the numbers, and what stands between."""

    text: str
    prefix: str
    first: str
    dash: str
    last: str

    @property
    def runs(self) -> bool:
        """Whether it runs forward from one number to another."""
        return _value(self.first) < _value(self.last)

    def full(self, last: str) -> str:
        """The range with -- up to another last page."""
        return f"{self.prefix}{self.first}--{self.prefix}{last}"


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number)
    values = [{"i": 1, "v": 5, "x": 10, "l": 50}[sign] for sign in number]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


@lru_cache(maxsize=1 << 14)
def ranges(text: str) -> tuple[Range, ...]:
    """The ranges among the parts of a field; a part that is anything else, a label like A-12 too, is left out."""
    parts = (part.strip() for part in text.split(","))
    return tuple(found for part in parts if (match := _RANGE.fullmatch(part)) and (found := _as_range(match)))


def _as_range(match: re.Match[str]) -> Range | None:
    prefix, number, roman, dash, other_prefix, other_number, other_roman = match.groups(default="")
    if bool(roman) != bool(other_roman) or prefix != other_prefix:
        return None
    return Range(match[0], prefix, number or roman, dash, other_number or other_roman)


def _rows(found: Bibliography) -> Iterator[tuple[Written, str, str, tuple[Range, ...]]]:
    """Each field that is not plainly right, with its text and its ranges."""
    for item, field, text in found.values("page"):
        if not text.isdecimal() and not _is_right(text) and (those := ranges(text)):
            yield item, field, text, those


def _rows_of_all(found: Bibliography) -> Iterator[tuple[Written, str, tuple[Range, ...]]]:
    """As `_rows`, for formats too that have first and last page in fields of their own."""
    if found.dialect:
        yield from ((item, field, those) for item, field, _, those in _rows(found))
        return
    for item in found.items:
        text = item.record.texts.get("page", "")
        if text and not text.isdecimal() and (field := item.field_of("page")):
            yield item, field, ranges(text)


def _is_right(text: str) -> bool:
    """Whether this is `12--34`, as most pages are."""
    first, _, last = text.partition("--")
    return first.isdecimal() and last.isdecimal() and (len(first), first) < (len(last), last)


def _with_ranges(text: str, write: Callable[[Range], str]) -> str:
    """The text with its ranges written anew."""
    return ",".join(_RANGE.sub(lambda match: _written(match, write), part) for part in text.split(","))


def _written(match: re.Match[str], write: Callable[[Range], str]) -> str:
    whole = not match.string[: match.start()].strip() and not match.string[match.end() :].strip()
    one = _as_range(match) if whole else None
    return write(one) if one else match[0]


# ------------------------------------------------------------------------------------------------ ranges


def hyphen(found: Bibliography) -> Iterator[Remark]:
    """`12-34`, and every dash but two hyphens, where BibTeX's styles want these."""
    if found.dialect != "bibtex":  # Biber reads all of them
        return
    for item, field, text, those in _rows(found):
        if bad := next((one for one in those if _lacks_dash(one)), None):
            new = _dashed(text)
            name = {"-": "a hyphen", "---": "three hyphens"}.get(bad.dash, "a dash that is no --")
            mend = Mend(f"write {new.strip()}", (Change(field, new),))
            yield Remark(item, f"{name} in the page range {bad.text}", field, bad.text, mend)


def _lacks_dash(one: Range) -> bool:
    return one.dash != "--" and one.runs


def _dashed(text: str) -> str:
    """The text with -- in its ranges."""
    return _with_ranges(text, lambda one: one.full(one.last) if _lacks_dash(one) else one.text)


def reversed_range(found: Bibliography) -> Iterator[Remark]:
    """`345--312`, and `987--12`, which cannot be an abbreviation."""
    for item, field, those in _rows_of_all(found):
        for one in those:
            if not _is_reversed(one, with_hyphen=not found.dialect):
                continue
            yield Remark(item, f"the page range {one.text} runs backwards", field, one.text)


def _is_reversed(one: Range, *, with_hyphen: bool) -> bool:
    """In BibTeX, one hyphen before a shorter number may be part of a label; elsewhere it is the dash of ranges."""
    if one.runs or one.first == one.last or not one.first.isdecimal() or one.first[0] == "0":
        return False
    longer = len(one.last) >= len(one.first)
    return longer or ((with_hyphen or one.dash != "-") and len(one.first) > 2 and int(_in_full(one)) < int(one.first))


def _in_full(one: Range) -> str:
    """The last page with the digits of the first one that are left out."""
    return one.first[: len(one.first) - len(one.last)] + one.last


_HABIT = 5  # so many ranges in a file, and most of those that can be, are abbreviated: that is a style


def abbreviated(found: Bibliography) -> Iterator[Remark]:
    """`494--6` for 494--496, in files where this is no habit."""
    short = [(*row[:3], one) for row in _rows(found) for one in [*filter(_is_abbreviated, row[3])][:1]]
    if len(short) >= _HABIT and len(short) > sum(map(_could_be_shorter, found.values("page"))):
        return
    for item, field, text, one in short:
        new = _with_ranges(text, lambda each: each.full(_in_full(each)) if _is_abbreviated(each) else each.text)
        mend = Mend(f"write {new.strip()}", (Change(field, new),))
        yield Remark(item, f"the page range {one.text} is abbreviated", field, one.text, mend)


def _could_be_shorter(row: tuple[Written, str, str]) -> bool:
    first, _, last = row[2].replace("--", "-").partition("-")
    return len(first) == len(last) >= 3 and first[0] == last[0] and first.isdecimal()


def _is_abbreviated(one: Range) -> bool:
    """Of short numbers with a hyphen, and of long ones, the second may be anything: 12-1, 1450009-3."""
    shorter = len(one.last) < len(one.first) and one.first.isdecimal() and one.first[0] != "0"
    if not shorter or one.prefix or not (2 if one.dash != "-" else 3) <= len(one.first) <= 4:
        return False
    return int(_in_full(one)) > int(one.first)


# ------------------------------------------------------------------------------------------------ spreadsheets

_DAY_MONTH = re.compile(r"(\d{1,2})[-. ]{1,2}([^\W\d_]{3,4})\.?|([^\W\d_]{3,4})\.?-(\d{2})")
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})-([^\W\d_]{3})-(?:\d\d|(?:19|20)\d\d)")
_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](?:19|20)\d\d|(?:19|20)\d\d-(\d\d)-(\d\d)(?: 00:00:00)?")


@lru_cache(maxsize=1 << 12)
def _from_date(text: str) -> tuple[int, int] | None:
    """The two numbers that a spreadsheet made a date of."""
    if found := _DATE.fullmatch(text):
        return int(found[1] or found[3]), int(found[2] or found[4])
    if (found := _DAY_MONTH_YEAR.fullmatch(text)) and (month := dates.month_number(found[2])):
        return month, int(found[1])
    if found := _DAY_MONTH.fullmatch(text):
        month = dates.month_number(found[2] or found[3])
        return (month, int(found[1] or found[4])) if month else None
    return None


def spreadsheet(found: Bibliography) -> Iterator[Remark]:
    """`5-Jan` for 1--5: a spreadsheet took the pages for a date."""
    for item, field, text in found.values("page"):
        if _USUAL.fullmatch(text) or not (pair := _from_date(text.strip())):
            continue
        first, last = sorted(pair)
        new = f"{first}--{last}" if found.dialect else f"{first}-{last}"
        mend = Mend(f"write {new}", (Change(field, new),)) if first < last else None
        yield Remark(item, f"{text} is a date that a spreadsheet made of pages", field, mend=mend)


# ------------------------------------------------------------------------------------------------ what is no page

_PLACEHOLDER = re.compile(
    r"[-–—?.,*_ ]+|(?:x{1,4}|\?+)\s*[-–—]{1,3}\s*(?:x{1,4}|\?+)|x{4,9}|n\.?/?a\.?|none|unknown|tbd|tba", re.I
)
_LABELLED = re.compile(r"(?:pp?\.[\s~]*|pp[\s~]+|(?:pages?)[:\s~]+)(?=[0-9ivxl])(.+)", re.IGNORECASE | re.DOTALL)
_WORDED = re.compile(r"([0-9]{1,6})\s{1,3}(?:to|until|bis)\s{1,3}([0-9]{1,6})")
_COUNT = re.compile(r"([0-9]{1,4})[\s~]*(?:pp?|pages?|pgs?|Seiten|p[áa]ginas)\.?", re.IGNORECASE)
_OPEN = re.compile(r"[0-9]{1,6}\s*(?:-{1,3}|–|—)|(?:-{1,3}|–|—)\s*[0-9]{1,6}")
_STATE = re.compile(
    r"(?:to (?:be )?(?:appear|published)|in press|forthcoming|submitted|accepted|under review|in print)\b.*",
    re.I | re.S,
)
_ADDRESS = re.compile(r"[^/]{0,20}https?://.*", re.DOTALL)
_VOLUME = re.compile(r"(.*[0-9])\s+(?:vol|volume|v)[.\s]\s*[0-9]{1,4}", re.IGNORECASE)
Fault = tuple[str, str, bool | None]  # what is wrong, what ought to stand there, whether that is sure


@lru_cache(maxsize=1 << 14)
def _fault(text: str) -> Fault | None:
    if labelled := _LABELLED.fullmatch(text):
        return "styles write the word for pages themselves", labelled[1], True
    if volume := _VOLUME.fullmatch(text):
        return "there is a volume behind the pages", volume[1], False
    if worded := _WORDED.fullmatch(text):
        return "a word where the range wants a dash", f"{worded[1]}-{worded[2]}", True
    for pattern, said in (
        (_PLACEHOLDER, "this is no page"),
        (_OPEN, "one end of the page range is missing"),
        (_STATE, "words on the state of a work are no pages"),
        (_ADDRESS, "a URL is no page"),
        (_COUNT, "this is a number of pages and not where they are"),
    ):
        if pattern.fullmatch(text):
            return said, "", None
    return None


def form(found: Bibliography) -> Iterator[Remark]:
    """`pp. 12--15`, `12 pages`, `12--`, `?`, `to appear`."""
    for item, field, text in found.values("page"):
        if _USUAL.fullmatch(text) or not (fault := _fault(text.strip())):
            continue
        said, new, safe = fault
        new = _dashed(new) if found.dialect == "bibtex" else new
        mend = Mend(f"write {new}", (Change(field, new),), safe=safe) if new else None
        count = _COUNT.fullmatch(text.strip()) if found.dialect == "biblatex" else None
        if count and "pagetotal" not in item.fields:
            mend = Mend(f"write pagetotal {count[1]}", (Change("pagetotal", count[1]), Change(field)), safe=False)
        yield Remark(item, f"{said}: {text.strip()}", field, mend=mend)


CHECKS = (
    Check(
        "page-hyphen",
        "page range without --",
        hyphen,
        severity="note",
        fix="safe",
        why="A range wants an en dash, which is -- in LaTeX. The standard styles mend one hyphen, many others do not.",
        bad="pages = {12-34}",
        good="pages = {12--34}",
        rule="btxdoc, section 3.2 (pages)",
        formats=BIBTEX,
    ),
    Check(
        "page-reversed",
        "page range that runs backwards",
        reversed_range,
        why="The last page stands before the first one: a digit is wrong or missing.",
        bad="pages = {345--312}",
        good="pages = {312--345}",
    ),
    Check(
        "page-abbreviated",
        "abbreviated page range",
        abbreviated,
        severity="note",
        fix="unsafe",
        why="A style can shorten what is written in full (BibLaTeX: \\mkcomprange), but not the other way round. "
        "Nothing is said where a whole file is written so.",
        bad="pages = {494--6}",
        good="pages = {494--496}",
        rule="btxdoc, section 3.2 (pages)",
        formats=BIBTEX,
    ),
    Check(
        "page-spreadsheet",
        "pages that a spreadsheet made a date of",
        spreadsheet,
        severity="error",
        fix="unsafe",
        why="Spreadsheets take 1-5 for the fifth of January and store it as a date.",
        bad="pages = {5-Jan}",
        good="pages = {1--5}",
    ),
    Check(
        "page-form",
        "pages that are none",
        form,
        fix="safe",
        why="Styles write p. or pp. and a dash themselves, and print whatever else is there as it stands.",
        bad="pages = {pp. 12--15}",
        good="pages = {12--15}",
        rule="btxdoc, section 3.2 (pages)",
        formats=BIBTEX | {"ris", "csl-json", "zotero-json"},
    ),
)
