"""RIS records as they stand in their file: a field is a line with its tag, and the lines that go on with it.

What a tag means for the type of the record is in `ris_tables`. Every new line is read before it is handed out as an
edit, so that what cannot stand behind a tag is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property

from bibkit.edits import Edit, trimmed
from bibkit.formats import ReadOptions
from bibkit.formats import ris_syntax as syntax
from bibkit.formats import ris_values as forms
from bibkit.formats.ris_read import PREFIX, read
from bibkit.formats.ris_tables import KEY_LABELS, KNOWN_TAGS, LABELS, PROCITE_TAGS, TABLE
from bibkit.lines import Lines
from bibkit.problems import Problem
from bibkit.record import Record
from bibkit.written import Written

_TAG = re.compile(r"[A-Z][A-Z0-9]")
_BREAK = re.compile(r"\r\n?|\n")
MOST = 1000  # lines of one tag that are fields; the names of more would be longer than the file
_FIXED = frozenset({"TY", "ER"})  # tags that are no fields


def written(text: str, source: str, options: ReadOptions) -> Iterator[Written | Problem]:
    """Every record of a file as it stands, in order, and the Problems of `read`."""
    file = _File(text)
    for item in read(text, source, options):
        yield item if isinstance(item, Problem) else RisWritten(item, file)


@cache
def _name(tag: str, before: int) -> str:
    return tag + "+" * before if before < MOST else ""


def _names(tags: list[str]) -> Iterator[str]:
    """The names of fields with these tags; none for those that are too many."""
    if len(set(tags)) == len(tags):
        yield from tags
        return
    counts = dict.fromkeys(tags, 0)
    for tag in tags:
        yield _name(tag, counts[tag])
        counts[tag] += 1


def _plain_fields(raw: str) -> dict[str, str] | None:
    """The fields of a record of nothing but usual lines, which nearly all are; else None."""
    tags, values = [], []
    for line in raw.split("\n"):
        tag, mark, value = line.partition("  -")
        if not mark or tag not in KNOWN_TAGS:
            return None
        if tag not in _FIXED and (value := value.strip()):
            tags.append(tag)
            values.append(value)
    found = dict(zip(_names(tags), values, strict=True))
    found.pop("", None)
    return found


class _File:
    """A text, and what its records share; found when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = Lines(text)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """How its lines begin."""
        return syntax.line_pattern(syntax.plain_breaks(self.text))


class RisWritten(Written):
    """A record of a RIS file.

    The second line of a tag is the field `AU+`, the third `AU++`, up to `MOST` lines of a tag; no field
    is empty.
    """

    __slots__ = ("_fields", "_named", "_rows", "file")

    editable = True

    def __init__(self, record: Record, file: _File) -> None:
        self.record = record
        self.text = file.text
        self.file = file
        self._rows: list[syntax.Tagged] | None = None  # nothing is located before it is asked for
        self._named: dict[str, syntax.Tagged] | None = None
        self._fields: dict[str, str] | None = None

    # ---------------------------------------------------------------- places

    @property
    def start(self) -> int:
        """Where its first tag is."""
        start, end = self._line(0)
        return end - len(self.text[start:end].lstrip("\ufeff \t"))

    @property
    def end(self) -> int:
        """Where its last line ends."""
        origin = self.record.origins[0]
        return self.file.lines.span(origin.line, origin.end_line)[1]

    @property
    def type(self) -> str:
        """What its `TY` says."""
        raw = self.record.origins[0].raw
        if raw.startswith("TY  - ") and (found := raw[6 : raw.find("\n")].strip()) and "\n" in raw:
            return found
        return next((row.value for row in self.rows if row.tag == "TY"), "") or self.record.type

    @property
    def rows(self) -> list[syntax.Tagged]:
        """All its tags, those without a value too."""
        if self._rows is None:
            self._rows = syntax.tagged(self.record.origins[0].raw, self.file.pattern)
        return self._rows

    @property
    def named(self) -> dict[str, syntax.Tagged]:
        """Its fields by name."""
        if self._named is None:
            values = [row for row in self.rows if row.value and row.tag not in _FIXED]
            names = _names([row.tag for row in values])
            self._named = {name: row for name, row in zip(names, values, strict=True) if name}
        return self._named

    @property
    def fields(self) -> Mapping[str, str]:
        """The values by tag."""
        if self._fields is None:
            plain = _plain_fields(self.record.origins[0].raw)
            self._fields = plain if plain is not None else {name: row.value for name, row in self.named.items()}
        return self._fields

    def _row(self, field: str) -> syntax.Tagged | None:
        return next((row for row in self.rows if row.tag == "TY"), None) if field == "TY" else self.named.get(field)

    def _line(self, number: int, last: int = 0) -> tuple[int, int]:
        """The places of lines by their numbers within the record."""
        first = self.record.origins[0].line
        return self.file.lines.span(first + number, first + last)

    def _value(self, row: syntax.Tagged) -> tuple[int, int]:
        start, end = self._line(row.first, row.last)
        value = self.text[self.text.index("-", start, end) + 1 : end]
        stripped = value.strip()
        first = end - len(value.lstrip())
        return first, first + len(stripped)

    def span(self, field: str) -> tuple[int, int]:
        """The value; one that goes on on the next lines, to its end."""
        row = self._row(field)
        return self._value(row) if row else (self.start, self.start)

    def name_span(self, field: str) -> tuple[int, int]:
        """The two letters of the tag."""
        row = self._row(field)
        return self._letters(row) if row else (self.start, self.start)

    def _letters(self, row: syntax.Tagged) -> tuple[int, int]:
        start, end = self._line(row.first)
        name_end = start + len(self.text[start : self.text.index("-", start, end)].rstrip())
        return name_end - 2, name_end

    # ---------------------------------------------------------------- fields and variables

    def _theirs(self) -> str:
        """Its type as the table has it."""
        kind = self.type.strip().upper()
        rule = TABLE.type_in(kind) or TABLE.type_in(kind[:4])
        return rule.theirs if rule else ""

    def _meant(self, name: str) -> str:
        """The tag, or ProCite's label, by which the table knows what is in a field."""
        tag = name.rstrip("+")
        if self.record.origins[0].format != "ris:procite":
            return tag
        if tag == "N1":
            label, colon, _ = self.fields.get(name, "").partition(": ")
            return ("ID" if label in KEY_LABELS else label if label in LABELS else "N1") if colon else "N1"
        return PROCITE_TAGS.get((self.type, tag), tag)

    def field_of(self, variable: str) -> str:
        """The field that says the variable, where the record has it: of a page range `SP`, of a date the first one."""
        if variable in self.fields:
            return variable
        if variable == "key":
            return next((name for name in self.fields if self._meant(name) == "ID"), "")
        record = self.record
        if not (variable in record.texts or variable in record.names or variable in record.dates):
            return self._holding(("KW",))[0] if variable == "keyword" and record.keywords else ""
        found = self._holding(_tags_of(self._theirs(), record.type).get(variable, ()))
        said = record.texts.get(variable, "")
        return next((name for name in found if _agree(self.fields.get(name, ""), said)), found[0])

    def _holding(self, tags: tuple[str, ...]) -> list[str]:
        """The fields with these meanings, in the order of the meanings; one that is none where there are none."""
        meant = {name: self._meant(name) for name in self.fields}
        return [name for tag in tags for name in meant if meant[name] == tag] or [""]

    def variables_of(self, field: str) -> tuple[str, ...]:
        """All variables that the field may change, and `ris:XX` for what is only carried along, of other tags too."""
        tag = self._meant(field)
        tags = _tags_of(self._theirs(), self.record.type)
        found = [variable for variable, listed in tags.items() if tag in listed]
        beside = {self._meant(name) for name in self.fields}
        carried = [f"{PREFIX}{other}" for variable in found for other in tags[variable] if other in beside]
        kind = ["type"] if tag == "M3" or self._theirs() == "GEN" else []
        key = ["key"] if tag == "ID" else []
        return (*dict.fromkeys([*found, *key, *kind, f"{PREFIX}{tag}", *carried]),)

    # ---------------------------------------------------------------- edits

    def put(self, field: str, new: str) -> list[Edit]:
        """Replace a value, or add a line in the style of the others: behind those of its tag, or as the last one.

        Nothing is done to what is no tag: the pages are `SP` and `EP`, and a range is not written into one of them.
        """
        row = self._row(field)
        if not new or self._is_whole_range(field, new):
            return []
        if row is None:
            return self._added(field, new)
        start, end = self._value(row)
        if row.value == new:
            return [(end, end, "")]
        line = self._line(row.first)[0]
        blank = "" if self.text[start - 1] != "-" or row.value else " "
        if not self._is_read(self.text[line:start] + blank + new, row.tag, new):
            return []
        return [trimmed(start, end, self.text[start:end], blank + new.replace("\n", self._newline()))]

    def _is_whole_range(self, field: str, new: str) -> bool:
        fields = self.fields
        if field == "SP" and "EP" in fields:
            return bool(forms.RANGE.search(new)) and not forms.RANGE.search(fields.get("SP", ""))
        return field == "EP" and bool(forms.RANGE.search(new))

    def _added(self, field: str, new: str) -> list[Edit]:
        tag = field.rstrip("+")
        same = [row for row in self.named.values() if row.tag == tag]
        rows = self.rows
        if not rows or len(field) - len(tag) != len(same) or not _TAG.fullmatch(tag) or tag in _FIXED:
            return []
        model = (same or [row for row in rows if row.value] or rows)[-1]
        before = self._as(tag, model)
        if not self._is_read(before + new, tag, new):
            return []
        place = self._line(0, (same or rows)[-1].last)[1]
        newline = self._newline()
        return [(place, place, newline + before + new.replace("\n", newline))]

    def _as(self, tag: str, model: syntax.Tagged) -> str:
        """The beginning of a line with this tag that looks like another one."""
        line, start, (name, name_end) = self._line(model.first)[0], self._value(model)[0], self._letters(model)
        written = tag.lower() if self.text[name:name_end].islower() else tag
        return self.text[line:name].lstrip("\ufeff") + written + self.text[name_end:start]

    def _is_read(self, lines: str, tag: str, value: str) -> bool:
        """Whether these lines are one field with this value."""
        found = syntax.tagged(syntax.plain_breaks(lines), self.file.pattern)
        return len(found) == 1 and (found[0].tag, found[0].value) == (tag, value)

    def _newline(self) -> str:
        """How lines end in this record."""
        found = _BREAK.match(self.text, self._line(0)[1]) or _BREAK.search(self.text)
        return found[0] if found else "\n"

    def drop(self, field: str) -> list[Edit]:
        """Take the line, or lines, away; not the only one that a record has."""
        row = self.named.get(field)
        if row is None or len(self.rows) < 2:
            return []
        start, end = self._line(row.first)[0], self._line(0, row.last)[1]
        start += self.text.startswith("\ufeff", start)
        after = _BREAK.match(self.text, end)
        return [(start, after.end(), "")] if after else [(self._line(0, row.first - 1)[1], end, "")]

    def rename(self, field: str, new: str) -> list[Edit]:
        """Another tag, unless the record has it or would read the value otherwise."""
        row = self.named.get(field)
        if row is None or new in self.named or not _TAG.fullmatch(new) or new in _FIXED:
            return []
        start, end = self._letters(row)
        written = new.lower() if self.text[start:end].islower() else new
        line, stop = self._line(row.first, row.last)
        changed = self.text[line:start] + written + self.text[end:stop]
        return [(start, end, written)] if self._is_read(changed, new, row.value) else []

    def retype(self, kind: str) -> list[Edit]:
        """Another `TY`; a record without one gets none."""
        return self.put("TY", kind) if self._row("TY") else []


def _agree(one: str, other: str) -> bool:
    """Whether one of two texts is in the other, or one of its numbers."""
    return bool(one and other) and (one in other or any(part in one for part in other.split(", ")))


# Variables beside those of the rules: what is read from several tags, or found among other things.
_BESIDE: Mapping[str, tuple[str, ...]] = {
    "SP": ("page", "number-of-pages"),
    "EP": ("page", "number-of-pages"),
    "M3": ("DOI",),
    **dict.fromkeys(("JO", "J1", "JA", "J2"), ("container-title",)),
    **dict.fromkeys(("JF", "T2", "BT", "C3"), ("container-title-short",)),  # without it, JO is the title
}


@cache
def _tags_of(theirs: str, ours: str) -> Mapping[str, tuple[str, ...]]:
    """The tags that each variable is read from, in the order of the table, what is a tag's first meaning before."""
    found: dict[str, list[str]] = {}
    rules = TABLE.reading(theirs, ours)
    for first in (True, False):
        for tag, listed in rules.items():
            for rule in listed[:1] if first else listed[1:]:
                found.setdefault(rule.ours, []).append(tag)
    for tag, variables in _BESIDE.items():
        for variable in variables:
            found.setdefault(variable, []).append(tag)
    return {variable: tuple(dict.fromkeys(tags)) for variable, tags in found.items()}
