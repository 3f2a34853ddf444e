"""RIS: reads what Reference Manager's two specifications and the databases make of it, writes what Zotero writes.

The tags are in `ris_tables`, the lines in `ris_syntax`, the values in `ris_values`. What has no CSL variable is carried
as `extra["ris:XX"]`, a list of values in order, and written back. Lines end with a line feed: the specification asks
for CR LF, every reader takes both, and exports that are kept under version control should not change with the machine.
No line is ever folded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import msgspec

from bibkit import dates, names, text
from bibkit.fieldmap import KEYWORD, FieldRule
from bibkit.formats import Format, ReadOptions, WriteOptions
from bibkit.formats import ris_syntax as syntax
from bibkit.formats import ris_values as forms
from bibkit.formats.ris_tables import GENERIC, KEY_LABELS, LABELS, MARKED, MARKS, PROCITE_TAGS, PRODUCERS, TABLE
from bibkit.losses import losses
from bibkit.problems import Problem
from bibkit.record import Date, Name, Origin, Record

PREFIX = "ris:"  # of what only RIS knows, in Record.extra
_JOURNAL_TAGS = ("JF", "JO", "JA", "J1", "J2")

# ------------------------------------------------------------------------------------------------ reading


def read(source_text: str, source: str, options: ReadOptions) -> Iterator[Record | Problem]:
    """Every record, and a Problem for whatever is not as it should be. Never raises.

    `Origin.format` names the program or database that wrote the record where it can be told ("ris:scopus").
    """
    for entry in syntax.entries(source_text):
        if isinstance(entry, syntax.Stray):
            yield _outside(entry, source)
            continue
        reading = _Reading(entry, source, options)
        record = reading.record()
        yield from reading.problems
        yield record


def _outside(stray: syntax.Stray, source: str) -> Problem:
    lines = stray.raw.count("\n") + 1
    message = f"{lines} line{'s' * (lines > 1)} outside of any record"
    hint = "this looks like BibTeX" if re.search(r"@\w+\s*\{", stray.raw) else ""
    return Problem(
        "ris-outside",
        message,
        "error" if hint else "note",
        source,
        stray.line,
        end_line=stray.line + lines - 1,
        raw=stray.raw[:10_000],
        hint=hint,
    )


class _Reading:
    """One record on its way: `fields` holds what is not taken yet."""

    def __init__(self, entry: syntax.Entry, source: str, options: ReadOptions) -> None:
        self.entry = entry
        self.source = source
        self.default = options.type or "document"
        self.problems: list[Problem] = []
        self.texts: dict[str, str] = {}
        self.names: dict[str, tuple[Name, ...]] = {}
        self.dates: dict[str, Date] = {}
        self.cut: list[str] = []
        self.keywords: tuple[str, ...] = ()
        self.fields = entry.fields

    def record(self) -> Record:
        """The Record; what was wrong is in `problems`."""
        producer = self._producer()
        if producer == "procite":
            self._open_labels()
        theirs, ours = self._type()
        if not self.entry.complete:
            self.warn("ris-no-end", "the record has no ER line", "ER")
        key = self._take_key()
        self._apply(_plan(theirs, ours))
        return Record(
            type=ours,
            key=key,
            texts=self.texts,
            names=self.names,
            dates=self.dates,
            cut=tuple(self.cut),
            keywords=self.keywords,
            extra=self._left(producer),
            origins=(self._origin(producer),),
        )

    def _left(self, producer: str) -> dict[str, Any]:
        """What has no variable, by tag."""
        for label in LABELS & self.fields.keys() if producer == "procite" else ():
            self.fields.setdefault("N1", []).extend(f"{label}: {value}" for value in self.fields.pop(label))
        return {f"{PREFIX}{tag}": values for tag, values in self.fields.items() if values}

    def _origin(self, producer: str) -> Origin:
        entry = self.entry
        return Origin(self.source, f"ris:{producer}" if producer else "ris", entry.line, entry.end_line, entry.raw)

    def warn(self, code: str, message: str, field: str) -> None:
        """Keep a Problem about a tag."""
        self.problems.append(Problem(code, message, source=self.source, line=self.entry.line, field=field))

    def _producer(self) -> str:
        for tag, pattern in PRODUCERS.items():
            for value in self.fields.get(tag, ()):
                found = pattern.match(value)
                if found:
                    return (found.lastgroup or "").replace("_", "-")
        return ""

    def _open_labels(self) -> None:
        """ProCite's notes as fields of their own, and its tags as RIS has them."""
        kind = self.fields.get("TY", [""])[0]
        for (theirs, tag), meant in PROCITE_TAGS.items():
            if theirs == kind and tag in self.fields:
                self.fields.setdefault(meant, []).extend(self.fields.pop(tag))
        notes = self.fields.pop("N1", [])
        for note in notes:
            label, colon, value = note.partition(": ")
            known = "ID" if label in KEY_LABELS else label if label in LABELS else ""
            self.fields.setdefault(known or "N1", []).append(value if known and colon else note)

    def _take_key(self) -> str:
        given = self.fields.get("ID", [])
        return given.pop(0) if given else ""

    # ---------------------------------------------------------------- type

    def _type(self) -> tuple[str, str]:
        """Their type and ours."""
        given = self.fields.pop("TY", [])
        if len(given) > 1:
            self.fields["TY"] = given[1:]
        if not given:
            self.warn("ris-no-type", f"the record has no type; taken as {self.default}", "TY")
            return "", self.default
        theirs = given[0].strip().upper()
        rule = TABLE.type_in(theirs) or TABLE.type_in(theirs[:4])
        if rule is None:
            self.warn("ris-type", f"{given[0]!r} is no reference type; taken as {self.default}", "TY")
            self.fields.setdefault("TY", []).insert(0, given[0])
            return "", self.default
        if rule.theirs != theirs:
            self.warn("ris-type", f"{given[0]!r} is no reference type; taken as {rule.theirs}", "TY")
        return rule.theirs, self._marked(rule.theirs) or (self._generic() if rule.theirs == "GEN" else rule.ours)

    def _marked(self, theirs: str) -> str:
        """The CSL type that an M3 says, as our writer puts it."""
        for place, value in enumerate(self.fields.get("M3", ())):
            if (theirs, value) in MARKS:
                del self.fields["M3"][place]
                if not self.fields["M3"]:
                    del self.fields["M3"]
                return MARKS[theirs, value]
        return ""

    def _generic(self) -> str:
        """What a reference of type GEN is."""
        if any(text.arxiv_id(value) for value in self.fields.get("DO", ())):
            return "article"
        return "article-journal" if any(tag in self.fields for tag in ("JF", "JO", "T2")) else "document"

    # ---------------------------------------------------------------- fields

    def _apply(self, plan: _Plan) -> None:
        """The values of each tag by its rules, in the order of the table: each rule takes what it can use."""
        fields = self.fields
        for tag, uses in plan:
            if tag in fields:
                values = fields[tag]
                for reader, variable in uses:
                    if values:
                        values = reader(self, variable, values)
                fields[tag] = values

    def text(self, variable: str, values: list[str]) -> list[str]:
        """The first value, where the variable is free; a value that is there already says nothing new."""
        first = self.texts.setdefault(variable, values[0])
        return [] if values == [first] else [value for value in values if value != first]

    def note(self, variable: str, values: list[str]) -> list[str]:
        """All values, one to a line."""
        before = self.texts.get(variable)
        self.texts[variable] = "\n".join([before, *values] if before else values)
        return []

    def abstract(self, variable: str, values: list[str]) -> list[str]:
        """All values of one tag; where a second tag says the same again, it is not needed."""
        before = self.texts.get(variable)
        if before is None:
            return self.note(variable, values)
        return [value for value in values if value != before]

    def page(self, variable: str, values: list[str]) -> list[str]:
        """First and last page; SP may hold both."""
        if variable in self.texts:
            return values
        first, ends = values[0], self.fields.get("EP", [])
        self.texts[variable] = first
        if ends and not forms.RANGE.search(first):
            self.texts[variable] = first if ends[0] == first else f"{first}-{ends[0]}"
            ends.pop(0)
        elif ends and first.endswith(ends[0]):
            ends.pop(0)
        return values[1:]

    def people(self, variable: str, values: list[str]) -> list[str]:
        """All names; "et al." at the end is no person."""
        if variable in self.names:
            known = set(self.names[variable])
            return [value for value in values if not known.issuperset(forms.people(value))]
        people = [name for value in values for name in forms.people(value)]
        if any(name.literal for name in people):
            people = forms.with_initials(people)
        if people and names.is_others(people[-1]):
            people.pop()
            self.cut.append(variable)
        if people:
            self.names[variable] = tuple(people)
        return []

    def date(self, variable: str, values: list[str]) -> list[str]:
        """The fullest of the dates that agree; where they do not, the one in the tag that comes first in the table."""
        left = []
        for value in values:
            parsed, known = forms.read_date(value), self.dates.get(variable)
            if known is not None and known.year and not parsed.start:
                parsed = dates.parse_text(f"{value} {known.year}")  # `DA  - JUN 13` beside `PY  - 2019`
            if not value.strip("0/- "):  # 0000: no year
                left.append(value)
            elif known is None or forms.refines(parsed, known):
                self.dates[variable] = parsed
            elif not forms.refines(known, parsed):
                left.append(value)
        return left

    def parsed(self, variable: str, values: list[str]) -> list[str]:
        """A date where it is one, in a tag that is for something else in other places."""
        return self.date(variable, values) if forms.read_date(values[0]).start else values

    def count(self, variable: str, values: list[str]) -> list[str]:
        """How many pages a book has; with a last page beside it, it is the first one."""
        return self.page("page", values) if self.fields.get("EP") else self.text(variable, values)

    def serial(self, variable: str, values: list[str]) -> list[str]:
        """ISSN or ISBN, by what the number is; where that does not tell, the first rule for the type has it."""
        fitting = [value for value in values if forms.serial(value, strict=variable == "number") in (variable, "")]
        if fitting:
            before = self.texts.get(variable)
            numbers = dict.fromkeys(
                (*([before] if before else ()), *(forms.number(value, variable) for value in fitting))
            )
            self.texts[variable] = ", ".join(numbers)
        return [value for value in values if value not in fitting]

    def doi(self, variable: str, values: list[str]) -> list[str]:
        """A DOI without what is before it."""
        return self.text(variable, [forms.doi(value) for value in values])

    def link(self, variable: str, values: list[str]) -> list[str]:
        """A DOI, in a tag that is for other links too."""
        known = self.texts.get(variable)
        found = text.doi(values[0])
        return self.doi(variable, values) if found and known in (None, found) else values

    def url(self, variable: str, values: list[str]) -> list[str]:
        """The first URL; the others stay with their tag."""
        links = [link for value in values for link in value.split("\n")]
        return self.text(variable, links)

    def keyword(self, _variable: str, values: list[str]) -> list[str]:
        """Keywords: one to a tag, or between semicolons or line ends."""
        words = dict.fromkeys(self.keywords)
        for value in values:
            if ";" in value or "\n" in value:
                words.update(dict.fromkeys(word.strip() for word in re.split(r"[;\n]", value)))
            else:
                words[value] = None
        words.pop("", None)
        self.keywords = tuple(words)
        return []

    def genre(self, variable: str, values: list[str]) -> list[str]:
        """The kind of work; EndNote has had DOIs here."""
        found = text.doi(values[0])
        if found:
            self.texts.setdefault("DOI", found)
            return values[1:] if self.texts["DOI"] == found else values
        return values if values[0].casefold() in GENERIC else self.text(variable, values)

    def journal(self, variable: str, values: list[str]) -> list[str]:
        """A journal's short name, which is its only name where there is no other."""
        full = self.texts.get("container-title")
        if full is None:
            self.texts["container-title"] = values[0]
            return values[1:]
        return self.text(variable, [value for value in values if value != full] or [full])


_Reader = Callable[[_Reading, str, list[str]], list[str]]  # the variable, the values -> the values that it cannot use
_Plan = tuple[tuple[str, tuple[tuple[_Reader, str], ...]], ...]  # tag -> functions with their variables
_READERS: dict[str, _Reader] = {
    "text": _Reading.text,
    "names": _Reading.people,
    "date": _Reading.date,
    "parsed": _Reading.parsed,
    "page": _Reading.page,
    "count": _Reading.count,
    "serial": _Reading.serial,
    "doi": _Reading.doi,
    "link": _Reading.link,
    "url": _Reading.url,
    "keywords": _Reading.keyword,
    "abstract": _Reading.abstract,
    "note": _Reading.note,
    "genre": _Reading.genre,
    "journal": _Reading.journal,
}


@cache
def _plan(theirs: str, ours: str) -> _Plan:
    """The table's rules for a pair of types, each with the function for its kind."""
    rules = TABLE.reading(theirs, ours)
    return tuple((tag, tuple((_READERS[rule.kind], rule.ours) for rule in listed)) for tag, listed in rules.items())


# ------------------------------------------------------------------------------------------------ writing


def write(records: Iterable[Record], options: WriteOptions) -> Iterator[str | Problem]:
    """Each record as Zotero writes it, and a Problem for each of its values that does not come back when it is read.

    `TY` is first and `ER  - ` last, with an empty line after it. One line for each name and keyword; a date is in `DA`
    with its three numbers, its year in `PY` too; a note has an `N1` for each of its lines.
    """
    for record in records:
        written = _Writing(record).text()
        yield from _lost(record, written, options)
        yield written


def _lost(record: Record, written: str, _options: WriteOptions) -> Iterator[Problem]:
    """What reading the text gives otherwise than it was."""
    found = next(iter(syntax.entries(written)))
    if not isinstance(found, syntax.Entry):
        return
    after = _Reading(found, "", ReadOptions()).record()
    source, line = record.place()
    for variable, value, instead in losses(record, after):
        if variable == "cut":
            message = f"RIS cannot say that there are more people than the listed {value}s"
        elif instead is None:
            message = f"RIS has no place for {variable} in a record of type {record.type}: {_shown(value)}"
        else:
            message = f"{variable} comes back from RIS as {_shown(instead)}, not as {_shown(value)}"
        yield Problem("ris-lost", message, source=source, line=line, key=record.key, field=variable)


def _shown(value: Any) -> str:
    if isinstance(value, Date):
        value = value.literal or dates.format_edtf(value)
    elif isinstance(value, tuple):
        value = "; ".join(names.format_sorted(one) if isinstance(one, Name) else one for one in value)
    shown = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return repr(shown if len(shown) <= 60 else f"{shown[:57]}...")


class _Writing:
    """One Record on its way: the lines so far, and which variables and tags are done."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.lines: list[tuple[str, str]] = []
        self.used: set[str] = set()

    def text(self) -> str:
        """The record as text."""
        record = self.record
        theirs = self._type()
        done: set[str] = set()
        for rule in TABLE.rules(theirs, record.type):
            if rule.ours not in done and (rule.theirs not in self.used or rule.kind == "serial"):
                values = self._values(rule)
                if values:
                    done.add(rule.ours)
                    self.put(rule.theirs, values)
        self._marker()
        self._extra()
        if record.key:
            self.lines.append(("ID", record.key))
        head = syntax.line("TY", self._given_type() or theirs)
        body = "".join(syntax.line(tag, syntax.fitted(tag, value)) for tag, value in self.lines)
        return f"{head}{body}ER  - \n\n"

    def put(self, tag: str, values: list[str]) -> None:
        """Lines with this tag."""
        self.used.add(tag)
        self.lines += [(tag, value) for value in values if value.strip()]

    def _type(self) -> str:
        rule = TABLE.type_out(self.record.type)
        return rule.theirs if rule else "GEN"

    def _given_type(self) -> str:
        """A type that RIS does not have but the record was read with."""
        given = self.record.extra.get(f"{PREFIX}TY")
        return given[0] if isinstance(given, list) and given and self.record.type == "document" else ""

    def _marker(self) -> None:
        if self.record.type in MARKED:
            self.put("M3", [MARKED[self.record.type]])

    def _extra(self) -> None:
        for name, values in self.record.extra.items():
            tag = name.removeprefix(PREFIX)
            if name.startswith(PREFIX) and len(tag) == 2 and tag != "TY" and isinstance(values, list):
                self.lines += [(tag, value) for value in values if isinstance(value, str)]

    def _values(self, rule: FieldRule) -> list[str]:
        """What is written for a variable by a rule of this kind."""
        record, variable = self.record, rule.ours
        if rule.kind == "names":
            people = record.names.get(variable, ())
            return [names.format_sorted(name) for name in people if name != people[-1] or not names.is_others(name)]
        if rule.kind == "date":
            return self._date(rule.theirs, record.dates.get(variable))
        if variable == KEYWORD:
            return list(record.keywords)
        value = record.texts.get(variable, "")
        if rule.kind == "note":
            return value.split("\n")
        if rule.kind == "page":
            return self._pages(value)
        return [value] if value else []

    def _date(self, tag: str, date: Date | None) -> list[str]:
        if date is None:
            return []
        if tag == "DA" and date.start and date.start[0] > 0:
            self.lines.append(("DA", forms.write_date(date)))
            self.lines.append(("PY", f"{date.start[0]:04}"))
            self.used.add("DA")
            return [""]
        return [forms.write_date(date)]

    def _pages(self, value: str) -> list[str]:
        span = forms.SPAN.fullmatch(value)
        if not span:
            return [value]
        self.lines += [("SP", span[1]), ("EP", span[2])]
        return [""]


# ------------------------------------------------------------------------------------------------ detection

_FIRST = re.compile(r"^[ \t\ufeff]*(?:TY[ \t]{0,4}-|ty  - )[ \t]*\w", re.MULTILINE)
_ANY = re.compile(r"^[ \t\ufeff]*[A-Z][A-Z0-9] {1,2}- ", re.MULTILINE)


def detect(source_text: str) -> float:
    """Lines that begin with `TY  -` and others with a tag."""
    if not _FIRST.search(source_text.replace("\r", "\n")):
        return 0.0
    return 0.95 if len(_ANY.findall(source_text[:20_000])) > 1 else 0.7


FORMAT = Format(
    name="ris",
    title="RIS (Reference Manager, EndNote, Zotero, databases)",
    suffixes=(".ris",),
    read=read,
    write=write,
    detect=detect,
)
