"""BibTeX entries as they stand in their file: fields with their places, and changes that touch nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial

from bibkit import latex
from bibkit.edits import Edit, trimmed
from bibkit.fieldmap import Table
from bibkit.formats import ReadOptions
from bibkit.formats import bibtex_edit as edit
from bibkit.formats import bibtex_read as reader
from bibkit.formats import bibtex_syntax as syntax
from bibkit.formats.bibtex_dialect import ENTRY_TYPE, Dialect
from bibkit.formats.bibtex_tables import DATE_FIELDS, ROLE_FIELDS, SUBTITLES
from bibkit.formats.bibtex_values import TEXT_KINDS
from bibkit.problems import Problem
from bibkit.record import NAME_VARIABLES, Record
from bibkit.written import Written


def written(text: str, source: str, _options: ReadOptions, dialect: Dialect) -> Iterator[Written | Problem]:
    """Every entry of a file as it stands, in order, and the Problems of `read`."""
    document = syntax.parse(text, source)
    for item in reader.written(document, dialect):
        yield item if isinstance(item, Problem) else BibtexWritten(document, dialect, *item)


class BibtexWritten(Written):
    """An entry of a BibTeX file. A repeated field is `name+`; the fields of its parents are not among its own."""

    __slots__ = ("_own", "_whole", "block", "dialect", "document")

    editable = True

    def __init__(self, document: syntax.Document, dialect: Dialect, entry: reader.Entry, record: Record) -> None:
        super().__init__(record, document.text, entry.block.start, entry.block.end, entry.type)
        self.block = entry.block
        self.dialect = dialect
        self.document = document
        self._own = entry.own
        self._whole = entry.fields

    @property
    def fields(self) -> Mapping[str, str]:
        """Its own fields by name in lower case: text without delimiters, parts joined, macros replaced."""
        return self._own

    @property
    def whole(self) -> Mapping[str, str]:
        """Its own fields and those of its parents, under the names that they have here; subtitles are in titles."""
        return self._whole

    def field_of(self, variable: str) -> str:
        """The first of its own fields that the variable is read from."""
        if variable in self._own:
            return variable
        fields = _fields_of(self.dialect.table, self.type, self.record.type).get(variable, ())
        return next((name for name in fields if name in self._own), "")

    def variables_of(self, field: str) -> tuple[str, ...]:
        """All variables that the field may change; `bibtex:field` for what is only carried along."""
        table = self.dialect.table
        rules = table.reading(self.type, self.record.type).get(field.rstrip("+"), ())
        return (*dict.fromkeys([*[rule.ours for rule in rules], *_READ_BESIDE.get(field, ()), f"bibtex:{field}"]),)

    def variables_if(self, kind: str) -> tuple[str, ...]:
        """All that its fields mean as this type and as the present one: `number` is an issue in articles only."""
        ours = reader.type_of(kind, self._whole, self.dialect)
        rules = self.dialect.table.reading(kind, ours)
        there = [rule.ours for name in self._whole for rule in rules.get(name, ())]
        here = [variable for name in self._whole for variable in self.variables_of(name)]
        return (*dict.fromkeys(("type", "genre", ENTRY_TYPE, *here, *there)),)

    @property
    def parents(self) -> tuple[str, ...]:
        """The keys in `crossref` and `xdata`."""
        if self._own.keys().isdisjoint(reader.CRUMBS):
            return ()
        return tuple(
            key.strip() for crumb in reader.CRUMBS for key in self._own.get(crumb, "").split(",") if key.strip()
        )

    def is_bare(self, field: str) -> bool:
        """Whether the value has a part that is a macro or a number."""
        name = field.rstrip("+")
        raw = next((raw for each, raw in self.block.pairs if each.lower() == name), "")
        return raw[:1] not in ("{", '"') or ("#" in raw and len(syntax.parts(raw)) > 1)

    def _field(self, field: str) -> syntax.Field | None:
        name, repeated = field.rstrip("+"), len(field) - len(field.rstrip("+"))
        same = [each for each in syntax.fields(self.text, self.block) if each.name.lower() == name]
        return same[repeated] if repeated < len(same) else None

    def span(self, field: str) -> tuple[int, int]:
        """The text between the delimiters; of a value of several parts, or of a macro, all of it."""
        found = self._field(field)
        if found is None:
            return self.start, self.start
        parts = found.parts
        delimited = len(parts) == 1 and parts[0].kind != "bare" and len(parts[0].text) == len(found.raw) - 2
        return found.value_start + delimited, found.value_end - delimited

    def name_span(self, field: str) -> tuple[int, int]:
        """The name of the field."""
        found = self._field(field)
        return (found.start, found.name_end) if found else (self.start, self.start)

    def encoded(self, variable: str, value: str) -> str:
        """The value in LaTeX, by the kind of the field that the variable stands in or would be written to."""
        rules = self.dialect.table.writing(self.type, self.record.type).get(variable, ())
        kind = TEXT_KINDS.get(rules[0].kind) if rules else None
        if kind is None:
            return value
        protect = rules[0].kind == "title"
        return kind.encode(value, partial(latex.encode, target=self.dialect.latex, protect=protect, foreign="keep"))

    def put(self, field: str, new: str) -> list[Edit]:
        """Only what differs is touched. Nothing is done to values with macros, nor to unequal braces or quotes.

        The name of a month's macro becomes this macro.
        """
        if edit.balanced(new) != new:
            return []
        found = self._field(field)
        if field == "month" and new in syntax.MONTHS:
            return self._put_macro(found, new)
        if found is None:
            return edit.add_field(self.text, self.block, field, new)
        if not self.is_plain(field):
            return []
        start, end = self.span(field)
        if self._own[field] == new:  # a macro that stands for its own name, too
            return [(end, end, "")]
        if found.raw[0] == "{":
            return [trimmed(start, end, self._own[field], new)]
        return [edit.set_value(found, new, syntax.fields(self.text, self.block))]

    def _put_macro(self, found: syntax.Field | None, macro: str) -> list[Edit]:
        if found is not None:
            return [(found.value_start, found.value_end, macro)]
        made = edit.add_field(self.text, self.block, "month", macro)
        return [(start, end, new[: new.rindex(macro) - 1] + macro) for start, end, new in made]

    def drop(self, field: str) -> list[Edit]:
        """Take the field away with its comma; not one whose name stands twice."""
        name = field.rstrip("+")
        return [] if f"{name}+" in self._own else edit.remove_field(self.text, self.block, name)

    def rename(self, field: str, new: str) -> list[Edit]:
        """Another name for the field, unless the entry has one of that name."""
        start, end = self.name_span(field)
        return [] if new in self._own or start == end else [(start, end, _cased(self.text[start:end], new))]

    def retype(self, kind: str) -> list[Edit]:
        """Another entry type."""
        return edit.set_type(self.text, self.block, _cased(self.block.type, kind))


def _cased(old: str, new: str) -> str:
    """The new word in the case of the old one."""
    for case in (str.upper, str.title):
        if old == case(old) and old != old.lower():
            return case(new)
    return new


# Variables beside those of the rules: what is read from several fields together.
_READ_BESIDE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(DATE_FIELDS, ("issued",)),
    **dict.fromkeys(SUBTITLES, ("title", "container-title", "volume-title")),
    **dict.fromkeys(
        ("editor", "editortype", *ROLE_FIELDS, *[f"{name}type" for name in ROLE_FIELDS]), tuple(sorted(NAME_VARIABLES))
    ),
    "ids": ("aliases",),
}


@cache
def _fields_of(table: Table, their_type: str, our_type: str) -> Mapping[str, tuple[str, ...]]:
    """The fields that each variable is read from, the dialect's own ones first."""
    found: dict[str, list[str]] = {"issued": ["date", "year", "month", "day"]}
    for way in ("both", "read"):
        for name, rules in table.reading(their_type, our_type).items():
            if rules[0].way == way:
                found.setdefault(rules[0].ours, []).append(name)
    return {variable: tuple(names) for variable, names in found.items()}
