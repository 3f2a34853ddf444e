"""A record as patterns see it: its creators by kind, its dates as texts, its fields by Zotero's and BibTeX's names.

Everything is worked out when it is asked for, and once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache

import msgspec

from bibkit import dates, names, note_lines, text
from bibkit.fieldmap import EXTRA, KEYWORD
from bibkit.formats.bibtex_tables import BIBLATEX_TABLE, BIBTEX_TABLE, LANGUAGES
from bibkit.formats.zotero_tables import BASE, CREATORS, FIELDS, TABLE, best_type, role
from bibkit.patterns import letters
from bibkit.record import Date, Name, Record, replace

ZOTERO = "zotero:"
BIBTEX = "bibtex:"

# ------------------------------------------------------------------------------------------------ dates


class Moment(msgspec.Struct, frozen=True):
    """A date as texts; what is not known is empty. The year may be a word, where nothing else is known."""

    year: str = ""
    month: str = ""
    day: str = ""
    time: str = ""


_YEARS = re.compile(r"\[(-?\d{3,4})\]\s?(-?\d{3,4})?|(-?\d{3,4})\s?\[(-?\d{3,4})\]")  # Better BibTeX: [1865] 1866
_ANY_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_CLOCK = re.compile(r"[ T](\d\d:\d\d(?::\d\d)?)")


@lru_cache(maxsize=1 << 12)
def moments(date: Date, raw: str = "") -> tuple[Moment, Moment]:
    """The date and, where it names two years, the original one; both are the same where it does not."""
    found = _YEARS.fullmatch(raw or date.literal)
    if found:
        original, year = found[1] or found[4], found[2] or found[3]
        return Moment(_number(year or original)), Moment(_number(original))
    start = date.start or date.end or ()
    if start:
        year, month, day = (*map(str, start), "", "")[:3]
        known = Moment(year, month if month.isdecimal() and int(month) <= 12 else "", day, date.time[:8])
        return known, known
    said = raw or date.literal
    clock = _CLOCK.search(said)
    year_in = _ANY_YEAR.search(said)
    unread = Moment(_number(year_in[0]) if year_in else said, time=clock[1] if clock else "")
    return unread, unread


def _number(digits: str) -> str:
    return str(int(digits))


# ------------------------------------------------------------------------------------------------ the work

# A template of names in pieces: literal text, the name of a part or "", how much of the part at most (-1: all).
Template = tuple[tuple[str, str, int], ...]


class Work:
    """One record, for the time that a pattern needs it. `template` and `gap` are what `creatornames` set."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.template: Template | None = None
        self.gap: str | None = None
        self.transliterates_names = False
        said = record.texts.get("language")
        self.language = letters.language(said) if said else ""  # the primary subtag
        self.title = text.plain(record.texts.get("title", "")) or self._stray("title")  # without marks

    def _stray(self, field: str) -> str:
        """What the source said in a field that its type does not have."""
        return _said(self.record.extra.get(ZOTERO + field))

    def ascii(self, some: str, mode: str = "") -> str:
        """The text in ASCII by the habits of a language, or of the work's own."""
        return some if some.isascii() else letters.to_ascii(some, mode or self.language)

    # -------------------------------------------------------------------------------------------- dates

    @property
    def _moments(self) -> tuple[Moment, Moment]:
        date, original = self.record.issued, self.record.dates.get("original-date")
        stray = self._stray("date")
        if date is None and stray:
            date = dates.parse_text(stray)
        known = moments(date or Date(), stray) if date else (Moment(), Moment())
        if original is not None:
            first = moments(original)[0]
            return (known[0] if known[0].year else first), first
        return known

    @property
    def date(self) -> Moment:
        """When it was published; where only the original date is known, that."""
        return self._moments[0]

    @property
    def original(self) -> Moment:
        """When it was first published, as far as that is said; else the same as `date`."""
        return self._moments[1]

    # -------------------------------------------------------------------------------------------- kind and creators

    @cached_property
    def item_type(self) -> str:
        """Zotero's item type."""
        said = self.record.extra.get(ZOTERO + "itemType")
        if isinstance(said, str) and said in FIELDS:
            return said
        return best_type(self.record.type, frozenset(self.record.variables()))

    @cached_property
    def primary(self) -> str:
        """The name variable of the first creator type of its item type."""
        kinds = CREATORS.get(self.item_type, ("author",))
        return role(self.item_type, kinds[0]) or "author"

    def creators(self, kind: str) -> tuple[Name, ...]:
        """The creators of a kind: `author` (whoever is the primary one), `editor`, `translator`, `collaborator`.

        `*` is the first of these that there are. Source: Better BibTeX's documentation of its formulas.
        """
        found = self.record.names
        if kind == "*":
            return found.get("author") or next(filter(None, map(self.creators, _KINDS)), ())
        if kind == "author":
            return found.get(self.primary) or found.get("author", ())
        if kind != "collaborator":
            return found.get(kind, ())
        others = (people for variable, people in found.items() if variable not in {*_KINDS, self.primary})
        return tuple(name for people in others for name in people)

    def roles(self, kind: str) -> tuple[Name, ...]:
        """The creators of one of Zotero's creator types, or of a CSL name variable."""
        variable = self.primary if kind == "primary" else role(self.item_type, kind) or kind
        return self.record.names.get(variable, ())

    # -------------------------------------------------------------------------------------------- Zotero's fields

    def zotero_field(self, name: str) -> str:
        """The value of a field, by its own name or that of its base field; plain text."""
        if name == "title":
            return self.title
        if name == "extra":
            return self.extra
        said = self._stray(name)
        if said:
            return text.plain(said)
        for rule in TABLE.rules(self.item_type, self.record.type):
            if name in (rule.theirs, BASE.get(rule.theirs)) and (value := self._value(rule.ours)):
                return value
        return ""

    def _value(self, variable: str) -> str:
        date = self.record.dates.get(variable)
        if date is not None:
            return note_lines.date_text(date)
        return text.plain(self.record.texts.get(variable, ""))

    @cached_property
    def extra(self) -> str:
        """The text of Zotero's field Extra, as far as it is no variable of its own."""
        said = self.record.extra.get(ZOTERO + "extra")
        if isinstance(said, list):  # Better BibTeX's JSON has it line by line
            return "\n".join(map(str, said))
        return said if isinstance(said, str) else self.record.texts.get("note", "")

    def extra_line(self, label: str) -> str:
        """The value of a line of Extra (`tex.venue: ICML`), or of the variable that the label names."""
        wanted = label.strip().lower()
        for line in self.extra.split("\n"):
            head, sign, value = _divided(line)
            if sign and head.strip().lower() in (wanted, f"tex.{wanted}"):
                return value.strip()
        return self._value(note_lines.variable(label) or _CAMEL.sub(r"-\1", label.strip()).lower())

    # -------------------------------------------------------------------------------------------- BibTeX's fields

    def bibtex_field(self, name: str) -> str:
        """The value of a BibTeX or BibLaTeX field, whichever of the two a source uses; plain text."""
        if found := _OWN_FIELDS.get(name):
            return found(self)
        raw = self.record.extra.get(BIBTEX + name)
        if isinstance(raw, str) and raw:
            return raw
        for variable in _bibtex_variables(name, self._entry_type, self.record.type):
            if value := self._bibtex_value(variable):
                return value
        return ""

    @cached_property
    def _entry_type(self) -> str:
        said = self.record.extra.get(BIBTEX + "entrytype")
        return said if isinstance(said, str) else ""

    def _bibtex_value(self, variable: str) -> str:
        if variable == KEYWORD:
            return ", ".join(self.record.keywords)
        if variable in self.record.names:
            shown = [names.format_display(name) for name in self.record.names[variable]]
            return " and ".join([*shown, *(["others"] if variable in self.record.cut else [])])
        if variable in self.record.dates:
            date = replace(self.record.dates[variable], time="", end_time="")
            return dates.format_edtf(date) or date.literal
        if variable.startswith(EXTRA):
            return _said(self.record.extra.get(variable.removeprefix(EXTRA)))
        value = text.plain(self.record.texts.get(variable, ""))
        return value.replace("–", "--") if variable == "page" else value

    @cached_property
    def entry_type(self) -> str:
        """The entry type as JabRef shows it: `InProceedings`."""
        found = BIBLATEX_TABLE.type_out(self.record.type, self.record.texts.get("genre", ""))
        kind = self._entry_type or (found.theirs if found else "misc")
        return _SHOWN_TYPES.get(kind, kind.capitalize())


def _said(value: object) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


_KINDS = ("author", "editor", "translator", "collaborator")
_CAMEL = re.compile(r"(?<=[a-z])([A-Z])")


def _divided(line: str) -> tuple[str, str, str]:
    """`label: value`, or `tex.label= value` where Better BibTeX takes it as it is."""
    colon, equals = line.find(":"), line.find("=")
    sign = "=" if equals >= 0 and (equals < colon or colon < 0) and line.startswith("tex.") else ":"
    return line.partition(sign)


@lru_cache(maxsize=1 << 10)
def _bibtex_variables(name: str, entry_type: str, our_type: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_variables_of(name, entry_type, our_type)))


def _variables_of(name: str, entry_type: str, our_type: str) -> Iterator[str]:
    for table in (BIBTEX_TABLE, BIBLATEX_TABLE):
        found = table.type_out(our_type)
        for rule in table.reading(entry_type or (found.theirs if found else "misc"), our_type).get(name, ()):
            yield rule.ours


_MONTHS = (
    "January February March April May June July August September October November December".split()
)  # fmt: skip


def _month(work: Work) -> str:
    return _MONTHS[int(work.date.month) - 1] if work.date.month else ""


_BABEL = {tag: name for name, tag in reversed(LANGUAGES.items())}


def _babel_name(work: Work) -> str:
    """The language as BibLaTeX calls it, where it has a name for it."""
    said = work.record.texts.get("language", "")
    return _BABEL.get(said, said)


_OWN_FIELDS: dict[str, Callable[[Work], str]] = {
    "year": lambda work: work.date.year,
    "month": _month,
    "day": lambda work: work.date.day,
    "language": _babel_name,
    "langid": _babel_name,
    "citationkey": lambda work: work.record.key,
    "bibtexkey": lambda work: work.record.key,
    "entrytype": lambda work: work.entry_type,
}

_SHOWN_TYPES = {
    shown.lower(): shown
    for shown in (
        "BookInBook InBook InCollection InProceedings InReference MastersThesis MvBook MvCollection MvProceedings"
        " MvReference PhdThesis SuppBook SuppCollection SuppPeriodical TechReport WWW"
    ).split()
}
