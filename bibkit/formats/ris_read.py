"""RIS -> Records: what the tags of a record mean for its type, in the order of the table.

Each rule of the table names a kind, and each kind is a function that takes what it can use of the values of a tag; what
no rule takes stays in `extra["ris:XX"]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from bibkit import names, text
from bibkit.fieldmap import FieldRule, TypeRule
from bibkit.formats import ReadOptions
from bibkit.formats import ris_syntax as syntax
from bibkit.formats import ris_values as forms
from bibkit.formats.ris_tables import GENERIC, KEY_LABELS, LABELS, MARKS, PROCITE_TAGS, PRODUCERS, TABLE
from bibkit.problems import Problem
from bibkit.record import Date, Name, Origin, Record

PREFIX = "ris:"  # of what only RIS knows, in Record.extra


def read(source_text: str, source: str, options: ReadOptions) -> Iterator[Record | Problem]:
    """Every record, and a Problem for whatever is not as it should be. Never raises.

    `Origin.format` names the program or database that wrote the record where it can be told ("ris:scopus").
    """
    for entry in syntax.entries(source_text):
        if isinstance(entry, syntax.Stray):
            yield _outside(entry, source)
            continue
        reading = _Reading(entry, source, options.type or "document")
        record = reading.record()
        if reading.problems:
            yield from reading.problems
        yield record


def from_entry(entry: syntax.Entry) -> Record:
    """The Record of lines that our own writer made."""
    return _Reading(entry, "", "document").record()


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


def _producer(tag: str, value: str) -> str:
    found = PRODUCERS[tag].match(value)
    return (found.lastgroup or "").replace("_", "-") if found else ""


@lru_cache(maxsize=1 << 10)
def _site_producer(*start: str) -> str:
    """Whose site a URL is on, by the parts up to its first folder: there are far fewer of them than URLs."""
    return _producer("UR", "/".join(start) + "/")


class _Reading:
    """One record on its way: `fields` holds what is not taken yet."""

    __slots__ = ("cut", "dates", "default", "entry", "fields", "keywords", "names", "problems", "source", "texts")

    def __init__(self, entry: syntax.Entry, source: str, default: str) -> None:
        self.entry = entry
        self.fields = entry.fields
        self.source = source
        self.default = default  # the type of a record without one
        self.problems: list[Problem] = []
        self.texts: dict[str, str] = {}
        self.names: dict[str, tuple[Name, ...]] = {}
        self.dates: dict[str, Date] = {}
        self.cut: list[str] = []
        self.keywords: tuple[str, ...] = ()

    def record(self) -> Record:
        """The Record; what was wrong is in `problems`."""
        producer = self._producer()
        if producer == "procite":
            self._open_labels()
        theirs, ours = self._type()
        if not self.entry.complete:
            self.warn("ris-no-end", "the record has no ER line", "ER")
        key = self._take_key()
        self._apply(_plan(theirs, ours, tuple(self.fields)))
        extra = self._left(producer) if self.fields else {}
        values = (self.texts, self.names, self.dates, tuple(self.cut), self.keywords, extra)
        return Record(ours, key, *values, origins=(self._origin(producer),))

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
        fields = self.fields
        for tag in PRODUCERS:
            if tag in fields:
                for value in fields[tag]:
                    found = _site_producer(*value.split("/", 4)[:4]) if tag == "UR" else _producer(tag, value)
                    if found:
                        return found
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
        given = self.fields.pop("ID", [])
        if len(given) > 1:
            self.fields["ID"] = given[1:]
        return given[0] if given else ""

    # ---------------------------------------------------------------- type

    def _type(self) -> tuple[str, str]:
        """Their type and ours."""
        given = self.fields.pop("TY", [])
        rule = TABLE.type_in(given[0]) if len(given) == 1 else None
        if rule is None:
            rule = self._odd_type(given)
        if rule is None:
            return "", self.default
        theirs = rule.theirs
        marked = self._marked(theirs) if "M3" in self.fields else ""
        return theirs, marked or (self._generic() if theirs == "GEN" else rule.ours)

    def _odd_type(self, given: list[str]) -> TypeRule | None:
        """The rule for what is not just the name of a type."""
        if not given:
            self.warn("ris-no-type", f"the record has no type; taken as {self.default}", "TY")
            return None
        theirs = given[0].strip().upper()
        rule = TABLE.type_in(theirs) or TABLE.type_in(theirs[:4])
        if rule is None or rule.theirs != theirs:
            taken = rule.theirs if rule else self.default
            self.warn("ris-type", f"{given[0]!r} is no reference type; taken as {taken}", "TY")
        if left := given if rule is None else given[1:]:
            self.fields["TY"] = left
        return rule

    def _marked(self, theirs: str) -> str:
        """The CSL type that an M3 says, as our writer puts it."""
        for place, value in enumerate(self.fields["M3"]):
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
        fields, texts = self.fields, self.texts
        for tag, form, reader, variable, others in plan:
            values = fields[tag]
            if form and variable not in texts and len(values) == 1:  # what `text` does, most often
                texts[variable] = form(values[0])
                del fields[tag]
            elif left := reader(self, variable, values):
                self._use_left(tag, left, others)
            else:
                del fields[tag]

    def _use_left(self, tag: str, left: list[str], others: tuple[FieldRule, ...]) -> None:
        """What the first rule could not use: by the other ones; the rest stays with its tag."""
        for rule in others:
            if left:
                left = _READERS[rule.kind](self, rule.ours, left)
        self.fields[tag] = left

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
        first, ends = values[0], self.fields.get("EP")
        self.texts[variable] = first
        if ends and (first.isalnum() or not forms.RANGE.search(first)):
            self.texts[variable] = first if ends[0] == first else f"{first}-{ends[0]}"
            self._pass_end(ends)
        elif ends and first.endswith(ends[0]):
            self._pass_end(ends)
        return values[1:]

    def _pass_end(self, ends: list[str]) -> None:
        """The first EP is read."""
        del ends[0]
        if not ends:
            del self.fields["EP"]

    def people(self, variable: str, values: list[str]) -> list[str]:
        """All names; "et al." at the end is no person."""
        if variable in self.names:
            known = set(self.names[variable])
            return [value for value in values if not known.issuperset(forms.people(value))]
        if plain := forms.plain_people(values):
            self.names[variable] = plain
            return []
        people = forms.all_people(values)
        if people and names.is_others(people[-1]):
            people = people[:-1]
            self.cut.append(variable)
        if people:
            self.names[variable] = people
        return []

    def date(self, variable: str, values: list[str]) -> list[str]:
        """The fullest of the dates that agree; where they do not, the one in the tag that comes first in the table."""
        left = []
        for value in values:
            date = forms.with_date(self.dates.get(variable), value)
            if date is None:
                left.append(value)
            else:
                self.dates[variable] = date
        return left

    def parsed(self, variable: str, values: list[str]) -> list[str]:
        """A date where it is one, in a tag that is for something else in other places."""
        return self.date(variable, values) if forms.read_date(values[0]).start else values

    def count(self, variable: str, values: list[str]) -> list[str]:
        """How many pages a book has; with a last page beside it, it is the first one."""
        return self.page("page", values) if "EP" in self.fields else self.text(variable, values)

    def serial(self, variable: str, values: list[str]) -> list[str]:
        """ISSN or ISBN, by what the number is; where that does not tell, the first rule for the type has it."""
        numbers, left = forms.serials(variable, *values)
        if numbers:
            before = self.texts.get(variable)
            self.texts[variable] = ", ".join(dict.fromkeys((before, *numbers))) if before else ", ".join(numbers)
        return list(left)

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
        if len(values) > 1 or "\n" in values[0]:
            values = [link for value in values for link in value.split("\n")]
        return self.text(variable, values)

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
_Step = tuple[str, Callable[[str], str] | None, _Reader, str, tuple[FieldRule, ...]]
_Plan = tuple[_Step, ...]
_FORMS: dict[str, Callable[[str], str]] = {"text": str, "doi": forms.doi}  # kinds with one value for one variable
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


@lru_cache(maxsize=1 << 10)
def _plan(theirs: str, ours: str, tags: tuple[str, ...]) -> _Plan:
    """The table's rules for a pair of types and the tags that a record has: the records of a file are much alike.

    For each tag: what turns its one value into a text, if that is all; else the function for its first rule, and for
    both the variable; then the other rules.
    """
    rules = TABLE.reading(theirs, ours)
    return tuple(_step(tag, *rules[tag]) for tag in rules if tag in tags)


def _step(tag: str, first: FieldRule, *others: FieldRule) -> _Step:
    return tag, _FORMS.get(first.kind), _READERS[first.kind], first.ours, others
