"""Records as BibTeX and BibLaTeX entries; what the dialect has no field for is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from bibkit import dates, latex, names
from bibkit.fieldmap import EXTRA, FieldRule
from bibkit.formats import WriteOptions
from bibkit.formats import bibtex_edit as edit
from bibkit.formats import bibtex_values as values
from bibkit.formats.bibtex_dialect import ENTRY_TYPE, PREFIX, Dialect
from bibkit.formats.bibtex_tables import ROLE_FIELDS, ROLES, SUBTYPES
from bibkit.problems import Problem, Severity
from bibkit.record import Date, Record

STYLE = edit.Style()  # of entries that are written anew


class _Entry:
    """One entry in the making: the fields in the order of the table, and what they cannot hold."""

    def __init__(self, record: Record, dialect: Dialect, options: WriteOptions) -> None:
        self.record = record
        self.dialect = dialect
        self.type = _entry_type(record, dialect)
        self.fields: dict[str, str] = {}
        self.problems: list[Problem] = []
        from_latex = any(origin.format.startswith("bib") for origin in record.origins)
        self.protect = options.protect and not from_latex
        self.encode = partial(
            latex.encode,
            target=options.latex or dialect.latex,
            protect=False,
            foreign="keep" if from_latex else "escape",
        )
        self.left = dict.fromkeys((*record.variables(), *(EXTRA + name for name in record.extra)))
        self._fill()

    def _fill(self) -> None:
        left = self.left
        for rule in self.dialect.table.rules(self.type, self.record.type):
            if rule.ours in left and rule.theirs not in self.fields and rule.ours not in _ROLE_WORDS:
                self._put(rule)
                del left[rule.ours]
        self._add_subtype()
        self._add_roles()
        if self.record.aliases:
            self.fields["ids"] = ",".join(self.record.aliases)
        self._add_extra()
        self._report_lost()
        if not self.dialect.is_biblatex:
            self._report_unicode()
        if "abstract" in self.fields:
            self.fields["abstract"] = self.fields.pop("abstract")  # last, where it hides nothing

    def _put(self, rule: FieldRule) -> None:
        record, name = self.record, rule.theirs
        if rule.kind == "names":
            self.fields[name] = self._people(rule.ours)
        elif rule.kind == "keywords":
            self.fields[name] = values.encode_keywords(record.keywords, self.encode)
        elif rule.kind == "edtf":
            self.fields[name] = values.encode_edtf(record.dates[rule.ours], self.encode)
        elif rule.kind == "date":
            self.fields.update(self._issued(record.dates[rule.ours]))
        elif rule.kind == "raw":
            self.fields[name] = str(record.extra[rule.ours.removeprefix(EXTRA)])
        elif rule.ours != "genre" or not self._said_by_type():
            self.fields[name] = self._text(rule)

    def _text(self, rule: FieldRule) -> str:
        value, encode = self.record.texts[rule.ours], self.encode
        if rule.kind == "title":
            value = values.protect(value) if self.protect else value
            encode = partial(encode, protect=True)
        return values.TEXT_KINDS[rule.kind].encode(value, encode)

    def _people(self, variable: str) -> str:
        return names.format_bibtex_list(
            self.record.names[variable], cut=variable in self.record.cut, encode=self.encode
        )

    def _said_by_type(self) -> bool:
        rule = self.dialect.table.type_in(self.type)
        return rule is not None and bool(rule.genre) and rule.genre == self.record.texts.get("genre")

    def _issued(self, date: Date) -> dict[str, str]:
        edtf = dates.format_edtf(date)
        if self.dialect.is_biblatex:
            return {"date": edtf} if edtf else {"year": self.encode(date.literal)}
        fields = _classic_date(date, self.encode)
        if edtf and not _reads_as(fields, date):
            fields["date"] = edtf  # for programs that know it; the classic styles print the year
        return fields

    def _add_subtype(self) -> None:
        rule = self.dialect.table.type_in(self.type)
        if rule is None or rule.ours != self.record.type:
            self.fields.setdefault("entrysubtype", _SUBTYPE_NAMES.get(self.record.type, self.record.type))

    def _add_roles(self) -> None:
        """Roles that BibLaTeX has a word for: `editora` with `editoratype`, and so on; others under their own names."""
        free = [name for name in ROLE_FIELDS if name not in self.fields]
        for variable in [name for name in self.left if name in _ROLE_WORDS]:
            name = free.pop(0) if free else variable
            self.fields[name] = self._people(variable)
            if name != variable:
                self.fields[f"{name}type"] = _ROLE_WORDS[variable]
            del self.left[variable]

    def _add_extra(self) -> None:
        """Fields that only (Bib)LaTeX knows, as they came; a field that stood twice can be written once."""
        for name, value in self.record.extra.items():
            field = name.removeprefix(PREFIX).rstrip("+")
            if name == ENTRY_TYPE or EXTRA + name not in self.left:
                continue
            del self.left[EXTRA + name]
            if name.startswith(PREFIX) and isinstance(value, str) and field not in self.fields:
                self.fields[field] = value
            else:
                self.lost(name, f"has no field for {name}", "note")

    def _report_lost(self) -> None:
        for variable in self.left:
            if variable != EXTRA + ENTRY_TYPE:
                self.lost(variable, f"has no field for {variable}", "warning")

    def _report_unicode(self) -> None:
        """What has no LaTeX command stays as it is; the classic BibTeX takes its bytes for letters of their own."""
        if odd := {
            char for value in self.fields.values() if not value.isascii() for char in value if not char.isascii()
        }:
            source, line = self.record.place()
            message = f"no LaTeX command for {' '.join(sorted(odd))}; the file needs a UTF-8 LaTeX"
            self.problems.append(Problem("bibtex-unicode", message, "note", source, line, key=self.record.key))

    def lost(self, name: str, what: str, severity: Severity) -> None:
        """Keep a Problem about a value that the entry does not hold."""
        source, line = self.record.place()
        message, key = f"{self.dialect.title} {what}", self.record.key
        self.problems.append(Problem(f"{self.dialect.name}-lost", message, severity, source, line, key=key, field=name))


_ROLE_WORDS = {variable: word for word, variable in reversed(ROLES.items()) if variable != "editor"}
_SUBTYPE_NAMES = {ours: theirs for theirs, ours in SUBTYPES.items()}


def _entry_type(record: Record, dialect: Dialect) -> str:
    """The type that the entry came with, where it still fits, or the one that the table has for ours."""
    kept = record.extra.get(ENTRY_TYPE)
    rule = dialect.table.type_in(kept) if isinstance(kept, str) else None
    if isinstance(kept, str) and kept in dialect.writable and rule is not None and rule.ours == record.type:
        return kept
    found = dialect.table.type_out(record.type, record.texts.get("genre", ""))
    return found.theirs if found else "misc"


def _classic_date(date: Date, encode: Callable[[str], str]) -> dict[str, str]:
    """`year`, `month` as a macro and `day`, as far as they can say the date."""
    if not date.start:
        return {"year": encode(date.literal)} if date.literal else {}
    fields: dict[str, str] = {"year": str(date.start[0])}
    if len(date.start) > 1 and date.start[1] < len(dates.MONTHS):
        fields["month"] = edit.Bare(dates.MONTHS[date.start[1]])
    if len(date.start) > 2:
        fields["day"] = str(date.start[2])
    return fields


def _reads_as(fields: Mapping[str, str], date: Date) -> bool:
    year, month, day = (str(fields.get(name, "")) for name in ("year", "month", "day"))
    return dates.parse_fields(year, month, day) == date


def entry(record: Record, options: WriteOptions, dialect: Dialect) -> tuple[str, dict[str, str], list[Problem]]:
    """Type and fields of a record in the order in which they are written, and what they cannot hold.

    Values are LaTeX without delimiters; a macro is an `edit.Bare`.
    """
    made = _Entry(record, dialect, options)
    return made.type, made.fields, made.problems


_NOT_IN_KEY = re.compile(r"[\s,{}%#\\\"~]+")  # what ends a key for BibTeX, biber or \cite


def _key(entry: _Entry) -> str:
    """The record's key; what no entry can be called by is replaced, and said."""
    key = entry.record.key
    mended = _NOT_IN_KEY.sub("_", key).strip("_") if _NOT_IN_KEY.search(key) else key
    if mended != key:
        entry.lost("key", f"cannot hold the key {key!r}, which was written as {mended}", "warning")
    return mended


def write(records: Iterable[Record], options: WriteOptions, dialect: Dialect) -> Iterator[str | Problem]:
    """Each record as an entry, with a blank line between; what the dialect cannot hold as Problems."""
    used: set[str] = set()
    for record in records:
        entry = _Entry(record, dialect, options)
        key = _key(entry)
        yield from entry.problems
        if key.lower() in used:
            source, line = record.place()
            yield Problem("bibtex-duplicate-key", f"the key {key} was written before", "error", source, line, key=key)
        head = "\n" if used else ""
        used.add(key.lower())
        yield f"{head}{edit.write_entry(entry.type, key, entry.fields.items(), STYLE)}\n"
